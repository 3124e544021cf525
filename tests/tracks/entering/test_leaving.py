"""What was inside a session that is deleted stays shut, and who no longer speaks in one no longer hears its staff."""

import pytest

from apps.core.errors import Refused
from apps.live import publish
from apps.polls import services as polls
from apps.polls.models import Poll
from apps.quizzes import services as quizzes
from apps.quizzes.models import Game, Quiz
from apps.tracks import selectors, services
from apps.tracks.models import Opening, Session, Speaker
from tests.factories.accounts import UserFactory
from tests.factories.events import TicketKindFactory
from tests.factories.quizzes import QuizFactory
from tests.factories.tracks import (
    OpeningFactory,
    SessionFactory,
    SessionSpeakerFactory,
    SpeakerFactory,
    TrackFactory,
)
from tests.tracks.entering.doors import STAFF, as_who, may_hear
from tests.tracks.samples import event_xml, schedule_xml
from tests.tracks.test_admin import save

ATTENDEE = frozenset({"attendee"})


@pytest.fixture
def told(monkeypatch):
    """Who was called back, and at which places people were asked again."""
    found = {"called": [], "asked": set()}
    monkeypatch.setattr(publish, "revoke", lambda event_id, user_id: found["called"].append(user_id))
    monkeypatch.setattr(publish, "ask_again", lambda event_id, places: found["asked"].update(places))
    return found


@pytest.fixture
def spoken(event):
    """A session with a speaker who has an account."""
    return SessionSpeakerFactory(
        session=SessionFactory(event=event), speaker=SpeakerFactory(event=event, user=UserFactory())
    )


def test_what_was_in_a_deleted_session_stays_shut(shut, event, attendee, told):
    Game.objects.all().delete()
    training = QuizFactory(event=event, session=shut.session, mode=Quiz.Mode.ALONE, is_published=True)
    name = f"session/{shut.session.pk}"

    services.remove_part(shut.session)

    shut.poll.refresh_from_db()
    training.refresh_from_db()
    assert (shut.poll.state, training.is_published) == (Poll.State.ARCHIVED, False)
    assert not may_hear(as_who(attendee, event), f"poll/{shut.poll.pk}/turnout")
    assert not may_hear(as_who(attendee, event), f"chat/{shut.room.pk}")
    assert {name, f"poll/{shut.poll.pk}", f"chat/{shut.room.pk}"} <= told["asked"]


def test_session_that_is_not_there_is_for_those_who_run_the_event(event, attendee):
    found = selectors.shut_out(event.pk, 0, {attendee.pk: ATTENDEE, attendee.pk + 1: STAFF})
    assert {user_id: refusal.code for user_id, refusal in found.items()} == {attendee.pk: "session.unknown"}
    assert selectors.why_shut(event.pk, 0, user_id=None, roles=ATTENDEE).status == 404
    assert selectors.why_shut(event.pk, 0, user_id=None, roles=STAFF) is None


def test_session_in_which_a_quiz_was_played_stays(event):
    session = SessionFactory(event=event)
    quiz = QuizFactory(event=event, session=session)
    Game.objects.create(quiz=quiz)
    poll = polls.create_poll(event=event, session=session, question="Who pays?", options=["A", "B"])

    with pytest.raises(Refused) as refused:
        services.remove_part(session)

    assert refused.value.code == "session.played"
    assert Session.objects.filter(pk=session.pk).exists()
    assert Poll.objects.get(pk=poll.pk).state == Poll.State.DRAFT


def test_desk_names_what_keeps_a_session(event, organiser, enter):
    session = SessionFactory(event=event)
    quizzes.why_sessions_stay([session.pk])
    Game.objects.create(quiz=QuizFactory(event=event, session=session))

    page = enter(organiser).post(f"/admin/tracks/session/{session.pk}/delete/", {"post": "yes"})

    assert "A quiz was played in this session" in page.content.decode()
    assert Session.objects.filter(pk=session.pk).exists()


def test_speaker_taken_off_a_session_is_called_back(spoken, told):
    stays = SpeakerFactory(event=spoken.session.event, user=UserFactory())
    services.save_session(spoken.session, speakers=[spoken.speaker, stays])
    assert told["called"] == []

    services.save_session(spoken.session, speakers=[stays])

    assert told["called"] == [spoken.speaker.user_id]


def test_speaker_with_another_account_is_called_back(spoken, told):
    former = spoken.speaker.user_id
    spoken.speaker.user = UserFactory()
    services.save_part(spoken.speaker, changed={"user_id"})
    assert told["called"] == [former]


def test_deleted_speaker_is_called_back(spoken, told):
    services.remove_part(spoken.speaker)
    assert told["called"] == [spoken.speaker.user_id]
    assert not Speaker.objects.exists()


def test_speaker_whom_a_file_no_longer_names_is_called_back(event, told):
    data = schedule_xml(event_xml(inner="<persons><person id='1'>Nadia</person></persons>"))
    schedule = services.read_schedule(data, event=event)
    services.import_schedule(event=event, schedule=schedule)
    person = UserFactory()
    one = Speaker.objects.filter(event=event, sessions__isnull=False).first()
    Speaker.objects.filter(pk=one.pk).update(user=person)
    for session in schedule.sessions:
        session.speakers = []

    services.import_schedule(event=event, schedule=schedule)

    assert told["called"] == [person.pk]


def test_speaker_taken_off_at_the_desk_is_called_back(spoken, organiser, enter, told):
    row = {f"session_speakers-0-{name}": value for name, value in (("id", spoken.pk), ("session", spoken.session_id))}
    row |= {"session_speakers-0-speaker": spoken.speaker_id, "session_speakers-0-position": 0}
    said = {"session_speakers-TOTAL_FORMS": "1", "session_speakers-INITIAL_FORMS": "1"}
    said |= row | {"session_speakers-0-DELETE": "on"}

    answer = save(enter(organiser), spoken.session, **said)

    assert answer.status_code == 302
    assert not spoken.session.speakers.exists()
    assert told["called"] == [spoken.speaker.user_id]


def test_those_whom_a_track_let_in_are_asked_again_when_it_goes(event, told):
    track, other = TrackFactory(event=event), TrackFactory(event=event)
    session, apart = SessionFactory(event=event, track=track), SessionFactory(event=event, track=other)
    ticket = TicketKindFactory(event=event, opens_programme=False)
    OpeningFactory(ticket=ticket, track=track, session=None)
    roles = ATTENDEE | {f"ticket/{ticket.pk}"}
    assert selectors.why_shut(event.pk, session.pk, user_id=None, roles=roles) is None

    services.remove_part(track)

    assert not Opening.objects.exists()
    assert selectors.why_shut(event.pk, session.pk, user_id=None, roles=roles).code == "session.ticket"
    assert f"session/{session.pk}" in told["asked"]
    assert f"session/{apart.pk}" not in told["asked"]
