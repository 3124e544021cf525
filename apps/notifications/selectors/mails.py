"""Reads of mails, owed and received."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import Parser
from functools import cached_property

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.templatetags.ui import moment
from apps.events.models import Event, Registration
from apps.notifications.models import MailboxMessage, OwedMail, Silence, Suppression


def mails_due(*, limit: int, last: Collection[str]) -> list[tuple[int, str]]:
    """Their numbers and kinds; those of the kinds in `last` come after all others."""
    is_last = ExpressionWrapper(Q(kind__in=last), output_field=BooleanField())
    rows = OwedMail.objects.due(clock.now()).order_by(is_last.asc(), "due_at")
    return list(rows.values_list("pk", "kind")[:limit])


def mails_of(event: Event, *, q: str = "", **which: str) -> QuerySet[OwedMail]:
    """Without their texts, which are long and which nobody is shown; `which` are columns, `q` is in an address or a
    subject."""
    found = OwedMail.objects.filter(event=event, **which).select_related("event")
    if q:
        found = found.filter(Q(to__icontains=q) | Q(subject__icontains=q))
    return found.defer("text", "html", "facts", "attachments")


def mailed_since(address: str, *, kind: str, event: Event, since: datetime) -> bool:
    """Whether a mail of this kind was owed to an address lately."""
    return OwedMail.objects.filter(event=event, to=address, kind=kind, created_at__gt=since).exists()


def suppression(address: str) -> Suppression | None:
    """Why an address gets no mail from us; None where it does."""
    return Suppression.objects.filter(address=address.lower()).first()


def remarks(registration: Registration) -> list[str]:
    """What the desk says at somebody's place: that their mail does not arrive, and why."""
    found = suppression(registration.user.email)
    if found is None:
        return []
    words = _("The address refused our mail on %(day)s: %(reason)s.")
    reason = found.get_reason_display()
    return [words % {"day": moment(found.created_at, "date"), "reason": reason[:1].lower() + reason[1:]}]


def wants_mails(user_id: int, *, kind: str) -> bool:
    return not Silence.objects.filter(user=user_id, kind=kind).exists()


def silent(kind: str) -> QuerySet[Silence, int]:
    """The ids of those who want no mails of this kind, to leave out of a query."""
    return Silence.objects.filter(kind=kind).values_list("user", flat=True)


def mailbox(*, search: str = "") -> QuerySet[MailboxMessage]:
    found = MailboxMessage.objects.defer("source")
    return found.filter(to__icontains=search) if search else found


@dataclass(frozen=True)
class Letter:
    """A received message, taken apart."""

    row: MailboxMessage

    @cached_property
    def message(self) -> EmailMessage:
        # The modern policy gives decoded parts; its class is what the stubs cannot know.
        parsed: EmailMessage = Parser(policy=policy.default).parsestr(self.row.source)  # type: ignore[assignment]
        return parsed

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""

    @cached_property
    def attachments(self) -> list[tuple[str, str, bytes]]:
        """(name, type, content)"""
        found = []
        for part in self.message.iter_attachments():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                found.append((part.get_filename() or "file", part.get_content_type(), content))
        return found
