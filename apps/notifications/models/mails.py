"""Mail that is owed, and the development mailbox where it arrives when no mail service is set."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.events.models import Event


class OwedMailQuerySet(models.QuerySet["OwedMail"]):
    def due(self, now: datetime) -> "OwedMailQuerySet":
        return self.filter(state=OwedMail.State.OWED, due_at__lte=now)


class OwedMail(models.Model):
    """A mail written in the transaction that made it due; a worker sends it, beat requeues what was left."""

    is_audited: ClassVar[bool] = False

    class State(models.TextChoices):
        OWED = "owed", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        REFUSED = "refused", _("The address refused our mail")

    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="owed_mails", verbose_name=_("event"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="owed_mails")
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(pgettext_lazy("recipient of a mail", "to"))
    reply_to = models.EmailField(_("answers go to"), blank=True)
    facts = models.JSONField(default=dict, blank=True, editable=False)
    """What a worker is to write it from (`services.letters`); empty once it is written."""
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    is_secret = models.BooleanField(default=False, editable=False)
    """It opens a door (a code, a link): its facts and text are forgotten once it is sent."""
    text = models.TextField(_("text"), max_length=50_000, blank=True)
    html = models.TextField(_("HTML"), max_length=200_000, blank=True)
    attachments = models.JSONField(default=list, blank=True)
    """[{"name": …, "type": …, "text": …}]: small texts such as a calendar file."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OWED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written"), default=clock.now, editable=False)
    due_at = models.DateTimeField(_("next try"), default=clock.now)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    message_id = models.CharField(max_length=200, blank=True, editable=False)
    """What the mail service calls it when it tells what became of it."""
    bounces = models.PositiveSmallIntegerField(_("came back"), default=0, editable=False)
    """How often it came back for a reason that may pass: a full mailbox, a server that is away."""
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)

    objects: ClassVar[OwedMailQuerySet] = OwedMailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], name="notifications_owed", condition=models.Q(state="owed")),
            models.Index(fields=["message_id"], name="notifications_message", condition=~models.Q(message_id="")),
            models.Index(
                fields=["created_at"],
                name="notifications_secret",
                condition=models.Q(is_secret=True) & ~models.Q(text="", facts={}),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject or self.kind}"


class Suppression(models.Model):
    """An address that we write to no more: it does not exist, or somebody there called our mail spam."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("There is no such mailbox")
        COMPLAINT = "complaint", _("Marked as spam")

    address = models.EmailField(_("e-mail"), unique=True)
    """In small letters."""
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    detail = models.CharField(_("the answer"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("refusing address")
        verbose_name_plural = _("refusing addresses")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.address


class Silence(models.Model):
    """Somebody wants no more mails of this kind (`registry.KINDS`)."""

    is_audited: ClassVar[bool] = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="silences")
    kind = models.CharField(_("kind"), max_length=40)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("kind of mail that is not wanted")
        verbose_name_plural = _("kinds of mail that are not wanted")
        constraints = [models.UniqueConstraint(fields=["kind", "user"], name="notifications_silence_once")]

    def __str__(self) -> str:
        return self.kind


class MailboxMessage(models.Model):
    """A mail as the development mailbox received it."""

    is_audited: ClassVar[bool] = False

    to = models.CharField(max_length=500)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    source = models.TextField()
    """The whole message as it would have gone over the wire (RFC 5322)."""
    received_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("mailbox message")
        verbose_name_plural = _("mailbox messages")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
