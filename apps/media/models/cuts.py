"""Parts of ladders that play as recordings of their own."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.media.models.encodings import Encoding


class Cut(models.Model):
    """A ladder whose playlists name segments of another's, from one second to another; nothing was encoded again.

    The other's files stay for as long as this row does.
    """

    is_audited: ClassVar[bool] = False

    encoding = models.OneToOneField(Encoding, models.CASCADE, related_name="cut")
    source = models.ForeignKey(Encoding, models.PROTECT, related_name="cuts")
    begins = models.FloatField()
    """In seconds of the source, as it was asked for; the segments around it are shown."""
    ends = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(begins__gte=0) & Q(ends__gt=F("begins")), name="media_cut_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.encoding} · {self.begins:.0f}-{self.ends:.0f}"
