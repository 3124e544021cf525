"""Reads of tickets, codes and questions, and of who has a place, waits for one or passes it on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from apps.core import clock
from apps.events import states
from apps.events.models import Ban, Event, InvitationCode, Question, Registration, TicketKind
from apps.events.models.ticket import CODE
from apps.events.selectors.events import confirmed_count

_status = signing.Signer(sep=".", salt="plenary.events.status")
_offer = signing.TimestampSigner(sep=".", salt="plenary.events.offer")
_resend = signing.TimestampSigner(sep=".", salt="plenary.events.resend")
_look = signing.Signer(sep=".", salt="plenary.events.look")
OFFER_HOLDS = timedelta(days=7)
RESEND_HOLDS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket as a visitor finds it."""

    ticket: TicketKind
    left: int | None
    """None where places are not counted."""

    @property
    def is_full(self) -> bool:
        return self.left == 0


def tickets_on_offer(event: Event) -> list[Offer]:
    """What can be asked for now, in its order, with what is left of it. Two queries."""
    tickets = list(event.tickets.offered(clock.now()))
    counted = [ticket.pk for ticket in tickets if ticket.capacity is not None]
    confirmed = Registration.objects.confirmed().filter(ticket__in=counted).order_by()
    taken = dict(confirmed.values_list("ticket").annotate(number=Count("pk"))) if counted else {}
    for ticket in tickets:
        ticket.event = event
    return [
        Offer(ticket, None if ticket.capacity is None else max(0, ticket.capacity - taken.get(ticket.pk, 0)))
        for ticket in tickets
    ]


def tickets_by_name(event: Event) -> dict[str, int]:
    """Ids of an event's tickets by what they are called, in every language, in small letters."""
    return {name.casefold(): ticket.pk for ticket in event.tickets.all() for name in names_of_ticket(ticket)}


def names_of_ticket(ticket: TicketKind) -> list[str]:
    """In every language."""
    return _in_each(ticket.name)


def questions_by_words(event: Event) -> set[str]:
    """How an event's questions are written, in every language, in small letters."""
    asked = event.registration_questions.only("label")
    return {words.casefold() for question in asked for words in _in_each(question.label)}


def _in_each(text: Any) -> list[str]:
    data = getattr(text, "data", text)
    return [str(words) for words in data.values() if words] if isinstance(data, dict) else [str(data)]


def places_left(event: Event) -> int | None:
    return None if event.capacity is None else max(0, event.capacity - confirmed_count(event))


def tickets_left(ticket: TicketKind) -> int | None:
    if ticket.capacity is None:
        return None
    return max(0, ticket.capacity - Registration.objects.confirmed().filter(ticket=ticket).count())


def is_sold_out(ticket: TicketKind) -> bool:
    return tickets_left(ticket) == 0


def takes_codes(event: Event) -> bool:
    """Whether a field for a code makes sense on the form."""
    return event.admission == Event.Admission.CODE or event.invitation_codes.usable(clock.now()).exists()


def opens_to(event: Event, code: str) -> bool:
    """Whether this is a code that works. Anything may stand in an address."""
    word = code.strip()
    if not CODE.regex.match(word):  # type: ignore[union-attr]
        return False
    return event.invitation_codes.usable(clock.now()).filter(code__iexact=word).exists()


def resend_path(event: Event) -> str:
    """Where somebody who knows of the event asks for their link again. A private one is there for nobody else, so the
    page that leads there says that it did."""
    path = reverse("events:resend", args=[event.slug])
    return f"{path}?by={_resend.sign(str(event.pk))}" if event.visibility == Event.Visibility.PRIVATE else path


def leads_to_resend(event: Event, token: str) -> bool:
    try:
        return _resend.unsign(token, max_age=RESEND_HOLDS) == str(event.pk)
    except signing.BadSignature:
        return False


def look_key(event: Event) -> str:
    """With it the colours and the logo of a private event open to somebody whom one of its pages did. It is the same
    for all of them, so that what it opens can be kept."""
    return _look.sign(str(event.pk))


def opens_look(event: Event, key: str) -> bool:
    try:
        return _look.unsign(key) == str(event.pk)
    except signing.BadSignature:
        return False


def questions_asked(event: Event, ticket: TicketKind | None) -> list[Question]:
    """What somebody with this ticket is asked, in its order; with `choices`."""
    asked = all_questions_asked(event)
    return [question for question in asked if not (only := _only_for(question)) or (ticket and ticket.pk in only)]


def all_questions_asked(event: Event) -> list[Question]:
    """With `choices` and `tickets`. Three queries at most. What offers nothing to choose from is not asked: nobody
    could answer it, and where it must be answered nobody could register."""
    asked = event.registration_questions.filter(is_asked=True).prefetch_related("choices", "tickets")
    return [question for question in asked if not question.has_choices or question.choices.all()]


