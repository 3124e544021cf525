"""The agenda to take away: whole and personal, fresh or not changed."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.http import http_date

from apps.core import clock
from apps.events.models import Event, Registration
from apps.tracks import adapters, services
from tests.factories.tracks import SessionFactory, StarFactory
from tests.tracks.samples import own

pytestmark = pytest.mark.django_db
TYPES = {"xml": "application/xml", "json": "application/json", "ics": "text/calendar; charset=utf-8"}


@pytest.fixture
def imported(event):
    services.import_schedule(event=event, schedule=adapters.read(own("freshet.xml")))
    event.refresh_from_db()
    return event


def address(event, form="xml"):
    return reverse("tracks:schedule", args=[event.slug, form])


def personal(registration, form="json"):
    return reverse("tracks:personal", args=[registration.event.slug, registration.agenda_token, form])


@pytest.mark.parametrize("form", TYPES)
def test_anybody_may_have_the_agenda_of_a_public_event(imported, visitor, form):
    response = visitor.get(address(imported, form))

    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    assert response["Access-Control-Allow-Origin"] == "*"
    assert adapters.read(response.content).counts()["sessions"] == 6


def test_the_address_of_downloads_is_the_published_one(imported):
    assert address(imported, "ics") == "/e/freshet/schedule.ics"


@pytest.mark.parametrize("form", TYPES)
def test_a_repeat_is_not_modified_until_the_agenda_changes(imported, visitor, form):
    tag = visitor.get(address(imported, form))["ETag"]
    again = visitor.get(address(imported, form), headers={"If-None-Match": tag})
    services.agenda_edited(event_id=imported.pk)
    later = visitor.get(address(imported, form), headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert (later.status_code, later["ETag"] != tag) == (200, True)


def test_a_change_is_in_the_next_download(imported, visitor):
    visitor.get(address(imported))
    SessionFactory(event=imported, title="Lunch by the weir")
    services.agenda_edited(event_id=imported.pk)

    assert b"Lunch by the weir" in visitor.get(address(imported)).content


def test_a_public_agenda_may_be_kept_for_a_minute(imported, visitor):
    assert visitor.get(address(imported))["Cache-Control"] == "public, max-age=60"


def test_a_private_event_keeps_its_agenda_to_its_people(imported, visitor, enter, attendee, outsider):
    Event.objects.filter(pk=imported.pk).update(visibility=Event.Visibility.PRIVATE)

    inside = enter(attendee).get(address(imported))

    assert inside.status_code == 200
    assert "Access-Control-Allow-Origin" not in inside
    assert "private" in inside["Cache-Control"]
    assert visitor.get(address(imported)).status_code == 404
    assert enter(outsider).get(address(imported)).status_code == 404


def test_a_draft_has_no_download(imported, visitor):
    Event.objects.filter(pk=imported.pk).update(state=Event.State.DRAFT)

    assert visitor.get(address(imported)).status_code == 404


@pytest.mark.parametrize("form", TYPES)
def test_the_secret_address_gives_what_was_starred(imported, visitor, attendee, form):
    ponds = next(row for row in imported.sessions.all() if str(row.title) == "Ponds that pay")
    StarFactory(session=ponds, user=attendee)
    registration = Registration.objects.get(user=attendee)

    response = visitor.get(personal(registration, form))

    assert response.status_code == 200
    assert b"Ponds that pay" in response.content
    assert b"Sand dams" not in response.content
    assert response["X-Robots-Tag"] == "noindex"
    assert "private" in response["Cache-Control"]


def test_a_star_changes_the_personal_agenda_and_nobody_elses(imported, visitor, attendee):
    registration = Registration.objects.get(user=attendee)
    tag = visitor.get(personal(registration))["ETag"]
    assert visitor.get(personal(registration), headers={"If-None-Match": tag}).status_code == 304

    services.star_session(session=imported.sessions.first(), user=attendee)

    assert visitor.get(personal(registration), headers={"If-None-Match": tag}).status_code == 200


def test_a_new_address_ends_the_old_one(imported, visitor, attendee, enter):
    before = Registration.objects.get(user=attendee)

    answer = enter(attendee).post(reverse("tracks:renew", args=[imported.slug]))

    after = Registration.objects.get(user=attendee)
    assert answer.status_code == 302
    assert visitor.get(personal(before)).status_code == 404
    assert visitor.get(personal(after)).status_code == 200


def test_an_address_ends_with_the_place(imported, visitor, attendee):
    registration = Registration.objects.get(user=attendee)
    Registration.objects.update(state=Registration.State.CANCELLED)

    assert visitor.get(personal(registration)).status_code == 404


def test_a_secret_address_opens_no_other_event(imported, other_event, visitor, attendee):
    token = Registration.objects.get(user=attendee).agenda_token

    assert visitor.get(reverse("tracks:personal", args=[other_event.slug, token, "json"])).status_code == 404
    assert visitor.get(reverse("tracks:personal", args=[imported.slug, "guessed", "json"])).status_code == 404


def test_an_organiser_without_a_place_has_no_secret_address_to_renew(imported, organiser, enter):
    assert enter(organiser).post(reverse("tracks:renew", args=[imported.slug])).status_code == 404


def test_an_outsider_renews_nothing(imported, outsider, enter):
    before = Registration.objects.get(user=outsider).agenda_token

    assert enter(outsider).post(reverse("tracks:renew", args=[imported.slug])).status_code in (302, 403, 404)
    assert Registration.objects.get(user=outsider).agenda_token == before


def test_json_of_the_download_names_the_platform(imported, visitor):
    assert json.loads(visitor.get(address(imported, "json")).content)["generator"]["name"] == "Plenary"


def aged(event, **ago):
    """The agenda last changed so long ago."""
    changed_at = clock.now() - timedelta(**ago)
    Event.objects.filter(pk=event.pk).update(agenda_changed_at=changed_at)
    return http_date(int(changed_at.timestamp()))


@pytest.mark.parametrize("form", TYPES)
def test_a_repeat_by_date_is_not_modified_until_the_agenda_changes(imported, visitor, form):
    date = aged(imported, hours=1)
    first = visitor.get(address(imported, form))
    again = visitor.get(address(imported, form), headers={"If-Modified-Since": first["Last-Modified"]})
    services.agenda_edited(event_id=imported.pk)
    later = visitor.get(address(imported, form), headers={"If-Modified-Since": first["Last-Modified"]})

    assert first["Last-Modified"] == date
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (later.status_code, later["ETag"] != first["ETag"]) == (200, True)


def test_the_tag_weighs_more_than_the_date(imported, visitor):
    date = aged(imported, hours=1)

    response = visitor.get(address(imported), headers={"If-Modified-Since": date, "If-None-Match": '"another"'})

    assert response.status_code == 200


def test_a_date_that_a_second_change_could_share_is_not_given(imported, visitor):
    aged(imported, seconds=0)
    response = visitor.get(address(imported), headers={"If-Modified-Since": http_date()})

    assert (response.status_code, "Last-Modified" in response) == (200, False)


def test_a_renamed_event_is_in_the_next_download(imported, visitor):
    tag = visitor.get(address(imported))["ETag"]
    imported.name = "Freshet, the second"
    imported.save(update_fields=["name"])

    response = visitor.get(address(imported), headers={"If-None-Match": tag})

    assert (response.status_code, b"Freshet, the second" in response.content) == (200, True)
