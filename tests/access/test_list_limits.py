"""Every list that organisers make longer has an end: each call and each form of the desk that adds a row is named here
with its limit, or with the reason why it needs none."""

from datetime import timedelta
from functools import cache

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Announcement, Event, EventRole, GuestList, Membership
from apps.media.models import Folder, Stream
from apps.polls import services as polls
from apps.polls.models import Poll, Template
from apps.quizzes import services as quizzes
from apps.quizzes.models import Bank, Quiz
from apps.tracks import adapters
from apps.tracks import services as tracks
from apps.tracks.models import Room, ScheduleImport, Session, Speaker, Tag, Track
from apps.tracks.services import bounds
from tests.factories.accounts import UserFactory
from tests.factories.media import AssetFactory, StreamFactory
from tests.factories.polls import PollFactory
from tests.factories.quizzes import BankFactory, QuizFactory
from tests.factories.tracks import RoomFactory, SessionFactory
from tests.tracks.samples import event_xml, schedule_xml

JSON = "application/json"
HERE = "/api/v1/events/freshet/"
OURS = "/api/v1/organisations/{organisation}/"
AGENDA = "agenda.too_many"
INNER = '<track>Rivers</track><persons><person id="7">Amara</person></persons>'

CALLS = {
    "track_make": (Track, AGENDA, f"{HERE}desk/tracks/", {"name": "Rivers"}),
    "room_make": (Room, AGENDA, f"{HERE}desk/rooms/", {"name": "Hall"}),
    "tag_make": (Tag, AGENDA, f"{HERE}desk/tags/", {"name": "water"}),
    "speaker_make": (Speaker, AGENDA, f"{HERE}desk/speakers/", {"name": "Amara"}),
    "session_make": (Session, AGENDA, f"{HERE}desk/sessions/", {"title": "Rain", "room": "hall"}),
    "bank_make": ("apps.quizzes.models.banks.MOST_BANKS", "quiz.too_many_banks", f"{HERE}desk/banks/", {"name": "A"}),
    "quiz_make": ("apps.quizzes.services.making.MOST_QUIZZES", "quiz.too_many", f"{HERE}desk/quizzes/", {"title": "A"}),
    "poll_create": (
        "apps.polls.services.making.MOST_POLLS",
        "poll.too_many_polls",
        f"{HERE}polls/",
        {"kind": "single", "question": "Which?", "options": ["This", "That"]},
    ),
    "poll_keep": (
        "apps.polls.services.making.MOST_TEMPLATES", "poll.too_many_templates", f"{HERE}polls/{{poll}}/template/", {},
    ),
    "role_grant": (
        "apps.events.services.people.MOST_ROLES",
        "role.too_many",
        f"{HERE}desk/roles/",
        {"email": "ada@example.org", "role": "speaker"},
    ),
    "announce": (
        "apps.events.services.announcing.MOST_ANNOUNCEMENTS",
        "announcement.too_many",
        f"{HERE}announcing/",
        {"text": "Lunch is ready."},
    ),
    "event_make": (
        "apps.events.services.lifecycle.MOST_EVENTS",
        "event.too_many",
        f"{OURS}events/",
        {"name": "Ebb", "kind": "webinar", "starts_at": "2031-05-01T09:00:00Z"},
    ),
    "event_copy": (
        "apps.events.services.lifecycle.MOST_EVENTS",
        "event.too_many",
        f"{HERE}duplicate/",
        {"name": "Ebb", "starts_on": "2031-05-01"},
    ),
    "member_add": (
        "apps.events.services.people.MOST_MEMBERS",
        "member.too_many",
        f"{OURS}members/",
        {"email": "ada@example.org", "role": "manager"},
    ),
    "member_invite": (
        "apps.events.services.inviting.MOST_OPEN",
        "member.too_many",
        f"{OURS}invitations/",
        {"email": "ada@example.org", "role": "manager"},
    ),
    "webhook_make": (
        "apps.notifications.services.endpoints.MOST_ENDPOINTS",
        "webhook.too_many",
        f"{OURS}webhooks/",
        {"name": "CRM", "url": "https://crm.example.org/", "kinds": ["poll.closed"]},
    ),
    "ticket_make": (
        "apps.events.services.offering.MOST_TICKETS", "ticket.too_many", f"{HERE}desk/tickets/", {"name": "Day"},
    ),
    "codes_make": ("apps.events.services.coding.MOST_CODES", "code.too_many", f"{HERE}desk/codes/", {"count": 1}),
    "registration_question_make": (
        "apps.events.services.asking.MOST_QUESTIONS",
        "question.too_many",
        f"{HERE}desk/registration-questions/",
        {"kind": "text", "label": "Size?"},
    ),
    "folder_make": (
        "apps.media.models.folders.Folder.MOST", "media.too_many_folders", f"{HERE}desk/folders/", {"name": "Slides"},
    ),
    "asset_keep": (
        "apps.media.models.shelf.ShelfFile.MOST", "media.shelf_full", f"{HERE}desk/assets/{{asset}}/keep/", {},
    ),
    "stream_make": (
        "apps.media.services.streams.MOST_STREAMS", "stream.most", f"{HERE}desk/streams/", {"title": "Great hall"},
    ),
    "stream_record": (
        "apps.media.services.recordings.MOST_RECORDINGS",
        "stream.recordings",
        f"{HERE}desk/streams/{{stream}}/recordings/",
        {"begins": "2026-05-04T09:00:00Z", "ends": "2026-05-04T10:00:00Z"},
    ),
    "booth_make": ("apps.exhibitors.services.MOST_BOOTHS", "booth.too_many", f"{HERE}desk/booths/", {"name": "A"}),
}  # fmt: skip
"""By operation: what holds it (a constant, or a table of the agenda), the code of the refusal, and a call that adds."""

