"""Who is in a live stream's green room: people who bring their picture with a browser, one of whom may be on stage."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.media.models.streams import Stream

GLIMPSE_SIZE = (320, 180)
"""Of the small pictures that a producer sees."""


class Contribution(models.Model):
    """Somebody's place in a green room; kept for a while when their line breaks, so that they come back to it."""

    is_audited: ClassVar[bool] = False

    class Shows(models.TextChoices):
        CAMERA = "camera", _("Camera")
        SCREEN = "screen", _("Screen")
        BOTH = "both", _("Camera and screen")

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="contributions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shows = models.CharField(max_length=6, choices=Shows.choices, default=Shows.CAMERA)
    has_sound = models.BooleanField(default=True)
    is_ready = models.BooleanField(default=False)
    """As they say themselves."""
    has_picture = models.BooleanField(default=False)
    """Whether pictures come in at this moment."""
    is_on_air = models.BooleanField(default=False)
    """Whether theirs is the picture that is sent; only of whoever is on stage."""
    lease = models.CharField(max_length=40, blank=True)
    """Of their connection; renewed while it stands. The newest of a person's connections has it."""
    leased_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(default=clock.now)
    """When it was last asked whether they may."""
    came_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["came_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "person"], name="media_contribution_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} · {self.person}"

    @property
    def is_here(self) -> bool:
        return bool(self.lease)


class BackstageLine(models.Model):
    """Something that was said in a green room; kept until the stream ends."""

    is_audited: ClassVar[bool] = False
    MOST_CHARS: ClassVar[int] = 200

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="backstage_lines")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_from_desk = models.BooleanField(default=False)
    """Said by whoever runs the stage, and not by a speaker."""
    to = models.ForeignKey(Contribution, models.CASCADE, null=True, related_name="+")
    """Who is meant; everybody in the green room where it is nobody. All of them read it."""
    text = models.CharField(max_length=MOST_CHARS)
    said_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.stream} · {self.text}"
