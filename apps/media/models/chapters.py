"""The parts into which a film or sound is divided."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.media.models.files import Asset


class Chapter(models.Model):
    """One part: where it begins, and what it is called. It ends where the next one begins."""

    MOST: ClassVar[int] = 200

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="chapters")
    begins = models.FloatField(_("begins at"), validators=[MinValueValidator(0)])
    """In seconds from the beginning of the film."""
    title = models.CharField(_("title"), max_length=120)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["begins"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "begins"], name="media_chapter_once"),
            models.CheckConstraint(condition=Q(begins__gte=0), name="media_chapter_begins"),
        ]

    def __str__(self) -> str:
        return self.title
