"""Sounds that were recorded apart from a film, to be heard with its picture."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, tongues
from apps.events.models import Event
from apps.media.models.encodings import Encoding
from apps.media.models.files import Asset


class AddedSoundQuerySet(models.QuerySet["AddedSound"]):
    def free(self, now: datetime) -> "AddedSoundQuerySet":
        """Those that a worker may take: waiting and due, or left by a worker that no longer renews its lease."""
        due = Q(state=AddedSound.State.WAITING, not_before__lte=now)
        return self.filter(due | Q(state=AddedSound.State.RUNNING, leased_until__lt=now))


class AddedSound(models.Model):
    """An audio file that is one more sound of a film, and the work of making that: held by a lease, as a `TranscodeJob`
    is. What is made is a ladder of one sound, as long as the film, that masters list beside the film's own sounds."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = (
        "progress", "attempts", "lease", "leased_until", "not_before", "detail", "rendition", "made_for",
    )  # fmt: skip

    MOST: ClassVar[int] = 8
    """Of one film, as many as a file may hold."""
    MOST_ATTEMPTS: ClassVar[int] = 4
    TITLE_LENGTH: ClassVar[int] = 60

    class Role(models.TextChoices):
        """As those of the tracks inside a file (`Encoding.sounds`)."""

        MAIN = "main", _("Another version of the sound")
        DESCRIPTION = "description", _("Audio description")
        INTERPRETED = "interpreted", _("Interpreted")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    event = models.ForeignKey(Event, models.CASCADE, related_name="added_sounds")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="added_sounds")
    """The film."""
    sound = models.ForeignKey(Asset, models.CASCADE, related_name="added_to", verbose_name=_("sound"))
    language = models.CharField(_("language"), max_length=10)
    role = models.CharField(_("kind"), max_length=12, choices=Role.choices, default=Role.INTERPRETED)
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True)
    """In the player's menu; empty for the language as its own speakers call it."""
    begins = models.FloatField(_("begins at"), default=0.0)
    """The second of the film at which it begins; where negative, so much of its own beginning is left out."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, editable=False)
    progress = models.PositiveSmallIntegerField(default=0, editable=False)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease = models.CharField(max_length=40, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    not_before = models.DateTimeField(default=clock.now, editable=False)
    error = models.CharField(max_length=40, blank=True, editable=False)
    """A code of `apps.media.selectors.SOUND_REASONS`."""
    detail = models.TextField(max_length=4000, blank=True, editable=False)
    rendition = models.ForeignKey(Encoding, models.SET_NULL, null=True, related_name="added_sounds", editable=False)
    """What plays; no other than a whole one."""
    made_for = models.ForeignKey(Encoding, models.SET_NULL, null=True, related_name="+", editable=False)
    """The film's ladder as it was then: with another one it is not listed."""

    objects = AddedSoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("added sound")
        verbose_name_plural = _("added sounds")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "sound"], name="media_added_sound_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="media_added_sound_progress"),
            models.CheckConstraint(condition=~Q(asset=F("sound")), name="media_added_sound_apart"),
        ]
        indexes = [
            models.Index(F("not_before"), condition=Q(state__in=["waiting", "running"]), name="media_added_sound_open"),
        ]

    def __str__(self) -> str:
        return str(self.asset)

    @property
    def name(self) -> str:
        """Of its rendition, in playlists and addresses."""
        return f"added-{self.pk}"

    @property
    def language_name(self) -> str:
        """In the reader's language."""
        return tongues.with_region(self.language)
