"""Addresses of the doors of earning."""

from django.urls import URLPattern, URLResolver, path

from wallet.earn.api import postbacks, tasks
from wallet.earn.pages import campaigns
from wallet.earn.pages import tasks as task_pages

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks", tasks.Tasks.as_view(), name="api_tasks"),
    path("tasks/<str:task_id>", tasks.OneTask.as_view(), name="api_task"),
    path("earnings", tasks.Earnings.as_view(), name="api_earnings"),
    path("earnings/<str:earning_id>", tasks.OneEarning.as_view(), name="api_earning"),
    path("postbacks/<str:sponsor_id>", postbacks.Postbacks.as_view(), name="api_postbacks"),
]
_CAMPAIGN = "sponsor/<str:sponsor_id>/campaigns/<str:campaign_id>/"

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("earn/", task_pages.earn, name="earn"),
    path("earn/tasks/<str:task_id>/", task_pages.task, name="task"),
    path("earn/mine/", task_pages.earnings, name="earnings"),
    path("earn/mine/<str:earning_id>/", task_pages.earning, name="earning"),
    path(_CAMPAIGN, campaigns.campaign, name="campaign"),
    path(f"{_CAMPAIGN}steer", campaigns.steer_campaign, name="campaign_steer"),
    path(f"{_CAMPAIGN}tasks/new", campaigns.task_new, name="task_new"),
    path(f"{_CAMPAIGN}tasks/<str:task_id>/steer", campaigns.steer_task, name="task_steer"),
]
