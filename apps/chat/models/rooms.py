"""Rooms, what is said in them, and what later happened to it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Event


class Room(models.Model):
    """A conversation that belongs to a place: `owner` names it in the words of the app that owns it."""

    class Holds(models.TextChoices):
        NOTHING = "", _("Nothing: messages appear at once")
        FIRST = "first", _("The first message of each person")
        ALL = "all", _("Every message")

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_rooms", editable=False, verbose_name=_("event"))
    owner = models.CharField(_("place"), max_length=60, editable=False)
    """`lobby`, `session/12`, `booth/7`: a kind that an app registered, and its id within the event."""
    is_open = models.BooleanField(_("open for messages"), default=True)
    hosts_only = models.BooleanField(
        _("only hosts write"),
        default=False,
        help_text=_("Speakers, a booth’s staff and moderators write; everybody else reads."),
    )
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two messages of a person"), default=0)
    links_allowed = models.BooleanField(_("links allowed"), default=True)
    newcomer_minutes = models.PositiveSmallIntegerField(
        _("minutes that new accounts wait"),
        default=0,
        help_text=_("Whoever made their account less than this ago reads, but does not write yet."),
    )
    holds = models.CharField(
        _("held until a moderator looked"), max_length=8, choices=Holds.choices, default=Holds.NOTHING, blank=True
    )
    hide_after = models.PositiveSmallIntegerField(
        _("reports that hide a message"),
        default=0,
        help_text=_("So many people must report a message to hide it until a moderator looked. 0: never."),
    )
    display_rate = models.PositiveSmallIntegerField(
        _("messages shown in a second"),
        default=8,
        help_text=_("Above it a fair sample is shown, so that the room stays readable. Everything is stored."),
    )
    pinned = models.ForeignKey("Message", models.SET_NULL, null=True, related_name="+", editable=False)
    """The message that stands above the conversation."""
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("chat room")
        verbose_name_plural = _("chat rooms")
        constraints = [models.UniqueConstraint(fields=["event", "owner"], name="chat_room_once")]

    place_title = ""
    """What people call the place, where somebody asked (registry.titles_of)."""

    def __str__(self) -> str:
        return self.place_title or self.owner

    def get_absolute_url(self) -> str:
        return reverse("chat:room", args=[self.event.slug, self.pk])

    @property
    def owner_kind(self) -> str:
        return self.owner.partition("/")[0]

    @property
    def owner_id(self) -> int | None:
        number = self.owner.partition("/")[2]
        return int(number) if number.isdecimal() else None


class Message(models.Model):
    is_audited: ClassVar[bool] = False

    class Removed(models.TextChoices):
        BY_AUTHOR = "author", _("by its author")
        BY_MODERATOR = "moderator", _("by a moderator")
        BY_REPORTS = "reports", _("by reports, until a moderator looks")

    class Held(models.TextChoices):
        WAITING = "waiting", _("Waiting for approval")
        REJECTED = "rejected", _("Rejected")

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", verbose_name=_("room"))
    seq = models.PositiveBigIntegerField(null=True)
    """Its number in the room's log; null for what was stored but, above the display rate, not shown."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="chat_messages", verbose_name=_("author")
    )
    author_role = models.CharField(max_length=12, blank=True, verbose_name=_("role"))
    """The badge shown beside the name, as it was when it was said: speaker, moderator, organiser, exhibitor."""
    text = models.CharField(_("text"), max_length=2000)
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    command_id = models.CharField(max_length=40, null=True, editable=False)  # noqa: DJ001 - null is "none", and unique
    """The sender's id of the command: a retry is answered, not repeated."""
    removed = models.CharField(_("removed"), max_length=10, choices=Removed.choices, blank=True)
    removal = models.ForeignKey("Act", models.SET_NULL, null=True, related_name="removals", editable=False)
    """The act that removed it: what comes back when that is undone."""
    held = models.CharField(_("held"), max_length=8, choices=Held.choices, blank=True)
    """Held messages have no seq and are seen by their author and by moderators only."""
    held_for = models.CharField(_("held because"), max_length=8, blank=True)
    """The rule that held it (`all`, `first`, `word`); it stays when the message was let through."""
    edited_at = models.DateTimeField(_("changed"), null=True, editable=False)
    marks = models.JSONField(default=dict, editable=False)
    """How many people gave each reaction: {"heart": 3}. Counted anew from `Mark` under this row's lock."""
    marked_at = models.DateTimeField(null=True, editable=False)
    extras = models.JSONField(default=dict, editable=False)
    """What goes out with the words: `mentions` and `files`, as `broadcasts` has them. `Mention` and `Attachment` are
    the truth; this saves every page of history from reading them."""
    created_at = models.DateTimeField(_("said"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="chat_message_seq"),
            models.UniqueConstraint(fields=["author", "command_id"], name="chat_message_command"),
        ]
        indexes = [
            models.Index(fields=["room", "author", "-created_at"], name="chat_message_latest"),
            models.Index(fields=["created_at"], name="chat_message_waiting", condition=models.Q(held="waiting")),
            models.Index(fields=["room", "-created_at"], name="chat_message_unshown", condition=models.Q(seq=None)),
            models.Index(
                fields=["room", "-marked_at"], name="chat_message_marked", condition=models.Q(marked_at__isnull=False)
            ),
            GinIndex(SearchVector("text", config="simple"), name="chat_message_words"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return reverse("chat:message", args=[self.room.event.slug, self.room_id, self.pk])


class Change(models.Model):
    """What happened in a room beside messages, in the same numbering: part of the log, and the record of who did it."""

    is_audited: ClassVar[bool] = False

    class Kind(models.TextChoices):
        REMOVED = "removed", _("Message removed")
        PURGED = "purged", _("Everything of a person removed")
        RESTORED = "restored", _("Messages put back")
        ROOM = "room", _("Rules of the room changed")
        EDITED = "edited", _("Message changed by its author")
        PINNED = "pinned", _("Message pinned, or no longer")

    ALTERS = (Kind.REMOVED, Kind.PURGED, Kind.RESTORED, Kind.EDITED)
    """What changes how earlier messages read."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="changes", verbose_name=_("room"))
    seq = models.PositiveBigIntegerField(verbose_name=_("number in the room"))
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="changes", verbose_name=_("message"))
    value = models.JSONField(default=dict, verbose_name=_("what it became"))
    """The rest of what readers were told; see `broadcasts`."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("when"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["room", "-seq"]
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="chat_change_seq")]

    def __str__(self) -> str:
        return self.get_kind_display()
