"""What else the desk does, by call: answers set aside, large actions, the report of a file, and the log of an event."""

import pytest

from apps.audit.models import Entry
from apps.events import services
from apps.events.models import Errand, GuestList, Registration
from apps.intake.models import DeadLetter
from apps.polls.models import Answer
from tests.access.test_tokens import program
from tests.factories.audit import EntryFactory
from tests.factories.events import ErrandFactory, EventRoleFactory, GuestListFactory, RegistrationFactory
from tests.factories.intake import DeadLetterFactory
from tests.factories.polls import OptionFactory, PollFactory

JSON = "application/json"
DESK = "/api/v1/events/freshet/desk/"
ASIDE = f"{DESK}set-aside/"
ERRANDS = f"{DESK}errands/"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def letter(event, attendee):
    poll = PollFactory(event=event)
    body = {"option": OptionFactory(poll=poll).pk}
    return DeadLetterFactory(event_id=event.pk, gate=poll.gate, title=str(poll), key=str(attendee.pk), body=body)


# Answers set aside --------------------------------------------------------------------------------------------------
def test_letters_say_why_and_neither_who_nor_what(client, letter, attendee, other_event):
    DeadLetterFactory(event_id=other_event.pk)
    [row] = client.get(ASIDE).json()["results"]
    assert (row["id"], row["why"], row["title"]) == (letter.pk, "The database would not take it.", letter.title)
    assert {"key", "body", "gate"}.isdisjoint(row)
    assert attendee.name not in client.get(f"{ASIDE}{letter.pk}/").content.decode()
    assert client.get(ASIDE, {"kind": "questions.vote"}).json()["results"] == []


def test_letter_is_tried_again_and_counts(client, letter, organiser, event):
    assert client.post(f"{ASIDE}{letter.pk}/again/").status_code == 204
    assert (Answer.objects.get().said, DeadLetter.objects.exists()) == (letter.body, False)
    entry = Entry.objects.get(kind="done")
    assert (entry.who_id, entry.event_id, entry.thing) == (organiser.pk, event.pk, "")


def test_letter_that_fails_again_stays_and_says_why(client, letter):
    DeadLetter.objects.update(gate="poll/999999/1")
    refused = client.post(f"{ASIDE}{letter.pk}/again/")
    assert (refused.status_code, DeadLetter.objects.get().attempts) == (409, 2)


def test_letter_is_thrown_away_with_a_line_in_the_log(client, letter, organiser):
    assert client.delete(f"{ASIDE}{letter.pk}/").status_code == 204
    assert not DeadLetter.objects.exists()
    assert Entry.objects.get(kind="deleted").who_id == organiser.pk


def test_letter_of_another_event_is_not_there(client, other_event):
    foreign = DeadLetterFactory(event_id=other_event.pk)
    nobodys = DeadLetterFactory(event_id=None)
    for one in (foreign, nobodys):
        assert client.get(f"{ASIDE}{one.pk}/").status_code == 404
        assert client.delete(f"{ASIDE}{one.pk}/").status_code == 404
        assert client.post(f"{ASIDE}{one.pk}/again/").status_code == 404
    assert DeadLetter.objects.count() == 2


def test_letters_are_the_organisers_to_read(moderator, letter, enter):
    client = enter(moderator)
    assert client.get(ASIDE).status_code == 403
    assert client.delete(f"{ASIDE}{letter.pk}/").status_code == 403


# Large actions ------------------------------------------------------------------------------------------------------
def test_same_is_done_for_many(client, event, organiser):
    rows = RegistrationFactory.create_batch(3, event=event, state=Registration.State.PENDING)
    wish = {"deed": "approve", "registrations": [row.pk for row in rows]}
    begun = client.post(ERRANDS, wish, content_type=JSON)
    assert (begun.status_code, begun.json()["count"], begun.json()["come_to"]) == (202, 3, 0)

    services.do_errand(begun.json()["id"])

    told = client.get(f"{ERRANDS}{begun.json()['id']}/").json()
    assert (told["state"], told["done"], told["by"], told["left_out"]) == ("done", 3, organiser.email, [])
    assert Registration.objects.confirmed().count() == 3


def test_who_is_left_out_is_told_with_the_reason(client, event):
    cancelled = RegistrationFactory(event=event, state=Registration.State.CANCELLED)
    wish = {"deed": "approve", "registrations": [cancelled.pk]}
    begun = client.post(ERRANDS, wish, content_type=JSON).json()
    services.do_errand(begun["id"])
    [left] = client.get(f"{ERRANDS}{begun['id']}/").json()["left_out"]
    assert (left["id"], left["why"] != "") == (cancelled.pk, True)


