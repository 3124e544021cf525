"""An event is duplicated: what goes along and what never does, whose rows the copy refers to, and the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.chat.models import Room as ChatRoom
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Event, EventRole, InvitationCode, Question, Registration
from apps.events.registry import copying
from apps.exhibitors.models import Booth, BoothStaff
from apps.media import services as media
from apps.media.models import Asset, Leftover
from apps.media.registry import Missing, store
from apps.polls.models import Poll
from apps.tracks.models import Session, Speaker
from tests.access import world
from tests.factories import exhibitors, tracks
from tests.factories.chat import RoomFactory as ChatRoomFactory
from tests.factories.events import (
    BanFactory,
    EventFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    MembershipFactory,
    QuestionFactory,
    TicketKindFactory,
)
from tests.factories.polls import PollFactory
from tests.factories.quizzes import QuizFactory

EVERYTHING = [part.name for part in copying.parts.all()]
STAYS = {
    # what people did, wrote, were given
    "chat.keptsanction", "events.answer", "events.ban", "events.keptban",
    "events.errand", "events.guestbatch", "events.guestlist", "events.joinlink", "events.registration",
    "chat.act", "chat.attachment", "chat.change", "chat.declined", "chat.group", "chat.mark", "chat.member",
    "chat.mention", "chat.message", "chat.reading", "chat.report", "chat.sanction", "chat.wording",
    "exhibitors.contactrequest",
    "polls.answer", "polls.participation", "polls.ruling", "polls.secret", "polls.unmixed",
    "questions.change", "questions.follow", "questions.notice", "questions.question", "questions.vote",
    "quizzes.allowance", "quizzes.answer", "quizzes.attempt", "quizzes.game", "quizzes.seat", "quizzes.side",
    "quizzes.task", "quizzes.turn",
    "tracks.attendance", "tracks.seat", "tracks.star",
    # what was said to them, told and brought at that time
    "events.announcement", "notifications.attempt", "notifications.delivery", "notifications.endpoint",
    "notifications.mailing",
    "notifications.owedmail", "notifications.receiver", "notifications.receivercall",
    "media.backstageline", "media.contribution", "media.hearing",
    "media.captionkey", "media.filejob", "media.transcodejob", "media.upload", "media.wordjob", "tracks.scheduleimport",
    # what was sent, recorded and watched then, and what files were before
    "media.assetversion", "media.recording", "media.segment", "media.take", "media.watched", "media.watchedminute",
}  # fmt: skip
"""Tables that lead to an event and of which a copy has nothing."""


@pytest.fixture
def there(db):
    """An event with something of each kind."""
    made = world.build(EventFactory(slug="there", time_zone="Europe/Berlin"))
    session, ticket = made.things[Session], made.event.tickets.get()
    tracks.SessionLinkFactory(session=session)
    session.tags.add(made.event.tags.get())
    made.event.registration_questions.get().tickets.add(ticket)
    ChatRoomFactory(event=made.event, owner=f"session/{session.pk}", slow_seconds=30)
    exhibitors.BoothFactory(event=made.event)
    return made


def duplicate(event, by, chosen=EVERYTHING, *, days=364, **changes):
    day = event.starts_at.astimezone(ZoneInfo(event.time_zone)).date() + timedelta(days=days)
    said = {"organisation": event.organisation, "name": "Freshet again", "starts_on": day, "chosen": chosen, "by": by}
    return services.duplicate_event(event, **said | changes)


def leads_to_event(model, seen=()):
    """Whether some way of required or optional references ends at an event."""
    if model is Event:
        return True
    steps = [f for f in model._meta.concrete_fields if f.is_relation and f.related_model not in (model, *seen)]
    ours = [f for f in steps if f.related_model._meta.app_label not in ("accounts", "contenttypes", "auth")]
    return any(leads_to_event(f.related_model, (*seen, model)) for f in ours)


def test_every_table_of_an_event_goes_along_or_is_known_to_stay(there):
    copy = duplicate(there.event, there.people["organiser"])
    tables = [m for m in apps.get_models(include_auto_created=True) if m is not Event and leads_to_event(m)]
    copied = {label for label, count in copy.made.items() if count}
    assert {m._meta.label_lower for m in tables} - copied == STAYS


def test_nothing_in_a_copy_refers_to_the_old_event(there):
    copy = duplicate(there.event, there.people["organiser"])
    for model, pairs in copy._new.items():
        for row in model._default_manager.filter(pk__in=pairs.values()):
            for column in model._meta.concrete_fields:
                value = column.value_from_object(row)
                if not column.is_relation or value is None:
                    continue
                if column.related_model is Event:
                    assert value == copy.event.pk, column
                elif column.related_model in copy._new:
                    assert value in copy.ids(column.related_model).values(), column


def test_copy_is_a_draft_with_the_same_settings_and_look(there):
    Event.objects.update(
        brand="#123456", capacity=40, admission="approval", published_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    there.event.refresh_from_db()
    made = duplicate(there.event, there.people["organiser"], []).event
    made.refresh_from_db()
    assert (made.state, made.published_at, str(made.name), made.slug) == (
        "draft",
        None,
        "Freshet again",
        "freshet-again",
    )
    assert (made.brand, made.capacity, made.admission) == ("#123456", 40, "approval")
    assert not made.sessions.exists()


def test_copy_has_nobody_in_it_unless_roles_are_chosen(there):
    made = duplicate(there.event, there.people["organiser"], [name for name in EVERYTHING if name != "roles"]).event
    assert not Registration.objects.filter(event=made).exists()
    assert not EventRole.objects.filter(event=made).exists()
    assert not BoothStaff.objects.filter(booth__event=made).exists()
    assert not Speaker.objects.filter(event=made).exclude(user=None).exists()


def test_roles_go_along_but_not_of_who_was_put_out(there):
    barred = EventRoleFactory(event=there.event, role=EventRole.Role.EXHIBITOR).user
    exhibitors.BoothStaffFactory(booth=there.things[Booth], user=barred)
    BanFactory(event=there.event, user=barred)
    made = duplicate(there.event, there.people["organiser"]).event
    people = set(EventRole.objects.filter(event=made).values_list("user", flat=True))
    assert people == {there.people[role].pk for role in ("moderator", "speaker", "exhibitor")}
    assert BoothStaff.objects.get(booth__event=made).user == there.people["exhibitor"]
    assert Speaker.objects.get(event=made).user == there.people["speaker"]


def test_codes_go_along_unused_and_only_with_their_ticket(event, organiser):
    InvitationCodeFactory(event=event, code="HERON", uses=5, used=3)
    InvitationCodeFactory(event=event, code="GONE", revoked_at=event.starts_at)
    InvitationCodeFactory(event=event, code="DAY1", ticket=TicketKindFactory(event=event))
    alone = duplicate(event, organiser, ["codes"]).event
    assert list(InvitationCode.objects.filter(event=alone).values_list("code", "used", "by")) == [
        ("HERON", 0, organiser.pk)
    ]
    both = duplicate(event, organiser, ["codes", "registration"]).event
    assert InvitationCode.objects.get(event=both, code="DAY1").ticket == both.tickets.get()


def test_question_of_a_ticket_is_asked_with_the_copy_of_that_ticket(event, organiser):
    question = QuestionFactory(event=event, kind="choice", choices=["Soup", "Salad"], version=4)
    question.tickets.add(TicketKindFactory(event=event))
    made = duplicate(event, organiser, ["registration"]).event
    copied = Question.objects.get(event=made)
    assert [ticket.event for ticket in copied.tickets.all()] == [made]
    assert ([str(choice) for choice in copied.choices.all()], copied.version) == (["Soup", "Salad"], 1)


def test_sessions_that_were_cancelled_stay_behind(event, organiser):
    tracks.SessionFactory(event=event, state=Session.State.CANCELLED)
    tracks.SessionFactory(event=event, title="High water")
    made = duplicate(event, organiser, ["agenda"]).event
    assert [str(session) for session in made.sessions.all()] == ["High water"]


def test_session_without_a_place_goes_along_and_waits_for_one(event, organiser):
    tracks.SessionFactory(event=event, state=Session.State.UNPLACED)

    made = duplicate(event, organiser, ["agenda"]).event

    assert made.sessions.get().state == Session.State.UNPLACED


@pytest.mark.parametrize("parts", [["agenda", "polls", "quizzes"], ["polls", "quizzes"]])
def test_what_belongs_to_a_session_stays_behind_with_it(event, organiser, parts):
    """In the copy it would be everybody's."""
    cancelled = tracks.SessionFactory(event=event, state=Session.State.CANCELLED)
    for factory in (PollFactory, QuizFactory):
        factory(event=event, session=cancelled)
        factory(event=event)

    made = duplicate(event, organiser, parts).event

    assert [poll.session for poll in made.polls.all()] == [None]
    assert [quiz.session for quiz in made.quizzes.all()] == [None]


