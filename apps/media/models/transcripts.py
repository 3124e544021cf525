"""What is said in films and on stages, line by line, in any number of languages."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids, tongues
from apps.events.models import Event
from apps.media.models.files import Asset

# PostgreSQL's own dictionaries, by language; other languages are found by their words as they stand.
DICTIONARIES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
PLAIN = "simple"
GAP = 2**32
"""Between the positions of two lines, so that others find room between them."""


def dictionary_of(language: str) -> str:
    return DICTIONARIES.get(language.partition("-")[0], PLAIN)


class Transcript(models.Model):
    """Of a film or recording in one language; or of a stage, before there is a recording."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("partial", "partial_speaker")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    class Origin(models.TextChoices):
        FILE = "file", _("From a file")
        FILM = "film", _("From inside the film")
        HAND = "hand", _("Written here")
        MACHINE = "machine", _("By machine")
        TRANSLATED = "translated", _("Translated by machine")
        LIVE = "live", _("From live captions")

    event = models.ForeignKey(Event, models.CASCADE, related_name="transcripts", verbose_name=_("event"))
    key = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """Its name in addresses."""
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, blank=True, related_name="transcripts")
    stage_key = models.CharField(max_length=40, blank=True)
    """Where it is written live (`session/7`); kept when it became a recording's."""
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.FILE)
    revision = models.PositiveIntegerField(default=1)
    """Grows with each change of it or of its lines."""
    partial = models.CharField(max_length=500, blank=True)
    """Of live captions: what is being said, not yet a line."""
    partial_speaker = models.CharField(max_length=100, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    """Thrown away; swept after a week, until then it comes back by undo."""

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["language", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "language"], condition=Q(deleted_at=None), name="media_transcript_once"
            ),
            models.UniqueConstraint(
                fields=["event", "stage_key", "language"],
                condition=Q(deleted_at=None, asset=None),
                name="media_transcript_once_live",
            ),
            models.CheckConstraint(condition=Q(asset__isnull=False) | ~Q(stage_key=""), name="media_transcript_of"),
        ]
        indexes = [models.Index(F("deleted_at"), condition=Q(deleted_at__isnull=False), name="media_transcript_gone")]

    def __str__(self) -> str:
        return f"{self.title or self.asset or self.stage_key} ({self.language})"

    @property
    def language_name(self) -> str:
        """In the reader's language."""
        return tongues.with_region(self.language)

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Line(models.Model):
    """Something that is said. Changes are made with its transcript's row held, so that its place stays its own."""

    is_audited: ClassVar[bool] = False

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="lines")
    begins = models.PositiveIntegerField()
    """In milliseconds, like the end."""
    ends = models.PositiveIntegerField()
    speaker = models.CharField(max_length=100, blank=True)
    text = models.TextField(max_length=2000)
    position = models.BigIntegerField()
    """Among its siblings; with gaps, see `GAP`."""
    version = models.PositiveIntegerField(default=1)
    dictionary = models.CharField(max_length=20, default=PLAIN)
    words = models.GeneratedField(
        expression=Case(
            *(
                When(dictionary=name, then=SearchVector("text", config=name))
                for name in sorted(set(DICTIONARIES.values()))
            ),
            default=SearchVector("text", config=PLAIN),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "position"], name="media_line_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="media_line_times"),
        ]
        indexes = [
            GinIndex(fields=["words"], name="media_line_words"),
            models.Index(fields=["transcript", "begins"], name="media_line_times_of"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class CaptionKey(models.Model):
    """Lets a program write the live captions of one stage; rotated when it got about."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="caption_keys")
    stage_key = models.CharField(max_length=40)
    secret = models.CharField(max_length=64, unique=True)
    """A digest; the key itself is told once."""
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "stage_key"], name="media_caption_key_once")]

    def __str__(self) -> str:
        return self.stage_key
