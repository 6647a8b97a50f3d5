"""Public addresses of the ledger."""

from django.urls import URLPattern, URLResolver, path, re_path

from ledger.audit.urls import desk_urlpatterns
from ledger.seals import api

desk = desk_urlpatterns  # below the admin's address
pages: list[URLPattern | URLResolver] = [
    path("seals/head.json", api.LatestHead.as_view(), name="seal_latest"),
    path("seals/keys.json", api.Keys.as_view(), name="seal_keys"),
    re_path(
        r"^seals/(?P<name>20[0-9]{2}-(?:0[1-9]|1[0-2]))\.json$",
        api.MonthHead.as_view(),
        name="seal_month",
    ),
    path(
        "seals/consistency/<int:earlier>/<int:size>.json",
        api.Consistency.as_view(),
        name="seal_consistency",
    ),
]