def test_poll_of_a_session_belongs_to_the_copy_of_that_session_and_waits(event, organiser):
    session = tracks.SessionFactory(event=event)
    PollFactory(event=event, session=session, state=Poll.State.OPEN, opened_at=event.starts_at)
    made = duplicate(event, organiser, ["agenda", "polls"]).event
    poll = Poll.objects.get(event=made)
    assert (poll.session, poll.state, poll.opened_at) == (made.sessions.get(), Poll.State.DRAFT, None)


def test_conversation_keeps_its_rules_in_the_place_that_it_has_now(there):
    made = duplicate(there.event, there.people["organiser"], ["agenda", "chat"]).event
    rooms = dict(ChatRoom.objects.filter(event=made).values_list("owner", "slow_seconds"))
    assert rooms == {"lobby": 0, f"session/{made.sessions.get().pk}": 30}


def test_nine_stays_nine_when_the_clocks_change(event, organiser):
    """Berlin: summer time in the one, winter time in the other."""
    Event.objects.update(time_zone="Europe/Berlin", starts_at=datetime(2026, 10, 10, 6, tzinfo=UTC))
    event.refresh_from_db()
    tracks.SessionFactory(event=event, starts_at=datetime(2026, 10, 10, 7, tzinfo=UTC))
    made = duplicate(event, organiser, ["agenda"], days=28).event
    assert made.sessions.get().starts_at == datetime(2026, 11, 7, 8, tzinfo=UTC)


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it


