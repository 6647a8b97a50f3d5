"""Every address of the site: pages, the API, the admin, the probes."""

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import ledger.urls
import wallet.urls
from config.health import healthz, readyz

api: list[URLPattern | URLResolver] = [
    path("openapi.json", SpectacularAPIView.as_view(), name="openapi"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api_docs"),
    *wallet.urls.api,
]
pages: list[URLPattern | URLResolver] = [*ledger.urls.pages, *wallet.urls.pages]
if apps.is_installed("exchange"):
    import exchange.urls

    api += exchange.urls.api
    pages += exchange.urls.pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/desk/", include(ledger.urls.desk)),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    *pages,
]

handler400 = "config.problems.bad_request"
handler403 = "config.problems.forbidden"
handler404 = "config.problems.not_found"
handler500 = "config.problems.server_error"
