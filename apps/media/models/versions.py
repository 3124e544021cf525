"""The earlier bytes of a file that was replaced."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core import clock
from apps.media.models.files import Asset
from apps.media.models.stored import StoredFile


class AssetVersion(StoredFile):
    """What an asset was before somebody replaced it; it can be looked at, and put back."""

    is_audited: ClassVar[bool] = False

    MOST = 10

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=10, choices=Asset.Kind.choices)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    brought_at = models.DateTimeField()
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-replaced_at", "-pk"]
        indexes = [models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="media_version_original")]

    def __str__(self) -> str:
        return self.file_name or self.original
