"""Addresses of red packets."""

from django.urls import URLPattern, URLResolver, path

from wallet.packets import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("packets", api.Packets.as_view(), name="api_packets"),
    path(
        "sponsors/<str:sponsor>/packets",
        api.SponsoredPackets.as_view(),
        name="api_sponsored_packets",
    ),
    path("packets/<str:id>", api.OnePacket.as_view(), name="api_packet"),
    path("packet-links/<str:token>", api.PacketLink.as_view(), name="api_packet_link"),
    path("packet-links/<str:token>/open", api.OpenPacket.as_view(), name="api_packet_open"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("packets/", pages.packets, name="packets"),
    path("packets/new/", pages.packet_new, name="packet_new"),
    path("packets/<str:name>/", pages.packet, name="packet"),
    path("sponsor/<str:sponsor_id>/packets/new", pages.sponsor_packet_new, name="sponsor_packet"),
    path("p/<str:token>/", pages.packet_link, name="packet_link"),
    path("p/<str:token>/open/", pages.packet_open, name="packet_open"),
    path("p/<str:token>/phone/", pages.PhonePage.as_view(), name="packet_phone"),
    path("p/<str:token>/code/", pages.CodePage.as_view(), name="packet_code"),
    path("p/<str:token>/qr.png", pages.packet_qr, name="packet_qr"),
    path("p/<str:token>/poster.png", pages.packet_poster, name="packet_poster"),
    path("p/<str:token>/seen.gif", pages.packet_seen, name="packet_seen"),
    path("fair/", pages.fair, name="fair"),
    path("fair/days.json", api.PacketDays.as_view(), name="fair_days"),
    path("fair/verify_packet.py", pages.fair_program, name="fair_program"),
    path("fair/packets/<str:name>/", pages.fair_packet, name="fair_packet"),
    path("fair/packets/<str:name>.json", api.PacketFacts.as_view(), name="fair_packet_json"),
]
