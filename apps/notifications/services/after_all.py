"""A mail that was given up is sent after all, because somebody of the staff says so."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit import services as audit
from apps.core.errors import Refused
from apps.notifications.models import OwedMail
from apps.notifications.services.mails import lift_suppression, try_again


@transaction.atomic
def owe_after_all(mail: OwedMail, *, by: User, address_is_right: bool = False) -> None:
    """What failed goes out again. What the address refused does where somebody says that it is right; its text may be
    forgotten by then, and only what comes later reaches it. Raises Refused where there is nothing to send, and
    where somebody there called us spam: that is for those who run the platform to ask."""
    if mail.state == OwedMail.State.REFUSED:
        if not address_is_right:
            words = gettext_lazy("The address refused our mail. If it is right all the same, say so.")
            raise Refused("mail.refused", words, field="address_is_right")
        if not lift_suppression(mail.to, complaints_too=by.is_superuser):
            words = gettext_lazy("Somebody there marked our mail as spam, so we do not write again.")
            raise Refused("mail.spam", words)
        try_again(mail)
    elif not try_again(mail):
        words = gettext_lazy("Only what was given up is sent again, and only while its text is kept.")
        raise Refused("mail.not_given_up", words)


@transaction.atomic
def send_after_all(mail: OwedMail, *, by: User, address_is_right: bool = False) -> None:
    """The same of one alone, on record. What is done to many at the desk is there as one act."""
    owe_after_all(mail, by=by, address_is_right=address_is_right)
    event = mail.event
    audit.record(
        _("Sent again"),
        thing=mail,
        event_id=mail.event_id,
        organisation_id=event.organisation_id if event else None,
        after={"to": mail.to, "subject": mail.subject},
    )
