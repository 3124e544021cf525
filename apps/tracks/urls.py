"""Routes of the agenda: pages, downloads, API."""

from django.urls import URLPattern, URLResolver, path, register_converter

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.tracks import api
from apps.tracks.api import address, green_rooms, imports, inviting, opening, programme, tags
from apps.tracks.api import seats as desk_seats
from apps.tracks.api import stages as desk_stages
from apps.tracks.views import agenda, cards, embeds, green_room, schedule, seats, sitemap, speakers, stage


class FormatConverter:
    """The formats that one person's agenda is offered in: those that say of themselves that they are no whole one."""

    regex = "xml|json|ics"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WholeFormatConverter(FormatConverter):
    """The formats that the agenda is offered in."""

    regex = "xml|json|ics|csv|xlsx"


register_converter(FormatConverter, "personal_format")
register_converter(WholeFormatConverter, "schedule_format")


app_name = "tracks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("e/<slug:event>/embed/agenda/", embeds.EmbeddedAgenda.as_view(), name="embed_agenda"),
    path("e/<slug:event>/agenda/", agenda.AgendaView.as_view(), name="agenda"),
    path("e/<slug:event>/agenda/mine/", agenda.MyAgendaView.as_view(), name="mine"),
    path("e/<slug:event>/agenda/star/", agenda.StarView.as_view(), name="star"),
    path("e/<slug:event>/sessions/<slug:slug>/seat/", seats.SeatView.as_view(), name="seat"),
    path("e/<slug:event>/sessions/<slug:slug>/stage/", stage.StageView.as_view(), name="stage"),
    path("e/<slug:event>/sessions/<slug:slug>/stage/keep/", stage.StageSettingsView.as_view(), name="stage_keep"),
    path("e/<slug:event>/sessions/<slug:slug>/stage/on/", green_room.OnStageView.as_view(), name="on_stage"),
    path("e/<slug:event>/sessions/<slug:slug>/green-room/", green_room.GreenRoomView.as_view(), name="green_room"),
    path(
        "e/<slug:event>/sessions/<slug:slug>/green-room/ticket/",
        green_room.TicketView.as_view(),
        name="green_room_ticket",
    ),
    path(
        "e/<slug:event>/sessions/<slug:slug>/green-room/<int:contributor>.jpg",
        green_room.GlimpseView.as_view(),
        name="glimpse",
    ),
    path("e/<slug:event>/sessions/<slug:slug>/green-room/said/", green_room.BackstageView.as_view(), name="backstage"),
    path("e/<slug:event>/speakers/", speakers.SpeakersView.as_view(), name="speakers"),
    path("e/<slug:event>/speakers/<slug:speaker>/", speakers.SpeakerView.as_view(), name="speaker"),
    path("e/<slug:event>/sessions/<slug:slug>/card.<slug:digest>.png", cards.SessionCard.as_view(), name="card"),
    path("e/<slug:event>/schedule.<schedule_format:form>", schedule.ScheduleDownload.as_view(), name="schedule"),
    path(
        "e/<slug:event>/my/<str:token>/agenda.<personal_format:form>",
        schedule.PersonalDownload.as_view(),
        name="personal",
    ),
    path("e/<slug:event>/agenda/mine/address/", schedule.RenewAddress.as_view(), name="renew"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("events/<slug:event>/sessions/", api.Sessions.as_view({"get": "list"}), name="agenda-sessions"),
    path("events/<slug:event>/sessions/<slug:slug>/", api.Sessions.as_view({"get": "retrieve"}), name="agenda-session"),
    path("events/<slug:event>/sessions/<slug:slug>/star/", api.Stars.as_view(), name="agenda-star"),
    path("events/<slug:event>/sessions/<slug:slug>/seat/", api.Seats.as_view(), name="agenda-seat"),
    path(
        "events/<slug:event>/sessions/<slug:slug>/green-room/ticket/",
        green_rooms.GreenRoomTicketView.as_view(),
        name="green-room-ticket",
    ),
    path(
        "events/<slug:event>/sessions/<slug:slug>/green-room/said/",
        green_rooms.BackstageView.as_view(),
        name="green-room-said",
    ),
    path("events/<slug:event>/agenda-address/", address.AgendaAddressView.as_view(), name="agenda-address"),
    path("events/<slug:event>/speakers/", api.Speakers.as_view({"get": "list"}), name="agenda-speakers"),
    path("events/<slug:event>/speakers/<slug:slug>/", api.Speakers.as_view({"get": "retrieve"}), name="agenda-speaker"),
    path("events/<slug:event>/tracks/", api.Tracks.as_view({"get": "list"}), name="agenda-tracks"),
    path("events/<slug:event>/tickets/<int:ticket>/opens/", opening.OpensView.as_view(), name="event-ticket-opens"),
    *desk_routes(
        ("tickets/<int:ticket>/opens/", opening.DeskOpensView, "opens"),
        ("tracks/", programme.DeskTracksView, "tracks"),
        ("tracks/<slug:track>/", programme.DeskTrackView, "track"),
        ("rooms/", programme.DeskRoomsView, "rooms"),
        ("rooms/<slug:room>/", programme.DeskRoomView, "room"),
        ("speakers/", programme.DeskSpeakersView, "speakers"),
        ("speakers/<slug:speaker>/", programme.DeskSpeakerView, "speaker"),
        ("speakers/<slug:speaker>/invitation/", inviting.InviteSpeakerView, "speaker-invitation"),
        ("tags/", tags.DeskTagsView, "tags"),
        ("tags/<int:tag>/", tags.DeskTagView, "tag"),
        ("sessions/", programme.DeskSessionsView, "sessions"),
        ("sessions/<slug:session>/", programme.DeskSessionView, "session"),
        ("sessions/<slug:session>/seats/", desk_seats.DeskSeatsView, "seats"),
        ("sessions/<slug:session>/seats/<int:person>/", desk_seats.DeskSeatView, "seat"),
        ("sessions/<slug:session>/stage/", desk_stages.StageView, "stage"),
        ("sessions/<slug:session>/green-room/", green_rooms.GreenRoomView, "green-room"),
        ("sessions/<slug:session>/stage/state/", desk_stages.StageStateView, "stage-state"),
        ("schedule-imports/", imports.ImportsView, "imports"),
        ("schedule-imports/<int:schedule>/", imports.ImportView, "import"),
        ("schedule-imports/<int:schedule>/apply/", imports.ApplyView, "apply"),
    ),
    path("events/<slug:event>/rooms/", api.Rooms.as_view({"get": "list"}), name="agenda-rooms"),
    *table_routes(
        Area.PROGRAMME,
        tracks="tracks.track",
        rooms="tracks.room",
        tags="tracks.tag",
        speakers="tracks.speaker",
        sessions="tracks.session",
        seats="tracks.seat",
        schedule_imports="tracks.scheduleimport",
    ),
]
