"""An event is duplicated at the desk, by whom and for which organisation."""

from datetime import date

from django.urls import reverse

from apps.audit.models import Entry
from apps.events.models import Event, EventRole
from tests.factories import tracks
from tests.factories.events import EventRoleFactory, MembershipFactory


def url(event):
    return reverse("admin:events_event_duplicate", args=[event.pk])


def test_organiser_duplicates_an_event_at_the_desk(event, organiser, enter):
    tracks.SessionFactory(event=event)
    desk = enter(organiser)
    page = desk.get(url(event)).content.decode()
    assert ('value="agenda" checked' in page, 'value="booths"' in page) == (True, False)
    given = {"organisation": event.organisation.pk, "name_0": "Ebb", "starts_on": "2027-03-01", "parts": ["agenda"]}
    response = desk.post(url(event), given)
    made = Event.objects.get(slug="ebb")
    assert response["Location"] == reverse("admin:events_event_desk", args=[made.pk])
    assert (made.starts_at.date(), made.sessions.count()) == (date(2027, 3, 1), 1)


def test_taking_an_event_to_another_organisation_is_on_record_where_it_came_from(event, organiser, enter):
    other = MembershipFactory(user=organiser).organisation
    tracks.SessionFactory(event=event)
    given = {"organisation": other.pk, "name_0": "Ebb", "starts_on": "2027-03-01", "parts": ["agenda"]}
    enter(organiser).post(url(event), given)
    kept = Entry.objects.get(event_id=event.pk, words="Duplicated")
    assert (kept.who, kept.after) == (
        organiser.email,
        {"event": "ebb", "organisation": other.name, "parts": ["agenda"]},
    )


def test_organisation_of_others_cannot_be_chosen_for_a_copy(event, other_event, organiser, enter):
    given = {"organisation": other_event.organisation.pk, "name_0": "Ebb", "starts_on": "2027-03-01"}
    assert "Select a valid choice" in enter(organiser).post(url(event), given).content.decode()
    assert Event.objects.count() == 2


def test_refusal_stands_beside_its_field(event, other_event, organiser, enter):
    given = {"organisation": event.organisation.pk, "name_0": "Ebb", "slug": "undertow", "starts_on": "2027-03-01"}
    assert "Another event has this address" in enter(organiser).post(url(event), given).content.decode()


def test_guest_organiser_cannot_take_an_event_away(event, enter):
    guest = EventRoleFactory(event=event, role=EventRole.Role.ORGANISER, user__is_staff=True).user
    assert enter(guest).get(url(event)).status_code == 404
