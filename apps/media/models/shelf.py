"""Files that an organisation keeps beyond its events."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Organisation
from apps.media.models.files import Asset
from apps.media.models.stored import StoredFile


class ShelfFile(StoredFile):
    """A file that any event of the organisation may take. It names the bytes of the asset that it was; taken, it
    becomes a file of that event, which names them too."""

    MOST = 1000
    """On one shelf."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="shelf", verbose_name=_("organisation"))
    key = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Asset.Kind.choices, editable=False)
    title = models.CharField(_("title"), max_length=200)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("kept by"),
    )
    kept_at = models.DateTimeField(_("kept"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("file of the shelf")
        verbose_name_plural = _("files of the shelf")
        ordering = ["-kept_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "original"], name="media_shelf_once")]
        indexes = [models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="media_shelf_original")]

    def __str__(self) -> str:
        return self.title
