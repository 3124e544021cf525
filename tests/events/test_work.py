"""What waits for an organiser on their home, and the check list of an event's desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import clock
from apps.events import selectors
from apps.events.models import Event, Registration, Unmet
from apps.events.registry import needs, tasks
from apps.events.registry.work import Part
from tests.factories.chat import MessageFactory, ReportFactory
from tests.factories.events import (
    EventFactory,
    EventRoleFactory,
    GuestListFactory,
    MembershipFactory,
    RegistrationFactory,
)
from tests.factories.intake import DeadLetterFactory
from tests.factories.media import AssetFactory
from tests.factories.notifications import EndpointFactory, OwedMailFactory
from tests.factories.questions import QuestionFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory

pytestmark = pytest.mark.django_db


def told(person):
    return [need.text for need in needs.of(selectors.events_at_work(person), person)]


@pytest.fixture
def calm(event):
    """Nothing is missing in it."""
    SessionFactory(event=event)
    return event


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda event: RegistrationFactory(event=event, state="pending"), "1 person waits for your yes."),
        (lambda event: GuestListFactory(event=event, name="vip.csv"), "The guests of “vip.csv” are not invited yet."),
        (
            lambda event: GuestListFactory(event=event, name="vip.csv", problems=[[3, "No address"]]),
            "The guests of “vip.csv” are not invited yet, and 1 line has a mistake.",
        ),
        (lambda event: DeadLetterFactory(event_id=event.pk), "1 answer could not be counted."),
        (lambda event: ReportFactory(message__room__event=event), "1 message is reported."),
        (lambda event: MessageFactory(room__event=event, held="waiting", seq=None), "1 message waits for approval."),
        (lambda event: QuestionFactory(board__event=event, state="held"), "1 question waits for a look."),
        (lambda event: AssetFactory(event=event, state="failed"), "1 file could not be prepared."),
        (lambda event: OwedMailFactory(event=event, state="failed"), "1 mail could not be sent."),
        (
            lambda event: EndpointFactory(
                organisation=event.organisation, event=event, name="CRM", failing_since=clock.now() - timedelta(hours=2)
            ),
            "The webhook “CRM” fails.",
        ),
        (lambda event: SessionFactory(event=event, state="unplaced"), "1 session has no place yet."),
        (
            lambda event: SessionSpeakerFactory(session=SessionFactory(event=event)),
            "1 speaker has not come in yet.",
        ),
    ],
)
def test_what_waits_is_told_once_and_to_its_organisers_alone(
    calm, organiser, other_organiser, other_event, make, words
):
    SessionFactory(event=other_event)
    assert told(organiser) == []

    make(calm)

    assert told(organiser) == [words]
    assert told(other_organiser) == []


def test_webhook_of_an_organisation_is_told_to_its_members_and_not_to_guests(calm):
    guest = EventRoleFactory(event=calm, role="organiser").user
    EndpointFactory(organisation=calm.organisation, event=None, name="CRM", is_on=False, why_off="failing")

    MembershipFactory.create_batch(2, organisation=calm.organisation)

    assert told(guest) == []
    assert told(MembershipFactory(organisation=calm.organisation).user) == ["The webhook “CRM” was switched off."]


def test_event_that_comes_near_tells_what_is_missing(event, organiser):
    soon = clock.now() + timedelta(days=3)
    Event.objects.filter(pk=event.pk).update(starts_at=soon, ends_at=soon + timedelta(days=1), state=Event.State.DRAFT)
    assert told(organiser) == ["It begins soon and is not published.", "It begins soon and its agenda is empty."]

    later = clock.now() + timedelta(days=30)
    Event.objects.filter(pk=event.pk).update(starts_at=later, ends_at=later + timedelta(days=1))
    assert told(organiser) == []


def test_event_that_has_begun_is_told_so(event, organiser):
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)

    assert told(organiser) == ["It has begun and is not published.", "It has begun and its agenda is empty."]


def test_event_that_was_ended_early_lacks_nothing(event, organiser):
    Event.objects.filter(pk=event.pk).update(state=Event.State.ENDED)

    assert told(organiser) == []


def test_events_at_work_are_the_nearest(event, organiser, monkeypatch):
    monkeypatch.setattr("apps.events.selectors.work.MOST_EVENTS", 3)
    now, day = clock.now(), timedelta(days=1)
    for starts, ends in ((-50, -49), (-3, -2), (4, 5), (90, 91)):
        EventFactory(organisation=event.organisation, starts_at=now + starts * day, ends_at=now + ends * day)
    long = EventFactory(organisation=event.organisation, starts_at=now - 70 * day, ends_at=now + 70 * day)
    near = Event.objects.get(starts_at=now - 3 * day)

    assert set(selectors.events_at_work(organiser)) == {event.pk, long.pk, near.pk}


def test_event_whose_dates_are_over_is_to_be_ended(event, organiser):
    began = clock.now() - timedelta(days=5)
    Event.objects.filter(pk=event.pk).update(starts_at=began, ends_at=began + timedelta(days=1))

    assert told(organiser) == ["Its dates are over: end it, so that it shows as past."]


def test_without_a_second_step_nothing_is_told(calm):
    RegistrationFactory(event=calm, state="pending")
    person = MembershipFactory(organisation=calm.organisation).user
    person.has_second_factor = False

    assert told(person) == []


def test_home_of_many_events_costs_few_queries(event, organiser, enter):
    desk = enter(organiser)
    for number in range(200):
        made = EventFactory(organisation=event.organisation, starts_at=clock.now() + timedelta(days=number % 9))
        if number % 10 == 0:
            RegistrationFactory(event=made, state=Registration.State.PENDING)
    desk.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        page = desk.get("/admin/")

    assert len(queries) <= 25
    assert "things wait for you" in page.content.decode()


def test_home_says_that_nothing_waits(calm, organiser, enter):
    assert "Nothing waits for you." in enter(organiser).get("/admin/").content.decode()


def test_check_list_says_what_is_done(calm):
    found = tasks.of(calm)
    done = {str(task.text): task.is_done for part in found.values() for task in part}

    assert list(found) == list(Part)
    assert (done["Sessions are on the agenda"], done["It is published"], done["The doors are open"]) == (
        True,
        True,
        False,
    )


def came_in(event):
    """What the check list says of the speakers; None where it says nothing."""
    lines = {str(task.text): task.is_done for task in tasks.of(event)[Part.PEOPLE]}
    return lines.get("The speakers have come in by their links")


def absent(organiser):
    return [words for words in told(organiser) if "come in" in words]


def speaking(event, user, **session):
    return SessionSpeakerFactory(session=SessionFactory(event=event, **session), speaker__user=user).speaker


def test_speaker_who_has_a_role_or_is_a_member_needs_no_link(calm, organiser, speaker):
    for person in (speaker, organiser):
        speaking(calm, person)

    assert (absent(organiser), came_in(calm)) == ([], True)


def test_speaker_with_a_role_who_was_only_named_has_not_come(calm, organiser, speaker):
    speaking(calm, speaker)
    Unmet.objects.create(organisation=calm.organisation, user=speaker)

    assert (absent(organiser), came_in(calm)) == (["1 speaker has not come in yet."], False)


def test_speaker_with_a_place_has_come_once_the_link_was_used(calm, organiser, speaker):
    speaking(calm, speaker)
    place = RegistrationFactory(event=calm, user=speaker)
    assert (absent(organiser), came_in(calm)) == (["1 speaker has not come in yet."], False)

    Registration.objects.filter(pk=place.pk).update(joined_at=clock.now())
    assert (absent(organiser), came_in(calm)) == ([], True)


def test_speaker_without_a_session_on_the_agenda_is_not_ticked_off(calm, organiser):
    waiting = SpeakerFactory(event=calm)
    assert (absent(organiser), came_in(calm)) == ([], False)

    SessionSpeakerFactory(session=SessionFactory(event=calm, state="unplaced"), speaker=waiting)
    assert (absent(organiser), came_in(calm)) == ([], False)


def test_speaker_of_a_cancelled_session_is_not_waited_for(calm):
    speaking(calm, None, state="cancelled")

    assert came_in(calm) is None


@pytest.mark.parametrize(("left_out", "is_optional"), [([], False), (["speakers"], True)])
def test_speakers_need_not_be_named_where_their_page_is_left_out(calm, left_out, is_optional):
    calm.left_out = left_out
    lines = {str(task.text): task.is_optional for task in tasks.of(calm)[Part.AGENDA]}

    assert lines["Speakers are named"] is is_optional


def test_desk_shows_the_work_in_its_order(calm, organiser, enter):
    page = enter(organiser).get(reverse("admin:events_event_desk", args=[calm.pk])).content.decode()

    places = [page.index(f'id="part-{part.name.lower()}"') for part in Part]
    assert places == sorted(places)