TESTED_THERE = {
    "asset_cut": "media.too_many_cuts",  # tests/media/test_cutting.py
    "asset_sound_add": "sounds.too_many",  # tests/media/test_added_sounds.py
    "transcript_make": "transcript.too_many",  # tests/media/test_transcripts.py
    "transcript_line_add": "transcript.too_long",  # tests/media/test_lines.py
    "guests_read": "guests.too_many",  # below: it takes a file
    "token_make": "token.too_many",  # tests/accounts/test_tokens.py
    "poll_from_template": "poll.too_many_polls",  # below
    "bank_question_make": "quiz.bank_full",  # tests/quizzes/test_banks_api.py
    "bank_fill": "quiz.bank_full",
    "connection_make": "connection.too_many",  # tests/events/test_connections_api.py
    "connection_domain_add": "domain.too_many",
    "receiver_make": "receiver.most",  # tests/notifications
    "chat_add_words": "chat.list_full",  # below
    "organisation_found": "organisation.too_many",  # tests/events/test_founding.py
    "organisation_ask": "organisation.wishes_wait",  # tests/events/test_organisation_wishes.py
}
NEEDS_NONE = {
    "stream_key_make": "one for each of two inputs: the one before is revoked",
    "green_room_say": "keeps the newest lines of a green room, and lets the oldest go",
    "word_job": "one at a time for each film, kind and language; those that ended are forgotten after a month",
    "schedule_read": "keeps the newest files, and lets the oldest go",
    "place_take": "one for each person, of a place that somebody passes on",
    "seat_grant": "one for each who may go into the session",
    "registration_make": "one for each person, and places are counted where that is wished",
    "registration_link_mail": "mails a link, each by hand",
    "role_link_mail": "mails a link, each by hand",
    "ban": "one for each person of the event",
    "chat_bar": "one for each person of the event",
    "registration_ask": "what people do: one place for each",
    "training_begin": "what people do: so many attempts as the training allows, at so many a minute",
    "quiz_open": "one game at a time",
    "question_ask": "what people do: so many a minute",
    "events_booths_contact_create": "what people do: so many of one person at a booth",
    "chat_send": "what people do: so many a minute",
    "chat_attach": "what people do: so many that are not sent yet",
    "chat_make_group": "what people do: so many of one person",
    "shelf_take": "so many bytes of a person and of an event",
    "events_uploads_create": "so many that are under way, and so many bytes of a person and of an event",
}


