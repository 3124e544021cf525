"""What organisers bring as tables: all rows of one, or none of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import (
    STAFF_ROLES,
    Choice,
    Event,
    InvitationCode,
    Membership,
    Organisation,
    Question,
    TicketKind,
)
from apps.events.services import links, meeting, places
from apps.events.services.asking import check_count
from apps.events.services.coding import LENGTH, LETTERS, check_number
from apps.events.services.inviting import invite_member
from apps.events.services.people import grant_role, hold_people

Lines = Sequence[tuple[int, Mapping[str, Any]]]
MOST_TICKETS = 500
"""Of one event: each is looked at when somebody registers."""
MOST_POSITION = 32_767


@transaction.atomic
def bring_codes(event: Event, lines: Lines, *, by: User | None = None) -> int:
    """`lines`: numbers, and rows with code, uses, ticket (an id), valid_until, without_asking, note. Raises Refused
    where somebody took one of the words meanwhile."""
    check_number(event.pk, len(lines))
    codes = [
        InvitationCode(
            event=event,
            code=row["code"] or get_random_string(LENGTH, LETTERS),
            ticket_id=row["ticket"],
            uses=row["uses"],
            lets_in=row["without_asking"],
            expires_at=row["valid_until"],
            note=row["note"],
            by=by,
        )
        for _line, row in lines
    ]
    try:
        with transaction.atomic():
            return len(InvitationCode.objects.bulk_create(codes))
    except IntegrityError as error:
        raise Refused(
            "code.taken", _("Somebody made one of these codes at this moment. Read the file again.")
        ) from error


@transaction.atomic
def bring_tickets(event: Event, lines: Lines) -> int:
    """They stand behind those that are there. Raises Refused where one of their names was taken meanwhile."""
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)  # names are no constraint: two files take turns
    if event.tickets.count() + len(lines) > MOST_TICKETS:
        raise Refused(
            "ticket.too_many", _("An event has up to %(most)s tickets."), values={"most": MOST_TICKETS}, field="file"
        )
    last = max(event.tickets.values_list("position", flat=True), default=-1)
    tickets = [
        TicketKind(
            event=event,
            name=row["name"],
            description=row["description"],
            capacity=row["places"],
            admission=row["who_gets_in"],
            is_offered=row["offered"],
            opens_at=row["opens"],
            closes_at=row["closes"],
            position=min(last + number, MOST_POSITION),
        )
        for number, (_line, row) in enumerate(lines, 1)
    ]
    _check_names(event, tickets)
    return len(TicketKind.objects.bulk_create(tickets))


def _check_names(event: Event, tickets: Iterable[TicketKind]) -> None:
    """In any language, as of a ticket that is made by hand."""
    taken = {*selectors.tickets_by_name(event)}
    for ticket in tickets:
        names = {name.casefold() for name in selectors.names_of_ticket(ticket)}
        if names & taken:
            raise Refused("ticket.taken", _("Somebody made one of these tickets at this moment. Read the file again."))
        taken |= names


@transaction.atomic
def bring_questions(event: Event, lines: Lines) -> int:
    """They stand behind those that are there. `lines`: numbers, and rows with question, kind, choices, help, required,
    asked, tickets (ids). Raises Refused where somebody asked one of them meanwhile, or where they are too many."""
    check_count(event, len(lines))
    there = selectors.questions_by_words(event)
    if any(row["question"].casefold() in there for _line, row in lines):
        raise Refused("question.taken", _("Somebody wrote one of these questions at this moment. Read the file again."))
    last = max(event.registration_questions.values_list("position", flat=True), default=-1)
    for number, (_line, row) in enumerate(lines, 1):
        question = Question.objects.create(
            event=event,
            kind=row["kind"],
            label=_in_its_language(event, row["question"]),
            help=_in_its_language(event, row["help"]),
            required=row["required"],
            is_asked=row["asked"],
            position=min(last + number, MOST_POSITION),
        )
        question.tickets.set(row["tickets"])
        Choice.objects.bulk_create(
            Choice(question=question, label=_in_its_language(event, words), position=place)
            for place, words in enumerate(row["choices"])
        )
    return len(lines)


def _in_its_language(event: Event, text: str) -> LazyI18nString | str:
    return LazyI18nString({event.default_language: text}) if text else ""


@transaction.atomic
def bring_members(organisation: Organisation, lines: Lines, *, by: User | None = None) -> int:
    """Asks each as by hand. Raises Refused, which names the line, where one of them cannot be asked."""
    for line, row in lines:
        with _named(line):
            invite_member(organisation, email=row["email"], role=row["role"] or Membership.Role.MANAGER, by=by)
    return len(lines)


@transaction.atomic
def bring_roles(event: Event, lines: Lines) -> int:
    """`lines`: numbers, and rows with email, name, role, mail_the_link. Gives each as by hand, and mails speakers and
    exhibitors their link where it says so. Raises Refused, which names the line, where one of them cannot have it."""
    selectors.check_writable(event)
    # People first, in one order, and the event after them: as whoever registers does.
    people: dict[str, User] = {}
    for line, row in sorted(lines, key=lambda one: str(one[1]["email"])):
        with _named(line):
            about = {"email": row["email"], "name": row["name"]}
            people[row["email"]] = meeting.find_by_address(event.organisation, **about)
    hold_people(people.values())
    places.hold(event)
    for line, row in lines:
        user, role = people[row["email"]], row["role"]
        with _named(line):
            if row["mail_the_link"] and role not in STAFF_ROLES:
                links.invite_with_role(event, user=user, role=role)
            else:
                grant_role(event, user=user, role=role)
    return len(lines)


@contextmanager
def _named(line: int) -> Iterator[None]:
    """A refusal names the line of the file."""
    try:
        yield
    except Refused as refused:
        words = {"line": line, "message": refused.message}
        raise Refused(refused.code, _("Line %(line)d: %(message)s"), values=words, field="file") from refused
