"""Addresses of contacts."""

from django.urls import URLPattern, URLResolver, path

from wallet.contacts import api, pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts", api.Contacts.as_view(), name="api_contacts"),
    path("contacts/import", api.ImportContacts.as_view(), name="api_contacts_import"),
    path("contacts/<str:id>/remove", api.RemoveContact.as_view(), name="api_contact_remove"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", pages.contacts, name="contacts"),
    path("contacts/add/", pages.add, name="contact_add"),
    path("contacts/import/", pages.paste, name="contacts_import"),
    path("contacts/<str:name>/remove/", pages.remove, name="contact_remove"),
]