@given(ZONES, MOMENTS, st.integers(-3000, 3000))
def test_dates_move_by_whole_days_on_the_clocks_of_the_event(zone, moment, days):
    copy = copying.Copy(source=Event(time_zone=zone), days=days, parts=(), by=None)
    there = ZoneInfo(zone)
    before, after = (m.astimezone(there).replace(tzinfo=None) for m in (moment, copy.shifted(moment).astimezone(UTC)))
    wanted = before + timedelta(days=days)
    # An hour that the clocks leave out in spring is shown as the one after it.
    assert timedelta(0) <= after - wanted <= timedelta(hours=1)
    assert after.date() - before.date() in (timedelta(days=days), timedelta(days=days + 1))


@given(MOMENTS, st.integers(1, 600), st.integers(-3000, 3000))
def test_what_ends_after_it_begins_still_does(moment, minutes, days):
    old = Session(starts_at=moment, ends_at=moment + timedelta(minutes=minutes), event_id=1, room_id=1)
    copy = copying.Copy(source=Event(time_zone="Europe/Berlin"), days=days, parts=(), by=None)
    copy.event = Event(pk=2)
    new = copy.one(old, room=1)
    assert new.starts_at.astimezone(UTC) < new.ends_at.astimezone(UTC)


def test_copy_may_belong_to_another_organisation_but_people_and_files_stay(event, organiser):
    EventRoleFactory(event=event)
    other = MembershipFactory(user=organiser).organisation
    for part in ("roles", "files"):
        with pytest.raises(Refused) as refused:
            duplicate(event, organiser, [part], organisation=other)
        assert refused.value.code == "event.copy_leaves_home"
    assert duplicate(event, organiser, ["agenda"], organisation=other).event.organisation == other
    assert Event.objects.count() == 2


