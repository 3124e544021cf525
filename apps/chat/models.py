"""Rooms, what is said in them, and what later happened to it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Event


class Room(models.Model):
    """A conversation that belongs to a place: `owner` names it in the words of the app that owns it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_rooms", editable=False)
    owner = models.CharField(_("place"), max_length=60, editable=False)
    """`lobby`, `session/12`, `booth/7`: a kind that an app registered, and its id within the event."""
    is_open = models.BooleanField(_("open for messages"), default=True)
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two messages of a person"), default=0)
    display_rate = models.PositiveSmallIntegerField(
        _("messages shown in a second"),
        default=8,
        help_text=_("Above it a fair sample is shown, so that the room stays readable. Everything is stored."),
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("chat room")
        verbose_name_plural = _("chat rooms")
        constraints = [models.UniqueConstraint(fields=["event", "owner"], name="chat_room_once")]

    def __str__(self) -> str:
        return self.owner

    @property
    def owner_kind(self) -> str:
        return self.owner.partition("/")[0]

    @property
    def owner_id(self) -> int | None:
        number = self.owner.partition("/")[2]
        return int(number) if number.isdecimal() else None


class Message(models.Model):
    class Removed(models.TextChoices):
        BY_AUTHOR = "author", _("by its author")
        BY_MODERATOR = "moderator", _("by a moderator")

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField(null=True)
    """Its number in the room's log; null for what was stored but, above the display rate, not shown."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="chat_messages")
    author_role = models.CharField(max_length=12, blank=True)
    """The badge shown beside the name, as it was when it was said: speaker, moderator, organiser, exhibitor."""
    text = models.CharField(_("text"), max_length=2000)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    command_id = models.CharField(max_length=40, null=True, editable=False)  # noqa: DJ001 - null is "none", and unique
    """The sender's id of the command: a retry is answered, not repeated."""
    removed = models.CharField(_("removed"), max_length=10, choices=Removed.choices, blank=True)
    created_at = models.DateTimeField(_("said"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="chat_message_seq"),
            models.UniqueConstraint(fields=["author", "command_id"], name="chat_message_command"),
        ]
        indexes = [models.Index(fields=["room", "author", "-created_at"], name="chat_message_latest")]

    def __str__(self) -> str:
        return self.text[:80]


class Change(models.Model):
    """What happened in a room beside messages, in the same numbering: part of the log, and the record of who did it."""

    class Kind(models.TextChoices):
        REMOVED = "removed", _("Message removed")
        ROOM = "room", _("Rules of the room changed")

    room = models.ForeignKey(Room, models.CASCADE, related_name="changes")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="changes")
    value = models.JSONField(default=dict)
    """The rest of what readers were told; see `broadcasts`."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("when"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["room", "-seq"]
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="chat_change_seq")]

    def __str__(self) -> str:
        return self.get_kind_display()
