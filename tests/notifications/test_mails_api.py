"""Mails of an event by call: whether they left, and sent after all; and which mails somebody wants."""

import pytest

from apps.audit.models import Entry
from apps.notifications import selectors
from apps.notifications.models import OwedMail, Suppression
from tests.factories.notifications import OwedMailFactory

JSON = "application/json"
MAILS = "/api/v1/events/freshet/desk/mails/"
WANTED = "/api/v1/me/mails/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


def test_mails_are_listed_without_their_texts(client, event):
    OwedMailFactory(event=event, text="https://events.example.org/join/secret/", is_secret=True)
    OwedMailFactory(event=event, to="otto@example.org", state="failed", subject="Lunch")
    page = client.get(MAILS)

    assert "secret" not in page.content.decode()
    assert len(page.json()["results"]) == 2
    for wanted in ({"state": "failed"}, {"q": "otto"}, {"q": "lunch"}):
        assert [row["to"] for row in client.get(MAILS, wanted).json()["results"]] == ["otto@example.org"]


def test_failed_mail_is_sent_after_all(client, event, organiser):
    mail = OwedMailFactory(event=event, state="failed")
    assert client.post(f"{MAILS}{mail.pk}/again/").json()["state"] == "owed"
    again = client.post(f"{MAILS}{mail.pk}/again/")
    assert (again.status_code, again.json()["code"]) == (409, "mail.not_given_up")
    entry = Entry.objects.get(kind="done")
    assert (entry.who_id, entry.event_id, entry.after["to"]) == (organiser.pk, event.pk, mail.to)


def test_refused_address_is_written_to_again_where_somebody_says_that_it_is_right(client, event):
    mail = OwedMailFactory(event=event, state="refused")
    Suppression.objects.create(address=mail.to, reason=Suppression.Reason.BOUNCE)
    path = f"{MAILS}{mail.pk}/again/"

    assert client.post(path, {}, content_type=JSON).json()["code"] == "mail.refused"
    assert client.post(path, {"address_is_right": True}, content_type=JSON).json()["state"] == "owed"
    assert not Suppression.objects.exists()


def test_refused_address_whose_text_is_forgotten_hears_of_what_comes_later(client, event):
    mail = OwedMailFactory(event=event, state="refused", text="", facts={})
    Suppression.objects.create(address=mail.to, reason=Suppression.Reason.BOUNCE)
    told = client.post(f"{MAILS}{mail.pk}/again/", {"address_is_right": True}, content_type=JSON)
    assert (told.status_code, told.json()["state"]) == (200, "refused")
    assert not Suppression.objects.exists()


def test_who_called_us_spam_is_not_written_to(client, event):
    mail = OwedMailFactory(event=event, state="refused")
    Suppression.objects.create(address=mail.to, reason=Suppression.Reason.COMPLAINT)
    refused = client.post(f"{MAILS}{mail.pk}/again/", {"address_is_right": True}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "mail.spam")
    assert Suppression.objects.exists()


def test_mail_of_another_event_is_not_there(client, other_event):
    mail = OwedMailFactory(event=other_event, state="failed")
    assert client.post(f"{MAILS}{mail.pk}/again/").status_code == 404
    assert OwedMail.objects.get().state == "failed"


def test_moderator_reads_no_mails(moderator, event, enter):
    assert enter(moderator).get(MAILS).status_code == 403


def test_person_ends_a_kind_of_mails_and_takes_that_back(attendee, enter):
    client = enter(attendee)
    first = client.get(WANTED).json()["mails"][0]
    assert first == {"kind": "announcement", "about": "announcements of your events", "wanted": True}
    told = client.put(f"{WANTED}announcement/", {"wanted": False}, content_type=JSON).json()
    assert (told["wanted"], selectors.wants_mails(attendee.pk, kind="announcement")) == (False, False)
    client.put(f"{WANTED}announcement/", {"wanted": True}, content_type=JSON)
    assert selectors.wants_mails(attendee.pk, kind="announcement")
    assert client.put(f"{WANTED}welcome/", {"wanted": False}, content_type=JSON).status_code == 404