def questions_of_ticket_alone(ticket: TicketKind) -> QuerySet[Question]:
    """Those asked with this ticket and with no other."""
    others = TicketKind.objects.filter(questions=OuterRef("pk")).exclude(pk=ticket.pk)
    return Question.objects.filter(tickets=ticket, is_asked=True).exclude(Exists(others))


def _only_for(question: Question) -> set[int]:
    return {ticket.pk for ticket in question.tickets.all()}


def answers_given(registration: Registration) -> dict[str, Any]:
    """What a form begins with: by the questions' `field`. An agreement to former words is none to the present ones."""
    given: dict[str, Any] = {}
    for answer in registration.answers.select_related("question"):
        question = answer.question
        if question.kind == Question.Kind.CONSENT:
            given[question.field] = answer.version == question.version
        elif question.has_choices:
            picked = [str(pk) for pk in answer.picked]
            given[question.field] = picked if question.kind == Question.Kind.SEVERAL else next(iter(picked), None)
        else:
            given[question.field] = answer.text
    return given


def place_in_queue(registration: Registration) -> int:
    """1 for whoever moves up next. Who waits for another ticket stands before them too, as the next place of the event
    may be theirs; not where that ticket is sold out by itself."""
    before = Q(waiting_since__lt=registration.waiting_since) | Q(
        waiting_since=registration.waiting_since, pk__lt=registration.pk
    )
    return in_the_way(registration.event, registration.ticket_id).filter(before).count() + 1


def who_may_move_up(event: Event) -> QuerySet[Registration]:
    """The queue, the first of it first: not who is banned, and not those whose account is closed."""
    banned = Ban.objects.standing().filter(event=event).values("user_id")
    return Registration.objects.waiting().filter(event=event, user__is_active=True).exclude(user__in=banned)


def in_the_way(event: Event, ticket_id: int | None) -> QuerySet[Registration]:
    """Those of the queue who come before a newcomer with this ticket."""
    others = [pk for pk in sold_out(event) if pk != ticket_id]
    waiting = who_may_move_up(event)
    return waiting.exclude(ticket__in=others) if others else waiting


def sold_out(event: Event) -> list[int]:
    """Ids of the tickets whose own places are all taken. One query."""
    confirmed = Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED))
    counted = event.tickets.exclude(capacity=None).order_by().annotate(confirmed=confirmed)
    return list(counted.filter(confirmed__gte=F("capacity")).values_list("pk", flat=True))


def told_later() -> QuerySet[Registration]:
    """Those who were given a place in a draft that is published now, and have no mail of it yet."""
    banned = Ban.objects.standing().filter(event=OuterRef("event"), user=OuterRef("user"))
    owed = Registration.objects.confirmed().filter(told_later=True, user__is_active=True)
    return owed.filter(~Exists(banned), event__state__in=states.that_permit(states.Act.LOOK))


def status_token(registration: Registration) -> str:
    """Opens the page that says what became of a wish, and lets its person take it back; nothing else."""
    return _status.sign(str(registration.pk))


def registration_by_status(token: str) -> Registration | None:
    try:
        pk = int(_status.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Registration.objects.select_related("event", "user", "ticket").filter(pk=pk).first()


def offer_token(registration: Registration) -> str:
    moment = registration.offered_at.timestamp() if registration.offered_at else 0
    return _offer.sign(f"{registration.pk}-{moment:.6f}")


def offered_place(token: str) -> Registration | None:
    """The place that a mail offers, while it does: not taken, not withdrawn, and for a week."""
    try:
        pk, _sep, moment = _offer.unsign(token, max_age=OFFER_HOLDS).partition("-")
        registration = (
            Registration.objects.confirmed()
            .select_related("event", "user", "ticket")
            .exclude(offered_to="")
            .filter(pk=int(pk))
            .first()
        )
    except (signing.BadSignature, ValueError):
        return None
    if registration is None or registration.offered_at is None:
        return None
    return registration if f"{registration.offered_at.timestamp():.6f}" == moment else None


def code_url(code: InvitationCode) -> str:
    """The form with the code in it: what one passes on."""
    path = reverse("events:register", args=[code.event.slug])
    return f"{settings.SITE_URL}{path}?{urlencode({'code': code.code})}"


def code_rows(codes: QuerySet[InvitationCode]) -> Iterable[list[str]]:
    """For a table: a head, then a row for each code."""
    yield ["event", "code", "ticket", "uses", "used", "valid until", "without asking", "note", "link"]
    for row in codes.select_related("event", "ticket").iterator(chunk_size=2000):
        until = row.expires_at.isoformat(timespec="seconds") if row.expires_at else ""
        uses = str(row.uses) if row.uses else "any"
        asks = "yes" if row.lets_in else "no"
        link = code_url(row)
        yield [row.event.slug, row.code, str(row.ticket or ""), uses, str(row.used), until, asks, row.note, link]
