"""Routes of chat."""

from django.urls import path, re_path

from apps.chat import api, views
from apps.chat.api import everything
from apps.chat.api import moderation as moderation_api
from apps.chat.views import moderation
from apps.core.scopes import Area
from apps.events.doors.desk_tables import table_routes

app_name = "chat"
urlpatterns = [
    path("e/<slug:event>/chat/", views.PlacesView.as_view(), name="places"),
    path("e/<slug:event>/chat/groups/", views.CreateGroupView.as_view(), name="create-group"),
    path("e/<slug:event>/chat/groups/<int:group>/", views.GroupView.as_view(), name="group"),
    path("e/<slug:event>/chat/groups/<int:group>/invite/", views.InviteView.as_view(), name="invite"),
    path("e/<slug:event>/chat/groups/<int:group>/answer/", views.AnswerView.as_view(), name="answer"),
    path("e/<slug:event>/chat/groups/<int:group>/leave/", views.LeaveView.as_view(), name="leave"),
    path("e/<slug:event>/chat/<int:room>/", views.RoomView.as_view(), name="room"),
    path("e/<slug:event>/chat/<int:room>/send/", views.SendView.as_view(), name="send"),
    path("e/<slug:event>/chat/<int:room>/remove/", views.RemoveView.as_view(), name="remove"),
    path("e/<slug:event>/chat/<int:room>/react/", views.ReactView.as_view(), name="react"),
    path("e/<slug:event>/chat/<int:room>/rules/", views.RulesView.as_view(), name="rules"),
    path("e/<slug:event>/moderation/", moderation.QueueView.as_view(), name="moderation"),
    path("e/<slug:event>/moderation/decide/", moderation.DecideView.as_view(), name="decide"),
    path("e/<slug:event>/moderation/settle/", moderation.SettleView.as_view(), name="settle"),
    path("e/<slug:event>/moderation/everything/", moderation.EverythingView.as_view(), name="everything"),
    path("e/<slug:event>/moderation/remove/", moderation.RemoveManyView.as_view(), name="remove_many"),
    path("e/<slug:event>/moderation/people/", moderation.PeopleView.as_view(), name="people"),
    path("e/<slug:event>/moderation/people/<int:person>/", moderation.PersonView.as_view(), name="person"),
    path("e/<slug:event>/moderation/rooms/", moderation.RoomsView.as_view(), name="rooms"),
    path("e/<slug:event>/moderation/rooms/<int:room>/", moderation.RoomRulesView.as_view(), name="room_rules"),
    path("e/<slug:event>/moderation/words/", moderation.WordsView.as_view(), name="words"),
    path("e/<slug:event>/moderation/words/remove/", moderation.RemoveWordsView.as_view(), name="remove_words"),
    path("e/<slug:event>/moderation/log/", moderation.LogView.as_view(), name="log"),
    path("e/<slug:event>/moderation/log.csv", moderation.LogCsvView.as_view(), name="log_csv"),
    path("e/<slug:event>/moderation/log/<int:act>/undo/", moderation.UndoView.as_view(), name="undo"),
    path("e/<slug:event>/chat/<int:room>/messages/<int:message>/", views.MessageView.as_view(), name="message"),
    path("e/<slug:event>/chat/<int:room>/messages/<int:message>/edit/", views.EditView.as_view(), name="edit"),
    path("e/<slug:event>/chat/<int:room>/messages/<int:message>/report/", views.ReportView.as_view(), name="report"),
    path("e/<slug:event>/chat/<int:room>/mark/", views.MarkView.as_view(), name="mark"),
    path("e/<slug:event>/chat/<int:room>/pin/", views.PinView.as_view(), name="pin"),
    path("e/<slug:event>/chat/<int:room>/read/", views.ReadView.as_view(), name="read"),
    path("e/<slug:event>/chat/<int:room>/search/", views.SearchView.as_view(), name="search"),
    path("e/<slug:event>/chat/<int:room>/replay/", views.ReplayView.as_view(), name="replay"),
    re_path(
        r"^e/(?P<event>[-\w]+)/chat/(?P<room>[0-9]{1,15})/export\.(?P<kind>csv|json)$",
        views.ExportView.as_view(),
        name="export",
    ),
    path("e/<slug:event>/chat/<int:room>/files/<slug:key>/", views.FileView.as_view(), name="file"),
]
api_urlpatterns = [
    path("events/<slug:event>/chat/rooms/", api.PlacesAPI.as_view(), name="chat-places"),
    path("events/<slug:event>/chat/groups/", api.GroupsAPI.as_view(), name="chat-groups"),
    path("events/<slug:event>/chat/groups/<int:group>/", api.GroupAPI.as_view(), name="chat-group"),
    path("events/<slug:event>/chat/groups/<int:group>/invitations/", api.InvitationsAPI.as_view(), name="chat-invite"),
    path("events/<slug:event>/chat/groups/<int:group>/answer/", api.AnswerAPI.as_view(), name="chat-answer"),
    path(
        "events/<slug:event>/chat/groups/<int:group>/members/<int:person>/",
        api.MemberAPI.as_view(),
        name="chat-member",
    ),
    path("events/<slug:event>/chat/rooms/<int:room>/files/", api.FilesAPI.as_view(), name="chat-files"),
    path("events/<slug:event>/chat/rooms/<int:room>/pinned/", api.PinnedAPI.as_view(), name="chat-pinned"),
    path("events/<slug:event>/chat/rooms/<int:room>/read/", api.ReadAPI.as_view(), name="chat-read"),
    path("events/<slug:event>/chat/rooms/<int:room>/search/", api.SearchAPI.as_view(), name="chat-search"),
    path("events/<slug:event>/chat/rooms/<int:room>/people/", api.PeopleAPI.as_view(), name="chat-people"),
    path("events/<slug:event>/chat/rooms/<int:room>/clock/", api.ClockAPI.as_view(), name="chat-clock"),
    path(
        "events/<slug:event>/chat/rooms/<int:room>/messages/<int:message>/marks/",
        api.MarksAPI.as_view(),
        name="chat-marks",
    ),
    path("events/<slug:event>/chat/rooms/<int:room>/", api.RoomAPI.as_view(), name="chat-room"),
    path("events/<slug:event>/chat/rooms/<int:room>/rules/", api.RulesAPI.as_view(), name="chat-rules"),
    path("events/<slug:event>/chat/rooms/<int:room>/messages/", api.MessagesAPI.as_view(), name="chat-messages"),
    path(
        "events/<slug:event>/chat/rooms/<int:room>/messages/<int:message>/",
        api.MessageAPI.as_view(),
        name="chat-message",
    ),
    path("events/<slug:event>/chat/rooms/<int:room>/reactions/", api.ReactionsAPI.as_view(), name="chat-reactions"),
    path(
        "events/<slug:event>/chat/rooms/<int:room>/messages/<int:message>/report/",
        moderation_api.ReportAPI.as_view(),
        name="chat-report",
    ),
    path("events/<slug:event>/moderation/messages/", everything.EverythingAPI.as_view(), name="chat-everything"),
    path("events/<slug:event>/moderation/rooms/", everything.RoomsAPI.as_view(), name="chat-rooms"),
    path("events/<slug:event>/moderation/waiting/", moderation_api.WaitingAPI.as_view(), name="chat-waiting"),
    path("events/<slug:event>/moderation/reports/", moderation_api.ReportsAPI.as_view(), name="chat-reports"),
    path("events/<slug:event>/moderation/people/", moderation_api.BarredAPI.as_view(), name="chat-barred"),
    path("events/<slug:event>/moderation/people/<int:person>/", moderation_api.BarAPI.as_view(), name="chat-bar"),
    path("events/<slug:event>/moderation/words/", moderation_api.WordsAPI.as_view(), name="chat-words"),
    path("events/<slug:event>/moderation/words/<int:word>/", moderation_api.WordAPI.as_view(), name="chat-word"),
    path("events/<slug:event>/moderation/log/", moderation_api.LogAPI.as_view(), name="chat-log"),
    path("events/<slug:event>/moderation/log/<int:act>/undo/", moderation_api.UndoAPI.as_view(), name="chat-undo"),
    *table_routes(
        Area.MODERATION,
        chat_rooms="chat.room",
        chat_messages="chat.message",
        chat_changes="chat.change",
        chat_groups="chat.group",
        chat_words="chat.word",
        chat_reports="chat.report",
        chat_barred="chat.sanction",
        moderation="chat.act",
    ),
]
