"""What belongs to messages and rooms beside words: old wordings, mentions, marks, files, readings, groups."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.chat.models.rooms import Message, Room
from apps.core import clock, ids
from apps.events.models import Event


class Wording(models.Model):
    """What a message said before its author changed it; for moderators only."""

    is_audited: ClassVar[bool] = False

    message = models.ForeignKey(Message, models.CASCADE, related_name="wordings")
    text = models.CharField(_("text"), max_length=2000)
    until = models.DateTimeField(_("until"), default=clock.now)

    class Meta:
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")
        ordering = ["message", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Mention(models.Model):
    """Somebody is named in a message, and told of it."""

    is_audited: ClassVar[bool] = False

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_mentions")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="chat_mention_once")]
        indexes = [models.Index(fields=["user"], name="chat_mention_unseen", condition=models.Q(seen_at=None))]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.message_id}"


class Mark(models.Model):
    """One person's reaction to one message; `Message.marks` holds the sums."""

    is_audited: ClassVar[bool] = False

    message = models.ForeignKey(Message, models.CASCADE, related_name="marked")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user", "kind"], name="chat_mark_once")]

    def __str__(self) -> str:
        return self.kind


class Attachment(models.Model):
    """A picture or a PDF that goes with a message; without one while that is still being written."""

    is_audited: ClassVar[bool] = False

    class Kind(models.TextChoices):
        IMAGE = "image", _("Picture")
        PDF = "pdf", _("PDF")

    room = models.ForeignKey(Room, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    """Part of its address: nobody finds a file by counting."""
    name = models.CharField(_("name"), max_length=120)
    alt = models.CharField(_("description"), max_length=300, blank=True)
    file = models.FileField(max_length=200)
    preview = models.FileField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    """Of the preview, so that the page keeps its place free."""
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["created_at"], name="chat_file_unsent", condition=models.Q(message=None))]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """How far one person has read in one room."""

    is_audited: ClassVar[bool] = False

    room = models.ForeignKey(Room, models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_readings")
    seq = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="chat_reading_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.seq}"


class Group(models.Model):
    """A closed group; its room's owner is `group/<id>`."""

    is_audited: ClassVar[bool] = False

    event = models.ForeignKey(Event, models.CASCADE, related_name="chat_groups", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=80)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Somebody is in a group, or is invited to it (`joined_at` is None)."""

    is_audited: ClassVar[bool] = False

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_memberships")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    joined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["joined_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="chat_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class Declined(models.Model):
    """Somebody would rather not be in a group: they are not asked again soon, nor often."""

    is_audited: ClassVar[bool] = False

    group = models.ForeignKey(Group, models.CASCADE, related_name="declined")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    times = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("declined invitation")
        verbose_name_plural = _("declined invitations")
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="chat_declined_once")]

    def __str__(self) -> str:
        return str(self.user)
