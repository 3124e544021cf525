"""The mail backend of development: what would leave is kept and shown under /mailbox/."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.notifications.models import MailboxMessage

MOST_KEPT = 2000


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            MailboxMessage.objects.create(
                to=", ".join(message.recipients())[:500],
                sender=message.from_email[:254],
                subject=str(message.subject)[:300],
                source=message.message().as_string(),
            )
        newest = MailboxMessage.objects.order_by("-pk").values_list("pk", flat=True)[MOST_KEPT : MOST_KEPT + 1]
        for pk in newest:
            MailboxMessage.objects.filter(pk__lte=pk).delete()
        return len(email_messages)