def test_address_that_is_taken_is_refused_and_nothing_is_made(event, other_event, organiser):
    with pytest.raises(Refused) as refused:
        duplicate(event, organiser, slug=other_event.slug)
    assert (refused.value.code, Event.objects.count()) == ("event.slug_taken", 2)


def test_live_stream_goes_along_with_keys_of_its_own_and_is_shown_where_it_was(event, organiser):
    """An encoder that still has the old key sends to the old event alone."""
    stream = media.create_stream(event, title="Great hall", dvr_seconds=600, records=False)
    media.end_stream(stream)
    tracks.StageFactory(session=tracks.SessionFactory(event=event, stream=stream), source="stream")

    made = duplicate(event, organiser, ["streams", "agenda"]).event

    session = made.sessions.get()
    copied = made.streams.get()
    assert (session.stream, session.stage.source, copied.state) == (copied, "stream", "idle")
    assert (copied.title, copied.dvr_seconds, copied.records) == ("Great hall", 600, False)
    assert sorted(copied.keys.values_list("input", flat=True)) == ["backup", "primary"]
    assert not {*copied.keys.values_list("digest", flat=True)} & {*stream.keys.values_list("digest", flat=True)}


def test_session_whose_stream_stays_behind_has_none(event, organiser):
    stream = media.create_stream(event, title="Great hall")
    tracks.SessionFactory(event=event, stream=stream)

    assert duplicate(event, organiser, ["agenda"]).event.sessions.get().stream is None


def test_more_than_the_bound_is_refused_and_nothing_is_made(event, organiser, monkeypatch):
    monkeypatch.setattr(copying, "MOST_ROWS", 3)
    tracks.SessionFactory.create_batch(2, event=event)
    with pytest.raises(Refused) as refused:
        duplicate(event, organiser, ["agenda"])
    assert (refused.value.code, Event.objects.count()) == ("event.copy_too_large", 1)


def test_a_hundred_sessions_cost_as_many_queries_as_one(event, organiser):
    room = tracks.RoomFactory(event=event)
    costs = []
    for more in (1, 99):
        tracks.SessionFactory.create_batch(more, event=event, room=room)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            duplicate(event, organiser, ["agenda"], slug=f"copy-{more}")
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_file_is_there_as_long_as_one_event_shows_it(event, organiser, settings, tmp_path):
    settings.AWS_STORAGE_BUCKET_NAME, settings.MEDIA_ROOT = "", tmp_path
    asset = media.ingest_file(event, b"%PDF-1.7\nlevels\n%%EOF\n", title="Levels")
    made = duplicate(event, organiser, ["files"]).event
    twin = Asset.objects.get(event=made)
    assert (twin.title, twin.original, twin.key != asset.key) == ("Levels", asset.original, True)

    media.delete_asset(asset)
    media.sweep_leftovers()
    assert store().size(twin.original) == asset.size

    media.delete_asset(twin)
    media.sweep_leftovers()
    assert not Leftover.objects.exists()
    with pytest.raises(Missing):
        store().size(twin.original)


def test_logo_of_a_copy_is_a_file_of_its_own(event, organiser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event.logo.save("mark.webp", ContentFile(b"RIFF"))
    made = duplicate(event, organiser, []).event
    event.logo.delete()
    made.refresh_from_db()
    with made.logo.open() as file:
        assert file.read() == b"RIFF"
