"""Booths in the admin: each organiser's own."""

import csv

from django.urls import reverse

from apps.exhibitors.models import Booth
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
