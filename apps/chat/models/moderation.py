"""Keeping order: words that are not let through, reports, mutes and bans, and the record of who did what."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.chat.models.rooms import Message, Room
from apps.core import clock
from apps.events.models import Event


class Word(models.Model):
    """A word or phrase that messages of the event may not hold, in the list of one language."""

    class Action(models.TextChoices):
        HOLD = "hold", _("Hold the message until a moderator looked at it")
        REFUSE = "refuse", _("Refuse the message")

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_words", verbose_name=_("event"))
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    text = models.CharField(_("word or phrase"), max_length=60)
    folded = models.CharField(max_length=180, editable=False)
    """As it is compared: see `core.folding`."""
    action = models.CharField(_("what happens"), max_length=8, choices=Action.choices, default=Action.HOLD)

    class Meta:
        verbose_name = _("withheld word")
        verbose_name_plural = _("withheld words")
        ordering = ["event", "language", "folded"]
        constraints = [models.UniqueConstraint(fields=["event", "language", "folded"], name="chat_word_once")]

    def __str__(self) -> str:
        return self.text


class Report(models.Model):
    """Somebody says that a message should not be there."""

    is_audited: ClassVar[bool] = False

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        INSULT = "insult", _("It insults or threatens somebody")
        HATE = "hate", _("Hatred against a group of people")
        PRIVATE = "private", _("It gives away something private")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Acted upon")
        DISMISSED = "dismissed", _("Nothing wrong with it")

    message = models.ForeignKey(Message, models.CASCADE, related_name="reports", verbose_name=_("message"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="chat_reports", verbose_name=_("by")
    )
    """None where they deleted their account: what they reported is still to be looked at."""
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices)
    text = models.CharField(_("in their words"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, editable=False)
    """When a moderator decided; None while it is open. Words that were changed later have been looked at by nobody."""
    created_at = models.DateTimeField(_("when"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["message", "by"], name="chat_report_once")]
        indexes = [models.Index(fields=["created_at"], name="chat_report_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.get_reason_display()


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def standing(self, now: Any = None) -> "SanctionQuerySet":
        until = Q(until=None) | Q(until__gt=now or clock.now())
        return self.filter(until, lifted_at=None)


class Sanction(models.Model):
    """What somebody may not do in the event's conversations for a time. Out of the event altogether: `events.Ban`."""

    class Kind(models.TextChoices):
        MUTE = "mute", _("Muted: reads, cannot write")
        BAN = "ban", _("Out of the chat: neither reads nor writes")

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_sanctions", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_sanctions", verbose_name=_("person")
    )
    kind = models.CharField(_("what"), max_length=4, choices=Kind.choices)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    """None: as long as the event is there."""
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)

    objects: ClassVar[SanctionQuerySet] = SanctionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mute or ban")
        verbose_name_plural = _("mutes and bans")
        ordering = ["-created_at", "-pk"]
        constraints = [
            # Given again, a sanction is replaced: there is one of a kind at a time.
            models.UniqueConstraint(
                fields=["event", "user", "kind"], condition=Q(lifted_at=None), name="chat_sanction_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class KeptSanction(models.Model):
    """What is left of a mute or ban when the account is deleted; see `events.KeptBan`."""

    is_audited: ClassVar[bool] = False

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    kind = models.CharField(max_length=4, choices=Sanction.Kind.choices)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mute or ban of a deleted account")
        verbose_name_plural = _("mutes and bans of deleted accounts")
        constraints = [models.UniqueConstraint(fields=["mark", "event", "kind"], name="chat_keptsanction_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class ActQuerySet(models.QuerySet["Act"]):
    """What was written stays as it was written; rows go only with their event."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The record of moderation is only ever added to.")

    def delete(self) -> NoReturn:
        raise TypeError("The record of moderation is only ever added to.")


class Act(models.Model):
    """The record: who did what to keep order, when, to whom. An undoing is an act of its own and names it."""

    class Kind(models.TextChoices):
        REMOVE = "remove", _("Removed a message")
        PURGE = "purge", _("Removed everything of a person")
        APPROVE = "approve", _("Let waiting messages through")
        REJECT = "reject", _("Rejected waiting messages")
        RESOLVE = "resolve", _("Acted upon reports")
        DISMISS = "dismiss", _("Found nothing wrong with reported messages")
        HIDE = "hide", _("Hid a message that many reported")
        MUTE = "mute", _("Muted")
        BAN = "ban", _("Put out of the chat")
        EXPEL = "expel", _("Put out of the event")
        LIFT = "lift", _("Lifted a mute or ban")
        RULES = "rules", _("Changed the rules of a room")
        WORDS = "words", _("Changed the list of words")
        PIN = "pin", _("Pinned a message")
        UNPIN = "unpin", _("Took the pinned message down")
        OUST = "oust", _("Put out of a group")
        UNDO = "undo", _("Took something back")

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_acts", verbose_name=_("event"))
    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    """None: the platform itself, by a rule of the room."""
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("to whom")
    )
    room = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+", verbose_name=_("room"))
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+", verbose_name=_("message"))
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")
    detail = models.JSONField(_("particulars"), default=dict)
    """By kind: the ids of `messages`, `until`, `reason`, the `sanction` that was imposed and the one it `replaced`, the
    rules `before` and `after`, `added`, `changed` and `gone` words, the `name` of a group."""
    command_id = models.CharField(max_length=40, null=True, editable=False)  # noqa: DJ001 - null is "none", and unique
    """The sender's id of the command: a retry is answered, not repeated."""
    created_at = models.DateTimeField(_("when"), default=clock.now, editable=False)

    objects: ClassVar[ActQuerySet] = ActQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["event", "-created_at"], name="chat_act_event"),
            models.Index(fields=["event", "person", "-created_at"], name="chat_act_person"),
        ]
        constraints = [models.UniqueConstraint(fields=["by", "command_id"], name="chat_act_command")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The record of moderation is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The record of moderation is only ever added to.")
