"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.notifications.models import OwedMail, Silence


def mails_to(user: User) -> Iterator[dict[str, Any]]:
    """Without their text: some of it opens doors, and all of it is in their mailbox."""
    for row in OwedMail.objects.filter(user=user).order_by("-pk").iterator(chunk_size=500):
        yield {"kind": row.kind, "to": row.to, "subject": row.subject, "written": row.created_at, "sent": row.sent_at}


def silences_of(user: User) -> Iterator[dict[str, Any]]:
    for row in Silence.objects.filter(user=user).order_by("-pk"):
        yield {"kind": row.kind, "since": row.created_at}
