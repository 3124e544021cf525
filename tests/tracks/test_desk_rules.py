"""What the desk saves of the agenda passes the service that the API passes: names, addresses, days, and two at once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.tracks import services
from apps.tracks.models import Room, Session, Speaker, Tag, Track
from tests.factories.events import EventFactory, EventRoleFactory, RegistrationFactory
from tests.factories.tracks import RoomFactory, SessionFactory, SpeakerFactory, TrackFactory
from tests.tracks.test_admin import form_of, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def test_session_far_from_its_event_is_told_beside_its_day(desk, event):
    session = SessionFactory(event=event)
    far, late = session.starts_at + timedelta(days=365), session.ends_at + timedelta(days=365)

    page = save(desk, session, starts_at_0=f"{far:%Y-%m-%d}", ends_at_0=f"{late:%Y-%m-%d}", title_0="Low water")

    assert page.status_code == 200
    assert "more than a month away from the event" in page.content.decode()
    assert "Low water" in page.content.decode()
    session.refresh_from_db()
    assert session.starts_at.date() != far.date()


def test_address_that_another_session_has_is_told(desk, event):
    SessionFactory(event=event, slug="rain")
    session = SessionFactory(event=event, slug="snow")

    page = save(desk, session, slug="rain")

    assert "Another one of this event has this address" in page.content.decode()
    assert Session.objects.get(pk=session.pk).slug == "snow"


def test_room_that_is_deleted_meanwhile_is_told(event):
    session, room = SessionFactory(event=event), RoomFactory(event=event)
    session.room = Room.objects.get(pk=room.pk)
    room.delete()
    with pytest.raises(Refused) as refused:
        services.keep_session(session, changed={"room"})
    assert refused.value.code == "agenda.part_gone"


def test_times_that_somebody_else_set_meanwhile_are_told(event):
    session = SessionFactory(event=event)
    Session.objects.update(ends_at=session.starts_at + timedelta(minutes=10))
    session.starts_at += timedelta(minutes=20)
    with pytest.raises(Refused) as refused:
        services.keep_session(session, changed={"starts_at"})
    assert refused.value.code == "session.moved"


def test_session_that_is_deleted_meanwhile_is_not_kept(event):
    session = SessionFactory(event=event)
    Session.objects.all().delete()
    with pytest.raises(Refused) as refused:
        services.keep_session(session, changed={"title"})
    assert (refused.value.code, refused.value.status) == ("agenda.gone", 404)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda event: Track(event=event, name="rivers", slug="rivers-2"), "agenda.name_taken"),
        (lambda event: Track(event=event, name="Lakes", slug="rivers"), "agenda.address_taken"),
        (lambda event: Tag(event=event, name="water"), "agenda.name_taken"),
    ],
)
def test_what_was_taken_meanwhile_is_refused(event, made, said):
    TrackFactory(event=event, name="Rivers", slug="rivers")
    Tag.objects.create(event=event, name="water")
    with pytest.raises(Refused) as refused:
        services.save_part(made(event))
    assert refused.value.code == said


@pytest.mark.parametrize(
    ("factory", "more"), [(TrackFactory, {"colour": 1, "shape": 1}), (RoomFactory, {}), (SpeakerFactory, {})]
)
def test_address_of_another_is_not_taken_at_the_desk(desk, event, factory, more):
    factory(event=event, slug="rivers", name="Rivers")
    row = factory(event=event, slug="lakes", name="Lakes")
    address = reverse(f"admin:tracks_{row._meta.model_name}_change", args=[row.pk])
    name = "name" if factory is SpeakerFactory else "name_0"

    page = desk.post(address, {name: "Lakes", "slug": "rivers", "position": 0, **more})

    assert "Another one of this event has this address" in page.content.decode()
    row.refresh_from_db()
    assert row.slug == "lakes"


def test_part_that_is_saved_leaves_what_others_changed(event):
    room = RoomFactory(event=event, name="Hall")
    Room.objects.update(capacity=40)
    room.name = "Great hall"

    services.save_part(room, changed={"name"})

    room.refresh_from_db()
    assert (str(room.name), room.capacity) == ("Great hall", 40)


def test_text_longer_than_any_page_shows_is_told(desk, event, monkeypatch):
    monkeypatch.setattr("apps.tracks.services.writing.MOST_TEXT", 5)
    session = SessionFactory(event=event)

    page = save(desk, session, abstract_0="Four rivers")

    assert "Up to 5 characters" in page.content.decode()


def test_page_from_before_a_field_leaves_it_as_it_is(desk, event):
    session = SessionFactory(event=event, title="High water")
    services.set_stage(session, {"source": "stream", "loops": False})
    stream = session.stream

    answer = save(desk, session, title_0="Low water")

    assert answer.status_code == 302
    session = Session.objects.select_related("stage").get(pk=session.pk)
    assert (str(session.title), session.stream, session.stage.source, session.stage.loops) == (
        *("Low water", stream, "stream", False),
    )


def test_stage_of_the_desk_that_is_to_show_a_stream_is_given_one(desk, event):
    session = SessionFactory(event=event)
    stage = {"stage-TOTAL_FORMS": 1, "stage-INITIAL_FORMS": 0, "stage-0-session": session.pk}
    stage |= {"stage-0-source": "stream", "stage-0-lobby_minutes": 10, "stage-0-publish": "at_once"}

    answer = save(desk, session, stream="", **stage)

    assert answer.status_code == 302
    session.refresh_from_db()
    assert str(session.stream) == str(session.title)


def test_new_session_of_the_desk_is_near_its_event(desk, event):
    pattern = SessionFactory(event=event)
    first, last = (f"{day + timedelta(days=365):%Y-%m-%d}" for day in (pattern.starts_at, pattern.ends_at))
    form = form_of(pattern, event=event.pk, slug="rain", starts_at_0=first, ends_at_0=last)

    page = desk.post(reverse("admin:tracks_session_add"), form)

    assert "more than a month away from the event" in page.content.decode()
    assert event.sessions.get() == pattern


def test_session_has_so_many_speakers_and_tags_and_no_more(desk, event, monkeypatch):
    monkeypatch.setattr(services, "MOST_TAGS", 1)
    monkeypatch.setattr("apps.tracks.admin.sessions.SpeakerInline.max_num", 1)
    session = SessionFactory(event=event)
    tags = [Tag.objects.create(event=event, name=name).pk for name in ("water", "rain")]
    lines = {"session_speakers-TOTAL_FORMS": 2}
    for number in range(2):
        lines |= {f"session_speakers-{number}-speaker": SpeakerFactory(event=event).pk}
        lines |= {f"session_speakers-{number}-position": number, f"session_speakers-{number}-session": session.pk}

    assert "A session has up to 1 tags" in save(desk, session, tags=tags).content.decode()
    assert save(desk, session, **lines).status_code == 200

    assert (session.tags.count(), session.speakers.count()) == (0, 0)
    assert save(desk, session, tags=tags[:1]).status_code == 302


def test_room_for_nobody_is_refused(desk, event):
    page = desk.post(
        reverse("admin:tracks_room_add"),
        {"event": event.pk, "name_0": "Weir", "slug": "weir", "position": 0, "capacity": 0},
    )

    assert page.status_code == 200
    assert not event.rooms.exists()


# Speakers of other events --------------------------------------------------------------------------------------------
@pytest.fixture
def mine(organiser, event):
    """Another event of the same organiser."""
    other = EventFactory(organisation=event.organisation)
    EventRoleFactory(event=other, user=organiser, role="organiser")
    return other


def named(speaker):
    return {
        "session_speakers-TOTAL_FORMS": 1,
        "session_speakers-0-speaker": speaker.pk,
        "session_speakers-0-position": 0,
    }


def test_session_names_a_speaker_of_its_own_event(desk, event):
    session = SessionFactory(event=event)
    save(desk, session, **named(SpeakerFactory(event=event)))
    assert session.speakers.count() == 1


def test_session_names_no_speaker_of_another_event(desk, event, mine):
    session = SessionFactory(event=event)
    page = save(desk, session, **named(SpeakerFactory(event=mine)))
    assert page.status_code == 200
    assert session.speakers.count() == 0


@pytest.mark.parametrize("typed", ["{}", " {}", "+{}"])
def test_new_session_names_no_speaker_of_another_event_however_its_own_is_typed(desk, event, mine, typed):
    """The event that was opened last is the other one."""
    desk.get(f"{reverse('admin:tracks_session_changelist')}?event__id__exact={mine.pk}")
    like = SessionFactory(event=event)
    form = form_of(like, slug="", event=typed.format(event.pk), **named(SpeakerFactory(event=mine)))

    page = desk.post(reverse("admin:tracks_session_add"), form)

    assert page.status_code == 200
    assert Session.objects.get() == like


def test_speaker_is_no_account_of_another_event(desk, event, mine):
    elsewhere = RegistrationFactory(event=mine).user
    here = RegistrationFactory(event=event).user
    form = {"event": event.pk, "name": "Ada Ng", "slug": "ada-ng", "title": ""}

    refused = desk.post(reverse("admin:tracks_speaker_add"), form | {"user": elsewhere.pk})
    taken = desk.post(reverse("admin:tracks_speaker_add"), form | {"user": here.pk})

    assert "They take no part in this event" in refused.content.decode()
    assert (taken.status_code, Speaker.objects.get().user) == (302, here)


def test_speaker_who_was_named_before_can_be_changed(desk, event, mine):
    speaker = SpeakerFactory(event=event, user=RegistrationFactory(event=mine).user)
    address = reverse("admin:tracks_speaker_change", args=[speaker.pk])
    form = {"name": "Ada Ng", "slug": speaker.slug, "title": "", "user": speaker.user_id}
    assert desk.post(address, form).status_code == 302
    speaker.refresh_from_db()
    assert speaker.name == "Ada Ng"
