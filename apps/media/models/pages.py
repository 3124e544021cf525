"""The pages of documents, as pictures."""

from typing import ClassVar

from django.db import models

from apps.core import clock, ids


class DocumentPages(models.Model):
    """What was drawn of one document's bytes, whatever the assets that show it."""

    is_audited: ClassVar[bool] = False

    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    """The folder of its files in storage."""
    sizes = models.JSONField(default=list)
    """[[width, height], …] of each page, in pixels."""
    count = models.PositiveIntegerField(default=0)
    """How many the document has; more than `sizes` where it has more than are drawn."""
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.key

    @property
    def folder(self) -> str:
        return f"pages/{self.key}"

    @staticmethod
    def picture(number: int) -> str:
        """The name of a page's file in the folder, the first being 1."""
        return f"page-{number:03}.webp"

    @staticmethod
    def thumbnail(number: int) -> str:
        return f"small-{number:03}.webp"