def test_same_that_is_under_way_is_refused(client, event):
    wish = {"deed": "send_links", "registrations": [RegistrationFactory(event=event).pk]}
    client.post(ERRANDS, wish, content_type=JSON)
    assert client.post(ERRANDS, wish, content_type=JSON).json()["code"] == "errand.running"


@pytest.mark.parametrize("deed", ["mail_roles", "lift_bans", "approve"])
def test_nothing_is_done_to_rows_that_are_no_registrations_here(client, event, other_event, deed):
    foreign = RegistrationFactory(event=other_event, state=Registration.State.PENDING)
    refused = client.post(ERRANDS, {"deed": deed, "registrations": [foreign.pk]}, content_type=JSON)
    assert (refused.status_code, Errand.objects.exists()) == (400, False)


@pytest.mark.parametrize(
    ("scope", "where", "deeds"),
    [
        ("registrations:read", ERRANDS, ["approve"]),
        ("team:read", f"{DESK}roles/errands/", ["mail_roles"]),
        ("moderation:read", f"{DESK}bans/errands/", ["lift_bans"]),
    ],
)
def test_token_reads_the_errands_of_its_scope_alone(event, organiser, scope, where, deeds):
    made = [ErrandFactory(event=event, deed=deed) for deed in ("approve", "mail_roles", "lift_bans")]
    client = program(organiser, scope)
    assert [row["deed"] for row in client.get(where).json()["results"]] == deeds
    assert [client.get(f"{where}{one.pk}/").status_code for one in made].count(200) == 1
    assert client.get(f"{DESK}tables/errands/").status_code == 403


def test_errand_of_another_event_is_not_there(client, other_event):
    assert client.get(f"{ERRANDS}{ErrandFactory(event=other_event).pk}/").status_code == 404


# The report of a file -----------------------------------------------------------------------------------------------
def test_lines_are_read_in_pages_and_by_result(client, event, organiser):
    rows = [
        {"line": line, "email": f"p{line}@example.org", "name": "", "company": "", "title": "", "ticket": None}
        for line in (2, 3, 5)
    ]
    guests = GuestListFactory(event=event, rows=rows, problems=[[4, ["No address.", {}]]])
    RegistrationFactory(event=event, user__email="p3@example.org")
    services.invite_guests(guests, by=organiser)
    services.invite_all(guests.pk)
    path = f"{DESK}guest-lists/{guests.pk}/lines/"

    first = client.get(path, {"limit": 3}).json()
    rest = client.get(path, {"after": first["next_after"]}).json()

    assert [(row["line"], row["result"]) for row in first["lines"]] == [(2, "invited"), (3, "known"), (4, "wrong")]
    assert ([row["line"] for row in rest["lines"]], rest["next_after"]) == ([5], None)
    assert [row["line"] for row in client.get(path, {"result": "known"}).json()["lines"]] == [3]


def test_lines_of_another_event_are_not_there(client, other_event):
    guests = GuestListFactory(event=other_event)
    assert client.get(f"{DESK}guest-lists/{guests.pk}/lines/").status_code == 404
    assert GuestList.objects.count() == 1


# The log of an event ------------------------------------------------------------------------------------------------
def test_guest_reads_the_log_of_their_event_without_networks(event, other_event, enter):
    guest = EventRoleFactory(event=event, role="organiser", user__is_staff=True).user
    of = {"organisation_id": event.organisation_id, "address": "198.51.100.7"}
    EntryFactory(words="Here", event_id=event.pk, **of)
    EntryFactory(words="Its organisation", event_id=None, **of)
    EntryFactory(words="There", event_id=other_event.pk, organisation_id=other_event.organisation_id)

    rows = enter(guest).get(f"{DESK}audit/").json()["results"]

    assert [(row["words"], row["address"]) for row in rows] == [("Here", "")]


def test_member_reads_the_networks_too(event, client):
    EntryFactory(words="Here", event_id=event.pk, organisation_id=event.organisation_id, address="198.51.100.7")
    rows = client.get(f"{DESK}audit/", {"q": "here"}).json()["results"]
    assert [row["address"] for row in rows] == ["198.51.100.7"]
    assert client.get(f"{DESK}audit/", {"kind": "deleted"}).json()["results"] == []


def test_moderator_reads_no_log(moderator, event, enter):
    assert enter(moderator).get(f"{DESK}audit/").status_code == 403
