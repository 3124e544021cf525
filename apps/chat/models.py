"""Rooms and what is said in them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Event


class Room(models.Model):
    """A conversation that belongs to a place: `owner` names it in the words of the app that owns it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_rooms")
    owner = models.CharField(max_length=60)
    """`lobby`, `session/12`, `booth/7`: a kind that an app registered, and its id within the event."""
    is_open = models.BooleanField(_("open for messages"), default=True)
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two messages of a person"), default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("chat room")
        verbose_name_plural = _("chat rooms")
        constraints = [models.UniqueConstraint(fields=["event", "owner"], name="chat_room_once")]

    def __str__(self) -> str:
        return self.owner


class Message(models.Model):
    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="chat_messages")
    author_role = models.CharField(max_length=12, blank=True)
    """The badge shown beside the name, as it was when it was said: speaker, moderator, organiser, exhibitor."""
    text = models.CharField(_("text"), max_length=2000)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    command_id = models.CharField(max_length=40, null=True, editable=False)  # noqa: DJ001 - null is "none", and unique
    """The sender's id of the command: a retry is answered, not repeated."""
    removed_at = models.DateTimeField(_("removed"), null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("said"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["room", "-seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="chat_message_seq"),
            models.UniqueConstraint(fields=["author", "command_id"], name="chat_message_command"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
