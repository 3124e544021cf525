"""Inviting by file: read, looked at, invited some at a time, once each."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from apps.accounts.models import User
from apps.audit import context
from apps.audit.models import Entry
from apps.core import clock, sheets, tables
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.adapters import guests_csv
from apps.events.models import Event, GuestList, Membership, Registration
from apps.events.services import guests as inviting
from apps.notifications.models import OwedMail
from tests.factories.events import MembershipFactory, RegistrationFactory, TicketKindFactory


@pytest.fixture
def co_organiser(event):
    return MembershipFactory(organisation=event.organisation).user


def read(event, organiser, text):
    data = text if isinstance(text, bytes) else text.encode()
    return services.read_guests(event, data=data, name="guests.csv", by=organiser)


def why(event, organiser, text):
    with pytest.raises(Refused) as refused:
        read(event, organiser, text)
    assert GuestList.objects.count() == 0
    return str(refused.value.message)


def test_file_is_read_and_nobody_invited(event, organiser):
    found = read(event, organiser, "E-Mail;Name;Seat\nADA@example.org;Ada;1\n;Nobody;2\nada@example.org;Again;3\n")
    assert [(row["line"], row["email"], row["name"]) for row in found.rows] == [(2, "ada@example.org", "Ada")]
    assert [line for line, _words in found.problems] == [3, 4]
    assert Registration.objects.count() == 0


def test_template_reads_without_a_problem(event, organiser):
    found = read(event, organiser, "".join(tables.csv_lines(guests_csv.template())))
    assert (len(found.rows), found.problems) == (1, [])


def test_workbook_is_read_like_a_table(event, organiser):
    rows = [["Name", "E-mail"], ["Ada", "ada@example.org"], ["", ""], ["Nobody", ""]]
    found = read(event, organiser, b"".join(sheets.workbook(rows)))
    assert [(row["line"], row["email"], row["name"]) for row in found.rows] == [(2, "ada@example.org", "Ada")]
    assert [line for line, _words in found.problems] == [4]


def test_ticket_is_named_as_it_is_called(event, organiser):
    press = TicketKindFactory(event=event, name="Press")
    found = read(event, organiser, "email,ticket\na@example.org,press\nb@example.org,Priests\nc@example.org,\n")
    assert [row["ticket"] for row in found.rows] == [press.pk, None]
    assert found.problems == [[3, ["there is no ticket “%(name)s”", {"name": "Priests"}]]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: the column “email” is missing."),
        ("name\nAda\n", "Line 1: the column “email” is missing."),
        ("email,e-mail\na@example.org,\n", "Line 1: the column “email” stands twice."),
        ("email\n", "Line 1: nobody stands below the first line."),
        ("email\n\xe4".encode("latin-1"), "Line 2: this is not UTF-8; save it as “CSV UTF-8”."),
        ("email\n".encode("utf-16"), "Line 1: nobody stands below the first line."),
        ("email\n".encode("utf-16-le"), "Line 1: this is no CSV file."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an old or a locked Excel file"),
        (b"\x00" * 100, "Line 1: this is no CSV file."),
        (b"PK\x03\x04\x14\x00\x08\x00", "Line 1: this workbook cannot be read"),
        (b"x" * (guests_csv.MOST_BYTES + 1), "The file is larger than 5 MB. Split it."),
        ("email\n" + "a\n" * 501, "too many lines are wrong; mend the file and read it again"),
        ("email\n" + "".join(f"{n}@e.org\n" for n in range(20_001)), "more than 20000 lines; split the file"),
    ],
)
def test_file_that_is_no_list_is_refused_with_its_line(event, organiser, text, said):
    assert said in why(event, organiser, text)


def test_formulas_links_and_long_names_are_no_names(event, organiser):
    lines = ["=HYPERLINK(1)@example.org,Ada", "b@example.org,www.evil.example", f"c@example.org,{'x' * 121}"]
    found = read(event, organiser, "email,name\n" + "\n".join(lines))
    assert (found.rows, len(found.problems)) == ([], 3)


def test_everybody_is_invited_once_and_told_of(event, organiser):
    RegistrationFactory(event=event, user__email="known@example.org")
    people = "".join(f"{number}@example.org\n" for number in range(120))
    found = read(event, organiser, f"email\nknown@example.org\n{people}")
    services.invite_guests(found, by=organiser)
    services.invite_guests(found, by=organiser)
    assert (services.invite_some(found.pk), services.invite_some(found.pk)) == (True, True)
    services.invite_all(found.pk)
    services.invite_all(found.pk)
    found.refresh_from_db()
    assert (found.state, found.invited, found.known, found.refused) == (GuestList.State.DONE, 120, 1, 0)
    assert OwedMail.objects.filter(kind="welcome").count() == 120


def test_it_is_done_in_the_name_of_who_said_so(event, organiser, co_organiser):
    found = read(event, organiser, "email\na@example.org\n")
    services.invite_guests(found, by=co_organiser)
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    assert Entry.objects.get(model="events.registration").who == co_organiser.email
    assert Registration.objects.get(event=event).by == co_organiser


def test_long_list_is_not_read_or_written_whole(event, organiser, enter):
    found = read(event, organiser, "email\n" + "".join(f"{number}@example.org\n" for number in range(50)) + "no\n")
    services.invite_guests(found, by=organiser)
    with CaptureQueriesContext(connection) as queries:
        services.invite_some(found.pk)
    read_whole = [
        query["sql"] for query in queries if '"rows"' in query["sql"].replace('_array("events_guestlist"."rows"', "")
    ]
    assert [sql for sql in read_whole if sql.startswith(("SELECT", "UPDATE"))] == []
    assert [len(batch.outcomes) for batch in found.batches.all()] == [20]
    with CaptureQueriesContext(connection) as queries:
        page = enter(organiser).get(reverse("admin:events_guestlist_changelist"))
    assert not [query["sql"] for query in queries if "guestlist" in query["sql"] and '"rows"' in query["sql"]]
    [row] = page.context["cl"].result_list
    assert (row.people, row.invited, row.wrong, row.done) == (50, 20, 1, 20)


def test_full_event_refuses_the_rest_and_says_so(event, organiser):
    Event.objects.filter(pk=event.pk).update(capacity=2)
    event.refresh_from_db()
    found = read(event, organiser, "email\na@example.org\nb@example.org\nc@example.org\n")
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    found.refresh_from_db()
    assert (found.invited, found.refused, found.outcomes[2][:2]) == (2, 1, [4, "registration.full"])
    report = list(selectors.guest_report(found))
    assert [row[2] for row in report[1:]] == ["invited", "invited", "refused"]
    assert report[3][3].startswith("All places are taken")


def test_what_is_wrong_is_told_in_the_readers_language(event, organiser, enter):
    Event.objects.filter(pk=event.pk).update(capacity=1)
    event.refresh_from_db()
    with translation.override("de"):
        found = read(event, organiser, "email\na@example.org\nb@example.org\nnobody\na@example.org\n")
        services.invite_guests(found, by=organiser)
        services.invite_all(found.pk)
    found.refresh_from_db()

    page = enter(organiser).get(reverse("admin:events_guestlist_change", args=[found.pk])).content.decode()

    for words in ("All places are taken", "“nobody” is no e-mail address", "this address stands in line 2 already"):
        assert words in page
    with translation.override("de"):
        report = list(selectors.guest_report(found))
    assert [row[3] for row in report[3:]] == [
        "„nobody“ ist keine E-Mail-Adresse",
        "diese Adresse steht schon in Zeile 2",
    ]


def test_line_that_fails_holds_up_no_other(event, organiser, monkeypatch):
    found = read(event, organiser, "email\na@example.org\nb@example.org\n")
    real = inviting.registering.invite
    monkeypatch.setattr(
        inviting.registering,
        "invite",
        lambda event, **about: 1 / 0 if about["email"][0] == "a" else real(event, **about),
    )
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    found.refresh_from_db()
    assert [outcome[:2] for outcome in found.outcomes] == [[2, "failed"], [3, "invited"]]


def test_ticket_that_was_deleted_meanwhile_is_told(event, organiser):
    ticket = TicketKindFactory(event=event, name="Press")
    found = read(event, organiser, "email,ticket\na@example.org,Press\n")
    ticket.delete()
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    found.refresh_from_db()
    assert found.outcomes[0][1] == "registration.ticket"


def test_list_whose_worker_died_goes_on(event, organiser, monkeypatch):
    found = read(event, organiser, "email\n" + "".join(f"{number}@example.org\n" for number in range(60)))
    services.invite_guests(found, by=organiser)
    services.invite_some(found.pk)
    asked = []
    monkeypatch.setattr(inviting, "_enqueue", asked.append)
    services.resume_guest_lists()
    assert asked == []
    GuestList.objects.update(touched_at=found.created_at - inviting.STALLED)
    services.resume_guest_lists()
    assert asked == [found.pk]


def test_each_place_given_by_file_is_on_record(event, organiser):
    """Who gave it, to whom, and all of one file as one act; the file itself is not written down at every step."""
    found = read(event, organiser, "email\n" + "".join(f"{number}@example.org\n" for number in range(30)))
    with context.acting(door="api", who=organiser.email, who_id=organiser.pk):
        services.invite_guests(found, by=organiser)

    services.invite_all(found.pk)

    places = Entry.objects.filter(model="events.registration")
    given = Registration.objects.filter(event=event)
    assert {entry.thing for entry in places} == {f"events.registration:{one.pk}" for one in given}
    assert places.count() == 30
    assert {(entry.who, entry.who_id, entry.door, entry.place, entry.event_id) for entry in places} == {
        (organiser.email, organiser.pk, "api", "guests.csv", event.pk)
    }
    assert {entry.after["user_id"] for entry in places} == {*given.values_list("user_id", flat=True)}
    acts = {*places.values_list("act", flat=True)}
    assert len(acts) == 1
    assert not Entry.objects.filter(model="events.guestlist", act__in=acts).exists()


def test_line_without_a_ticket_is_told_of_where_there_are_several(event, organiser):
    TicketKindFactory(event=event, name="Press")
    assert len(read(event, organiser, "email,ticket\na@example.org,\n").rows) == 1
    TicketKindFactory(event=event, name="Public")
    found = read(event, organiser, "email,ticket\na@example.org,\nb@example.org,press\n")
    assert [row["line"] for row in found.rows] == [3]
    assert found.problems == [[2, ["no ticket is named, and the event has several: write one of them", {}]]]


def test_ticket_that_is_made_meanwhile_is_not_given_by_chance(event, organiser):
    TicketKindFactory(event=event, name="Press")
    found = read(event, organiser, "email\na@example.org\n")
    TicketKindFactory(event=event, name="Public")
    services.invite_guests(found, by=organiser)
    services.invite_all(found.pk)
    found.refresh_from_db()
    assert (found.outcomes[0][1], Registration.objects.count()) == ("registration.ticket", 0)


@pytest.mark.parametrize("lost", ["role", "account", "event", "dates"])
def test_list_ends_with_its_sender_s_right_and_with_the_event(event, organiser, lost):
    found = read(event, organiser, "email\n" + "".join(f"{number}@example.org\n" for number in range(30)))
    services.invite_guests(found, by=organiser)
    assert services.invite_some(found.pk) is True
    match lost:
        case "role":
            Membership.objects.all().delete()
        case "account":
            GuestList.objects.update(begun_by=None)
        case "event":
            Event.objects.update(state=Event.State.ENDED)
        case _:
            Event.objects.update(starts_at=clock.now() - timedelta(days=3), ends_at=clock.now())
    services.invite_all(found.pk)
    found.refresh_from_db()
    codes = {"role": "guests.left", "account": "guests.nobody"}
    assert {outcome[1] for outcome in found.outcomes[20:]} == {codes.get(lost, "registration.over")}
    assert (found.state, len(found.outcomes), found.invited) == (GuestList.State.DONE, 30, 20)
    assert User.objects.filter(email__endswith="@example.org").exclude(registrations=None).count() == 20
    assert not User.objects.filter(email="29@example.org").exists()
