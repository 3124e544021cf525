"""What is known of a file that lies in storage, for rows that name it beside an asset."""

from django.db import models

from apps.media.models.encodings import Encoding
from apps.media.models.pages import DocumentPages


def is_file(original: str) -> bool:
    """Whether there is a file to be had. A cut, or a recording whose takes could not be joined, only plays: it names
    the playlist of its ladder."""
    return bool(original) and not original.startswith("encodings/")


class StoredFile(models.Model):
    """The columns of an asset that are of its bytes."""

    FACTS = (
        "original", "file_name", "content_type", "size", "sha256", "width", "height", "seconds", "encoding_id",
        "pages_id", "is_scanned",
    )  # fmt: skip

    original = models.CharField(max_length=300)
    """The storage name of the file."""
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    encoding = models.ForeignKey(Encoding, models.SET_NULL, null=True, related_name="+")
    pages = models.ForeignKey(DocumentPages, models.SET_NULL, null=True, related_name="+")
    is_scanned = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def lies_in(self) -> str:
        """The folder of its file; empty where it has none of its own."""
        return self.original.rpartition("/")[0] if self.has_file else ""

    @property
    def has_file(self) -> bool:
        return is_file(self.original)
