"""Ladders that can be played, made from the bytes of a film or sound."""

from typing import ClassVar

from django.db import models
from django.db.models import Value

from apps.core import clock, ids
from apps.events.models import Organisation


class Encoding(models.Model):
    """A ladder that can be played: what one recipe makes of one file's bytes, whatever the assets that show it."""

    is_audited: ClassVar[bool] = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    recipe = models.CharField(max_length=20)
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    """The folder of its files in storage."""
    rungs = models.JSONField(default=list)
    """Pictures, smallest first: [{"name": "720p", "width":…, "height":…, "fps":…, "codecs":…, "peak":…, "average":…}],
    bits a second."""
    sounds = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    """[{"name": "sound", "language": "en", "title":…, "role": "main", "codecs":…, "peak":…, "average":…,
    "channels": 2}]: the first plays unless another is chosen; roles are main, description and interpreted."""
    captions = models.JSONField(default=list)
    """[{"language": "en", "file": "captions-0.vtt"}], from the texts that came inside the film."""
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField()
    poster = models.CharField(max_length=300, blank=True)
    storyboard = models.CharField(max_length=300, blank=True, db_default="")
    """The storage name of its WebVTT; the sheets that it names lie beside it."""
    waveform = models.CharField(max_length=300, blank=True, db_default="")
    """The storage name of {"per_second": n, "peaks": [0 to 255, …]}, of the first sound."""
    loudness = models.FloatField(null=True)
    """LUFS (EBU R 128) of the first sound as it came; None where there was nothing to hear."""
    gain = models.FloatField(null=True)
    """dB that it was given."""
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256", "recipe"], name="media_encoding_once"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def folder(self) -> str:
        return f"encodings/{self.key}"
