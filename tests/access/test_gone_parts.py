"""What a call names may be deleted at the moment in which it is written: a refusal, not a failure at the end."""

import pytest

from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Event, InvitationCode, Question, Registration
from apps.exhibitors import services as exhibitors
from apps.media.models import Asset
from apps.tracks import services as tracks
from apps.tracks.models import SessionSpeaker
from tests.access.test_gone_rows import deleted
from tests.factories.accounts import UserFactory
from tests.factories.events import InvitationCodeFactory, QuestionFactory, RegistrationFactory, TicketKindFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory, SpeakerFactory, TrackFactory

pytestmark = pytest.mark.django_db


def refusal(deed, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        deed(*args, **kwargs)
    return refused.value.code, refused.value.status


def test_speaker_of_a_session(event):
    here, gone = SpeakerFactory(event=event), deleted(SpeakerFactory(event=event))
    session = SessionFactory(event=event)
    assert refusal(tracks.save_session, session, changed=set(), speakers=[here, gone]) == ("agenda.part_gone", 409)
    assert not SessionSpeaker.objects.filter(speaker=gone).exists()


def test_ticket_of_codes(event):
    gone = deleted(TicketKindFactory(event=event))
    told = ("registration.ticket", 400)
    assert refusal(events.make_codes, InvitationCode(event=event, ticket=gone), count=2) == told
    code = InvitationCodeFactory(event=event)
    code.ticket = gone
    assert refusal(events.change_code, code, changed={"ticket"}) == told
    assert not InvitationCode.objects.exclude(ticket=None).exists()


def test_ticket_of_a_question(event):
    here, gone = TicketKindFactory(event=event), deleted(TicketKindFactory(event=event))
    question = QuestionFactory(event=event)
    assert refusal(events.save_question, question, changed=set(), tickets=[here, gone]) == ("registration.ticket", 400)
    assert not question.tickets.exists()


def test_track_and_session_of_a_ticket(event):
    ticket = TicketKindFactory(event=event)
    track, session = deleted(TrackFactory(event=event)), deleted(SessionFactory(event=event))
    for named in ({"tracks": [track], "sessions": []}, {"tracks": [], "sessions": [session]}):
        assert refusal(tracks.set_openings, ticket, **named) == ("agenda.part_gone", 409)
    assert refusal(tracks.set_openings, deleted(ticket), tracks=[], sessions=[]) == ("ticket.gone", 404)


def test_file_of_a_booth(event):
    booth, gone = BoothFactory(event=event), AssetFactory(event=event)
    Asset.objects.filter(pk=gone.pk).delete()
    assert refusal(exhibitors.save_booth, booth, changed=set(), documents=[gone]) == ("booth.part_gone", 409)
    booth.logo = gone
    assert refusal(exhibitors.save_booth, booth, changed={"logo"}) == ("booth.part_gone", 409)


@pytest.mark.parametrize("capacity", [None, 5])
def test_session_whose_seat_is_taken_or_moves_up(event, capacity):
    session = SessionFactory(event=event, sign_up=True, capacity=capacity)
    deleted(session)
    assert refusal(tracks.take_seat, session, user=UserFactory(), roles=frozenset()) == ("not_found", 404)
    assert refusal(tracks.move_seats_up, session) == ("not_found", 404)


def test_place_that_is_put_right(event):
    place = RegistrationFactory(event=event)
    Registration.objects.filter(pk=place.pk).delete()
    for deed in (events.answer_again, events.correct_answers):
        assert refusal(deed, place, {}) == ("not_found", 404)


def test_place_that_is_passed_on(event):
    place = RegistrationFactory(event=event, offered_to="eve@lakeside.example")
    Registration.objects.filter(pk=place.pk).delete()
    assert refusal(events.take_place, place, name="Eve", answers={}) == ("transfer.over", 410)


def test_draft_to_which_something_is_added(event):
    Event.objects.filter(pk=event.pk).delete()
    told = ("event.gone", 404)
    assert refusal(events.make_codes, InvitationCode(event=event)) == told
    assert refusal(events.save_question, Question(event=event, label="Why?")) == told
    assert refusal(events.announce, event, text="Lunch is ready.", by=None) == told
