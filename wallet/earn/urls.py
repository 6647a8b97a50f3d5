"""Addresses of the doors of earning."""

from django.urls import URLPattern, URLResolver, path

from wallet.earn.api import postbacks, tasks

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks", tasks.Tasks.as_view(), name="api_tasks"),
    path("tasks/<str:task_id>", tasks.OneTask.as_view(), name="api_task"),
    path("earnings", tasks.Earnings.as_view(), name="api_earnings"),
    path("earnings/<str:earning_id>", tasks.OneEarning.as_view(), name="api_earning"),
    path("postbacks/<str:sponsor_id>", postbacks.Postbacks.as_view(), name="api_postbacks"),
]
page_urlpatterns: list[URLPattern | URLResolver] = []
