"""Routes of the agenda: pages, downloads, API."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.tracks.views import schedule


class FormatConverter:
    """The formats that the agenda is offered in."""

    regex = "xml|json|ics"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormatConverter, "schedule_format")

app_name = "tracks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("e/<slug:event>/schedule.<schedule_format:form>", schedule.ScheduleDownload.as_view(), name="schedule"),
    path(
        "e/<slug:event>/my/<str:token>/agenda.<schedule_format:form>",
        schedule.PersonalDownload.as_view(),
        name="personal",
    ),
    path("e/<slug:event>/agenda/mine/address/", schedule.RenewAddress.as_view(), name="renew"),
]
api_urlpatterns: list[URLPattern | URLResolver] = []