@cache
def adding():
    """The calls that answer with what they made, by their names."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    every = (methods["post"] for methods in schema["paths"].values() if "post" in methods)
    return {call["operationId"]: call for call in every if "201" in call["responses"]}


def codes_of(call):
    found = []
    for answer in call["responses"].values():
        for kind in answer.get("content", {}).values():
            for part in kind["schema"].get("allOf", ()):
                found += part.get("properties", {}).get("code", {}).get("enum", [])
    return found


def shrink(monkeypatch, held_by, most):
    if isinstance(held_by, str):
        monkeypatch.setattr(held_by, most)
    else:
        monkeypatch.setitem(bounds.MOST, held_by, most)


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def call(client, event):
    """Adds a row by a call of `CALLS`."""

    def add(name):
        _held_by, _code, path, body = CALLS[name]
        if name == "session_make":
            RoomFactory(event=event, slug="hall")
            ends = event.starts_at + timedelta(hours=1)
            body = body | {"starts_at": event.starts_at.isoformat(), "ends_at": ends.isoformat()}
        if name == "quiz_make":
            body = body | {"bank": BankFactory(event=event).pk}
        poll = PollFactory(event=event).pk if "{poll}" in path else 0
        asset = AssetFactory(event=event).key if "{asset}" in path else ""
        stream = StreamFactory(event=event).key if "{stream}" in path else ""
        path = path.format(organisation=event.organisation.slug, poll=poll, asset=asset, stream=stream)
        return client.post(path, body, content_type=JSON)

    return add


def test_every_call_that_adds_has_a_limit_or_needs_none():
    assert {*adding()} == {*CALLS, *TESTED_THERE, *NEEDS_NONE}


@pytest.mark.parametrize(
    ("name", "code"), [*((name, row[1]) for name, row in CALLS.items()), *TESTED_THERE.items()], ids=str
)
def test_call_that_adds_says_how_it_refuses(name, code):
    assert code in codes_of(adding()[name])


@pytest.mark.parametrize("name", CALLS)
def test_call_that_adds_is_refused_where_the_list_is_full(name, call, monkeypatch):
    held_by, code, _path, _body = CALLS[name]
    shrink(monkeypatch, held_by, 0)
    refused = call(name)
    assert (refused.status_code, refused.json()["code"]) == (409, code)


@pytest.mark.parametrize("name", CALLS)
def test_call_that_adds_adds_while_there_is_room(name, call):
    assert call(name).status_code == 201


# At the desk --------------------------------------------------------------------------------------------------------
DESK = {
    "Track", "tracks.Room", "Tag", "Speaker", "Session", "Bank", "Quiz", "Poll", "EventRole", "Announcement", "Event",
    "Membership", "MemberInvitation", "Endpoint", "TicketKind", "InvitationCode", "events.Question", "Booth",
    "quizzes.Question", "SignInConnection", "Organisation", "chat.Word", "Folder", "Stream",
}  # fmt: skip
NO_LIMIT_AT_THE_DESK = {
    "ScheduleImport": "keeps the newest files, and lets the oldest go",
    "Registration": "one for each person",
    "Seat": "one for each who may go into the session",
    "Allowance": "one for each person",
    "Board": "one for each session",
    "Asset": "so many bytes of an event",
}


def name_of(model):
    short = model.__name__
    several = sum(other.__name__ == short for other in admin.site._registry) > 1
    return f"{model._meta.app_label}.{short}" if several or short == "Word" else short


def test_every_form_of_the_desk_that_adds_has_a_limit_or_needs_none(organiser, rf):
    request = rf.get("/")
    request.user = UserFactory(is_superuser=True, is_staff=True)
    found = {name_of(model) for model, desk in admin.site._registry.items() if desk.has_add_permission(request)}
    assert found == {*DESK, *NO_LIMIT_AT_THE_DESK}


@pytest.mark.parametrize(
    ("held_by", "model", "form"),
    [
        (Track, Track, {"name_0": "Rivers", "slug": "rivers", "position": 0, "colour": 1, "shape": 1}),
        (Tag, Tag, {"name": "water"}),
        ("apps.media.models.folders.Folder.MOST", Folder, {"name": "Slides"}),
        ("apps.media.services.streams.MOST_STREAMS", Stream, {"title": "Great hall", "dvr_seconds": 600}),
        ("apps.quizzes.models.banks.MOST_BANKS", Bank, {"name": "Rivers", **{
            f"questions-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}}),
        ("apps.quizzes.services.making.MOST_QUIZZES", Quiz, {
            "title_0": "Levels", "mode": "live", "draws": 0, "talk_seconds": 10, "pass_percent": 60,
            "most_attempts": 0}),
        ("apps.events.services.people.MOST_ROLES", EventRole, {
            "email": "ada@example.org", "name": "Ada", "role": "speaker"}),
        ("apps.events.services.people.MOST_MEMBERS", Membership, {
            "email": "ada@example.org", "name": "Ada", "role": "manager"}),
        ("apps.events.services.announcing.MOST_ANNOUNCEMENTS", Announcement, {
            "text_0": "Lunch is ready.", "audience": "", "on_screen": "on"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_desk_adds_nothing_to_a_list_that_is_full(held_by, model, form, client, event, monkeypatch):
    form = {**form, "event": event.pk, "organisation": event.organisation_id}
    if model is Quiz:
        form["bank"] = BankFactory(event=event).pk
    before, address = model.objects.count(), reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    with monkeypatch.context() as meanwhile:
        shrink(meanwhile, held_by, 0)
        refused = client.post(address, form, follow=True)
    assert ": up to 0, and so many are there." in refused.content.decode()
    assert model.objects.count() == before

    client.post(address, form)
    assert model.objects.count() == before + 1


# By file, and by other ways -------------------------------------------------------------------------------------------
def refusal(wish, *args, **said):
    with pytest.raises(Refused) as refused:
        wish(*args, **said)
    return refused.value.code


def test_guest_lists_of_an_event_have_an_end(client, event, monkeypatch):
    monkeypatch.setattr("apps.events.services.guests.MOST_LISTS", 1)
    answers = [
        client.post(f"{HERE}desk/guest-lists/", {"file": SimpleUploadedFile("guests.csv", b"email\na@example.org\n")})
        for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "guests.too_many"
    assert GuestList.objects.count() == 1


def test_list_of_words_has_an_end_and_says_so_as_it_is_documented(client, event, monkeypatch):
    monkeypatch.setattr("apps.chat.services.wordlist.MOST_WORDS", 1)
    refused = client.post(f"{HERE}moderation/words/", {"language": "en", "words": ["bilge", "scum"]}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "chat.list_full")
    assert "chat.list_full" in str(adding()["chat_add_words"]["responses"]["400"])


def test_speakers_of_a_file_are_counted_with_those_that_are_there(event, monkeypatch):
    monkeypatch.setitem(bounds.MOST, Speaker, 2)
    rows = [{"name": name, "what_they_do": "", "biography": ""} for name in ("Ada", "Bram")]
    assert tracks.bring_speakers(event, rows) == 2
    assert refusal(tracks.bring_speakers, event, [{**rows[0], "name": "Cleo"}]) == AGENDA
    assert Speaker.objects.count() == 2


@pytest.mark.parametrize("model", [Room, Track, Speaker, Session])
def test_schedule_that_is_too_long_changes_nothing(model, event, monkeypatch):
    monkeypatch.setitem(bounds.MOST, model, 0)
    schedule = adapters.read(schedule_xml(event_xml(inner=INNER)))
    assert refusal(tracks.import_schedule, event=event, schedule=schedule) == AGENDA
    assert not Room.objects.exists()


def test_schedule_that_adds_nothing_comes_in_though_the_agenda_is_full(event, monkeypatch):
    schedule = adapters.read(schedule_xml(event_xml()))
    tracks.import_schedule(event=event, schedule=schedule)
    for model in (Room, Track, Speaker, Session):
        monkeypatch.setitem(bounds.MOST, model, 0)
    assert not tracks.import_schedule(event=event, schedule=schedule).changes_anything


def test_tags_that_a_session_names_are_counted(event, monkeypatch):
    monkeypatch.setitem(bounds.MOST, Tag, 1)
    session = SessionFactory(event=event)
    tracks.save_session(session, changed=(), tags=["water"])
    tracks.save_session(session, changed=(), tags=["water"])
    assert refusal(tracks.save_session, session, changed=(), tags=["water", "ice"]) == AGENDA
    assert [tag.name for tag in session.tags.all()] == ["water"]


def test_session_that_is_dropped_onto_the_sheet_is_counted(event, monkeypatch):
    room = RoomFactory(event=event)
    monkeypatch.setitem(bounds.MOST, Session, 0)
    wish = {"title": "Rain", "room_id": room.pk, "starts_at": event.starts_at}
    ends = event.starts_at + timedelta(hours=1)
    assert refusal(tracks.add_session, event, ends_at=ends, **wish) == AGENDA


def test_of_many_schedule_files_the_oldest_go(event, organiser, monkeypatch):
    monkeypatch.setattr("apps.tracks.services.imports.MOST_IMPORTS", 2)
    schedule = adapters.read(schedule_xml(event_xml()))
    for name in ("one.xml", "two.xml", "three.xml"):
        tracks.keep_for_review(event=event, schedule=schedule, content=b"", file_name=name, by=organiser)
    assert {row.file_name for row in ScheduleImport.objects.all()} == {"two.xml", "three.xml"}


def test_poll_of_a_template_is_counted(event, monkeypatch):
    template = polls.keep_as_template(PollFactory(event=event))
    monkeypatch.setattr("apps.polls.services.making.MOST_POLLS", 1)
    assert refusal(polls.create_from_template, template, event=event) == "poll.too_many_polls"
    assert (Poll.objects.count(), Template.objects.count()) == (1, 1)


def test_role_that_somebody_has_is_given_again_though_the_list_is_full(event, attendee, monkeypatch):
    granted = events.grant_role(event, user=attendee, role="speaker")
    monkeypatch.setattr("apps.events.services.people.MOST_ROLES", 1)
    assert events.grant_role(event, user=attendee, role="speaker") == granted
    assert refusal(events.grant_role, event, user=attendee, role="exhibitor") == "role.too_many"


def test_what_is_of_another_event_does_not_count(event, other_event, monkeypatch):
    QuizFactory(event=other_event)
    monkeypatch.setattr("apps.quizzes.services.making.MOST_QUIZZES", 1)
    quizzes.save_quiz(Quiz(event=event, bank=BankFactory(event=event), title="Levels"))
    assert Event.objects.filter(quizzes__isnull=False).distinct().count() == 2
