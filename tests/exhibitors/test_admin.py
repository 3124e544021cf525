"""Booths in the admin: each organiser's own."""

import csv

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.events.models import EventRole
from apps.exhibitors import services
from apps.exhibitors.models import Booth
from tests.access.test_stale_forms import sent
from tests.factories.exhibitors import BoothFactory, ContactRequestFactory

REQUESTS = reverse("admin:exhibitors_contactrequest_changelist")


def test_organiser_sees_the_requests_of_their_own_events_only(event, other_event, organiser, enter):
    ContactRequestFactory(booth__event=event, name="Nadia of ours")
    ContactRequestFactory(booth__event=other_event, name="Otto of theirs")

    page = enter(organiser).get(REQUESTS).content.decode()

    assert "Nadia of ours" in page
    assert "Otto of theirs" not in page


def test_export_is_a_table_without_formulas(event, organiser, enter):
    request = ContactRequestFactory(booth__event=event, message='=HYPERLINK("http://evil")')

    answer = enter(organiser).post(REQUESTS, {"action": "export_csv", "_selected_action": [request.pk]})

    head, row = csv.reader(b"".join(answer).decode("utf-8-sig").splitlines())
    assert head[:2] == ["booth", "asked"]
    assert row[5] == '\'=HYPERLINK("http://evil")'


def test_booths_count_what_was_asked(event, organiser, enter):
    booth = BoothFactory(event=event, name="Ostra")
    ContactRequestFactory.create_batch(2, booth=booth)

    page = enter(organiser).get(reverse("admin:exhibitors_booth_changelist"))

    (row,) = page.context["cl"].result_list
    assert (row.asked_count, row.waiting_count) == (2, 2)


def test_booths_are_taken_out_of_the_expo_and_shown_again(event, other_event, organiser, enter):
    ours, theirs = BoothFactory.create_batch(2, event=event), BoothFactory(event=other_event)
    client, url = enter(organiser), reverse("admin:exhibitors_booth_changelist")

    client.post(url, {"action": "hide", "_selected_action": [booth.pk for booth in (*ours, theirs)]})
    hidden = list(Booth.objects.order_by("pk").values_list("is_published", flat=True))
    offered = client.get(url).context["cl"].way_back
    client.post(url, {"action": offered["action"], offered["field"]: offered["ids"]})

    assert hidden == [False, False, True]
    assert not Booth.objects.filter(is_published=False).exists()


def test_who_is_taken_off_a_booth_is_said_to_be_an_exhibitor_still(event, attendee, organiser, enter):
    booth, client = BoothFactory(event=event), enter(organiser)
    services.add_staff(booth, user=attendee)
    url = reverse("admin:exhibitors_booth_change", args=[booth.pk])

    form = sent(client.get(url), "booth_form") | {"staff-0-DELETE": "on"}
    page = client.post(url, form, follow=True).content.decode()

    assert (booth.staff.count(), EventRole.objects.get().user) == (0, attendee)
    assert "is still an exhibitor." in page
    assert "is still an exhibitor" not in client.get(url).content.decode()


def test_booth_at_the_desk_has_an_end_and_is_written_after_its_event(event, attendee, organiser, enter, monkeypatch):
    client, url = enter(organiser), reverse("admin:exhibitors_booth_add")
    form = sent(client.get(url), "booth_form") | {"event": event.pk, "name": "Ostra", "slug": "ostra"}
    form |= {"staff-TOTAL_FORMS": 1, "staff-0-user": attendee.pk}

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(services, "MOST_BOOTHS", 0)
        refused = client.post(url, form, follow=True)
    assert "An expo has up to 0 booths." in refused.content.decode()
    assert not Booth.objects.exists()

    with CaptureQueriesContext(connection) as asked:
        client.post(url, form)
    assert Booth.objects.get().staff.get().user == attendee
    said = [one["sql"] for one in asked]
    event_held = next(at for at, sql in enumerate(said) if 'FROM "events_event"' in sql and "FOR NO KEY" in sql)
    person_held = next(at for at, sql in enumerate(said) if 'FROM "accounts_user"' in sql and "FOR NO KEY" in sql)
    written = next(at for at, sql in enumerate(said) if 'INSERT INTO "exhibitors_booth"' in sql)
    assert person_held < event_held < written
