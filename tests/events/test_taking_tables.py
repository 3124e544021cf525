"""Lists of the desk as tables: what was chosen, as CSV and as a workbook, and on record."""

import csv
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.audit.models import Entry
from apps.core import clock, workbooks
from apps.events import services
from apps.events.models import Registration
from tests.access import world
from tests.factories.events import (
    AnnouncementFactory,
    EventRoleFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/events/registration/"


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def take(client, name, rows, action="export_csv"):
    url = reverse(f"admin:{name}_changelist")
    return client.post(url, {"action": action, "_selected_action": [row.pk for row in rows]})


def lines(answer):
    return list(csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()))


@pytest.fixture
def place(event):
    ticket = TicketKindFactory(event=event, name="Press")
    code = InvitationCodeFactory(event=event, code="RIVER")
    registration = RegistrationFactory(event=event, ticket=ticket, code=code, source="newsletter")
    question = QuestionFactory(event=event, label="What do you eat?")
    registration.answers.create(question=question, text="=cmd|soup")
    return registration


def test_registrations_come_with_ticket_code_source_and_answers(desk, place):
    head, row = lines(take(desk, "events_registration", [place]))
    found = dict(zip(head, row, strict=True))
    assert (found["ticket"], found["code"], found["source"]) == ("Press", "RIVER", "newsletter")
    assert found["What do you eat?"] == "'=cmd|soup"


def test_workbook_says_the_same_and_runs_nothing(desk, place):
    answer = take(desk, "events_registration", [place], "export_xlsx")
    content = b"".join(answer)
    (_one, head), (_two, row) = workbooks.lines(content)
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert dict(zip(head, row, strict=True))["What do you eat?"] == "=cmd|soup"
    assert b"<f>" not in content


def test_taking_a_table_is_on_record(desk, event, place, organiser):
    take(desk, "events_registration", [place], "export_xlsx")
    entry = Entry.objects.get(event_id=event.pk, kind=Entry.Kind.DONE)
    assert (entry.who, entry.after) == (organiser.email, {"action": "export_xlsx", "rows": 1})


def test_cost_does_not_grow_with_the_rows(desk, event, place, django_assert_max_num_queries):
    rows = [place, *RegistrationFactory.create_batch(20, event=event)]
    with django_assert_max_num_queries(40):
        assert len(lines(take(desk, "events_registration", rows))) == 22


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("events_eventrole", lambda event: EventRoleFactory(event=event, role="speaker"), "speaker"),
        ("events_announcement", lambda event: AnnouncementFactory(event=event, text="Tea is served"), "Tea is served"),
        ("events_ticketkind", lambda event: TicketKindFactory(event=event, name="Press"), "Press"),
        ("events_question", lambda event: QuestionFactory(event=event, label="What do you eat?"), "What do you eat?"),
        ("events_invitationcode", lambda event: InvitationCodeFactory(event=event, code="RIVER"), "RIVER"),
    ],
)
@pytest.mark.parametrize("action", ["export_csv", "export_xlsx"])
def test_lists_that_can_be_taken(desk, event, name, make, said, action):
    row = make(event)
    answer = take(desk, name, [row], action)
    content = b"".join(answer)
    table = workbooks.table_lines(content)
    assert "no-store" in answer["Cache-Control"]
    assert said in [cells for _line, cells in table][1]


def test_rows_of_others_are_not_taken(desk, other_event):
    stranger = RegistrationFactory(event=other_event)
    answer = take(desk, "events_registration", [stranger])
    assert stranger.user.email.encode() not in b"".join(answer)


def test_who_has_not_come_is_taken_as_typed_in(desk, event):
    services.invite(event, email="ada@example.org", name="Ada", company="Typed")
    person = Registration.objects.get(user__email="ada@example.org")
    person.user.company = "Secret works"
    person.user.save()
    head, row = lines(take(desk, "events_registration", [person]))
    assert dict(zip(head, row, strict=True))["company"] == "Typed"


def test_who_came_is_told(desk, event):
    came = RegistrationFactory(event=event, joined_at=clock.now() - timedelta(hours=1))
    head, row = lines(take(desk, "events_registration", [came]))
    assert dict(zip(head, row, strict=True))["came in"].startswith("20")


def test_every_table_of_the_desk_can_be_taken(event, enter, organiser):
    """Of a world with a row of each kind, in both forms; each says something of at least one row."""
    world.build(event)
    organiser.is_superuser = True  # some lists are for those who run the platform
    organiser.save()
    client = enter(organiser)
    admins = {model: desk for model, desk in admin.site._registry.items() if getattr(desk, "table", None)}
    empty = []
    for model in admins:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        rows = list(model._default_manager.order_by("pk")[:20])
        for action in ("export_csv", "export_xlsx"):
            answer = take(client, name, rows, action)
            head, *found = [cells for _line, cells in workbooks.table_lines(b"".join(answer))]
            if not found or len(head) < 3:
                empty.append((name, action))
    assert empty == []
    assert len(admins) > 40


NOT_TAKEN = {
    "notifications.Receiver": "it stands for a day, and its address lets anybody in who has it",
}


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_list_can_be_taken_in_both_forms_or_says_why_not(model, rf, organiser):
    request = rf.get("/")
    request.user = organiser
    found = {"export_csv", "export_xlsx"} & set(admin.site._registry[model].get_actions(request))
    assert (len(found) == 2) != (model._meta.label in NOT_TAKEN)


SECRET_COLUMNS = ("secret", "password", "token", "body", "html", "digest", "certificate", "facts", "text_of_mail")


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_no_table_holds_a_secret(model):
    """By the names of the columns that they are made of."""
    table = admin.site._registry[model].table
    lookups = [cell for held in (table.__closure__ or ()) for cell in [held.cell_contents]] if table else []
    asked = [name for cell in lookups if isinstance(cell, dict) for name in cell.values()]
    assert [name for name in asked if any(word in str(name) for word in SECRET_COLUMNS)] == []
