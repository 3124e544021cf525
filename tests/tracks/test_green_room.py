"""Green rooms by their services and doors: who may come, who is on stage, and what everybody is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors as media
from apps.media import services as streams
from apps.media.models import Contribution, Stream
from apps.media.selectors import contributions
from apps.media.services import contributing
from apps.tracks import services
from tests.factories.events import EventRoleFactory, RegistrationFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(event):
    made = SessionFactory(event=event, slug="floods", title="Floods")
    services.set_stage(made, {"source": "stream"})
    return made


@pytest.fixture
def stream(session):
    return Stream.objects.select_related("event").get(session=session)


def speaker_of(session):
    user = EventRoleFactory(event=session.event, user__name="Amara").user
    SessionSpeakerFactory(session=session, speaker__user=user)
    return user


@pytest.fixture
def amara(session):
    return speaker_of(session)


def come(stream, user, **said):
    ticket = media.contribution_ticket(stream, user)
    return contributing.admit(ticket, **{"shows": "camera", "has_sound": True, **said})


def beat(who, *, comes=True):
    return contributing.renew(who, health={}, comes=comes, steady=1.0)


def room(stream):
    return media.green_room(stream.event_id, stream.pk)


def put_on(stream, who):
    stream.refresh_from_db()
    streams.put_on_stage(stream, who.contribution_id)


# Who may come -------------------------------------------------------------------------------------------------------
def test_speakers_of_the_session_may_come_and_nobody_else(session, stream, amara, organiser, outsider):
    other = speaker_of(SessionFactory(event=session.event))
    for welcome in (amara, organiser):
        assert come(stream, welcome).stream_id == stream.pk
    for stranger in (other, outsider, RegistrationFactory(event=session.event).user):
        with pytest.raises(Refused, match=r"contribution\.denied"):
            media.contribution_ticket(stream, stranger)


def test_a_ticket_is_short_lived_and_ours(stream, amara, monkeypatch):
    ticket = media.contribution_ticket(stream, amara)
    with pytest.raises(Refused, match=r"contribution\.ticket"):
        contributing.admit(ticket[:-1] + "!", shows="camera", has_sound=True)
    monkeypatch.setattr(contributions, "TICKET_SECONDS", -1)
    with pytest.raises(Refused, match=r"contribution\.ticket"):
        contributing.admit(ticket, shows="camera", has_sound=True)


def test_a_green_room_has_an_end(session, stream):
    for _ in range(8):
        come(stream, speaker_of(session))
    ninth = speaker_of(session)
    with pytest.raises(Refused, match=r"contribution\.most"):
        come(stream, ninth)


def test_whoever_speaks_no_more_is_put_out(session, stream, amara):
    who = come(stream, amara)
    session.session_speakers.all().delete()
    assert not beat(who)
    with clock.at(clock.now() + timedelta(seconds=6)), pytest.raises(streams.Cut, match="denied"):
        beat(who)
    assert room(stream)["contributors"] == []


# On stage -----------------------------------------------------------------------------------------------------------
def test_nobody_is_on_air_who_was_not_put_on_stage(stream, amara):
    who = come(stream, amara)
    assert not beat(who)
    put_on(stream, who)
    assert beat(who)
    assert room(stream)["on_air"]


def test_another_one_is_put_on_stage_in_their_place(session, stream, amara):
    first, second = come(stream, amara), come(stream, speaker_of(session))
    put_on(stream, first)
    assert beat(first) and not beat(second)
    put_on(stream, second)
    assert beat(second) and not beat(first)
    assert room(stream)["on_stage"] == second.contribution_id


def test_whoever_is_taken_off_is_off_with_their_next_beat(stream, amara):
    who = come(stream, amara)
    put_on(stream, who)
    assert beat(who)
    stream.refresh_from_db()
    streams.take_off_stage(stream, who.contribution_id)
    assert not beat(who)
    assert not room(stream)["on_air"]


def test_taking_off_somebody_else_changes_nothing(session, stream, amara):
    first, second = come(stream, amara), come(stream, speaker_of(session))
    put_on(stream, second)
    stream.refresh_from_db()
    streams.take_off_stage(stream, first.contribution_id)
    assert room(stream)["on_stage"] == second.contribution_id


def test_a_place_and_the_stage_are_kept_for_who_comes_back(stream, amara):
    who = come(stream, amara)
    contributing.note(who, {"is_ready": True})
    put_on(stream, who)
    beat(who)
    contributing.leave(who)
    assert [one["is_here"] for one in room(stream)["contributors"]] == [False]
    assert room(stream)["on_stage"] == who.contribution_id and not room(stream)["on_air"]

    again = come(stream, amara)

    assert again.contribution_id == who.contribution_id
    assert beat(again)
    assert room(stream)["contributors"][0]["is_ready"]


def test_a_second_window_takes_the_place_of_the_first(stream, amara):
    first = come(stream, amara)
    come(stream, amara)
    with pytest.raises(streams.Cut, match=r"contribution\.elsewhere"):
        beat(first)
    contributing.leave(first)
    assert room(stream)["contributors"][0]["is_here"]


def test_who_leaves_for_good_is_gone_from_the_stage_too(stream, amara):
    who = come(stream, amara)
    put_on(stream, who)
    contributing.leave_for_good(who)
    assert room(stream)["contributors"] == [] and room(stream)["on_stage"] is None


def test_who_is_away_is_not_put_on_stage(stream, amara):
    who = come(stream, amara)
    contributing.leave(who)
    with pytest.raises(Refused, match=r"contribution\.away"):
        put_on(stream, who)


def test_an_encoder_waits_behind_who_is_on_stage_and_takes_over_when_they_go(stream, amara):
    key = stream.keys.get(input="primary")
    encoder = streams.admit(media.secret_of(key))
    assert streams.renew(encoder, health={}, comes=True, steady=60)
    who = come(stream, amara)
    put_on(stream, who)
    assert beat(who)
    assert not streams.renew(encoder, health={}, comes=True, steady=60)
    contributing.leave(who)
    assert streams.renew(encoder, health={}, comes=True, steady=60)
    assert beat(come(stream, amara))


def test_the_end_of_the_stream_empties_the_room(stream, amara):
    who = come(stream, amara)
    put_on(stream, who)
    stream.refresh_from_db()
    streams.end_stream(stream)
    with pytest.raises(streams.Cut, match=r"stream\.ended"):
        beat(who)
    with pytest.raises(Refused, match=r"stream\.ended"):
        media.contribution_ticket(Stream.objects.select_related("event").get(pk=stream.pk), amara)


def test_whose_process_was_killed_is_cut_off_and_forgotten_in_the_end(stream, amara):
    come(stream, amara)
    with clock.at(clock.now() + timedelta(seconds=6)):
        streams.look_after_streams()
        assert not room(stream)["contributors"][0]["is_here"]
    with clock.at(clock.now() + timedelta(minutes=11)):
        streams.look_after_streams()
    assert not Contribution.objects.exists()


# The doors ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def address(session):
    return reverse("tracks:green_room", args=[session.event.slug, session.slug])


def test_the_page_is_for_speakers_and_staff(address, session, enter, amara, moderator, attendee):
    for welcome in (amara, moderator):
        assert enter(welcome).get(address).status_code == 200
    for stranger in (attendee, speaker_of(SessionFactory(event=session.event))):
        assert enter(stranger).get(address).status_code == 403


def test_a_stage_without_a_stream_has_no_green_room(address, session, enter, amara):
    services.set_stage(session, {"source": "film"})
    page = enter(amara).get(address)
    assert "<green-room" not in page.content.decode()
    assert enter(amara).post(f"{address}ticket/", headers={"Accept": "application/json"}).status_code == 404


def test_a_ticket_is_given_to_who_may(address, enter, stream, amara, attendee):
    ticket = enter(amara).post(f"{address}ticket/").json()["ticket"]
    assert contributing.admit(ticket, shows="both", has_sound=False).stream_id == stream.pk
    assert enter(attendee).post(f"{address}ticket/").status_code == 403


def test_the_producer_chooses_and_a_speaker_does_not(session, stream, enter, amara, moderator):
    who = come(stream, amara)
    door = reverse("tracks:on_stage", args=[session.event.slug, session.slug])
    assert enter(amara).post(door, {"on": who.contribution_id}).status_code == 403
    enter(moderator).post(door, {"on": who.contribution_id})
    assert room(stream)["on_stage"] == who.contribution_id
    enter(moderator).post(door, {"off": who.contribution_id})
    assert room(stream)["on_stage"] is None


def test_nobody_of_another_stream_is_put_on_stage(session, stream, event, enter, moderator):
    other = SessionFactory(event=event, slug="other")
    services.set_stage(other, {"source": "stream"})
    other.refresh_from_db()
    who = come(Stream.objects.select_related("event").get(pk=other.stream_id), speaker_of(other))
    door = reverse("tracks:on_stage", args=[session.event.slug, session.slug])
    answer = enter(moderator).post(door, {"on": who.contribution_id}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert room(stream)["on_stage"] is None
