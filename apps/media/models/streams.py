"""Live streams of an event: their keys, what encoders brought, and the recordings owed of it."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Event
from apps.media.models.files import Asset

LEAST_DVR, MOST_DVR = 60, 4 * 60 * 60
LEFT_OUT = ("digest", "used_at", "lease", "leased_until", "health")


class Input(models.TextChoices):
    """Which of a stream's two keys an encoder uses."""

    PRIMARY = "primary", _("Primary")
    BACKUP = "backup", _("Backup")


class Brought(models.TextChoices):
    """What brings the picture: an encoder by one of its keys, or somebody's browser."""

    PRIMARY = Input.PRIMARY.value, Input.PRIMARY.label
    BACKUP = Input.BACKUP.value, Input.BACKUP.label
    BROWSER = "browser", _("Green room")


class Stream(models.Model):
    """What a stage shows live: two encoders may bring it, or people from its green room; one of them is on air."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = (
        "air", "air_input", "air_until", "rungs", "segments", "last_segment_at", "last_take",
    )  # fmt: skip

    class State(models.TextChoices):
        IDLE = "idle", _("Waits for an encoder")
        LIVE = "live", _("Live")
        ENDED = "ended", _("Ended")

    class Choice(models.TextChoices):
        """Which input is wanted on air while both are there. When one stops, the other takes over whatever is said."""

        AUTO = "auto", _("Primary as soon as it is steady")
        PRIMARY = "primary", _("Primary")
        BACKUP = "backup", _("Backup")

    event = models.ForeignKey(Event, models.CASCADE, related_name="streams", verbose_name=_("event"))
    key = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """Its name in addresses, and the folder of its segments in storage; opens nothing."""
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.IDLE, editable=False)
    choice = models.CharField(_("input on air"), max_length=8, choices=Choice.choices, default=Choice.AUTO)
    dvr_seconds = models.PositiveIntegerField(
        _("how far viewers may go back, in seconds"),
        default=30 * 60,
        validators=[MinValueValidator(LEAST_DVR), MaxValueValidator(MOST_DVR)],
    )
    records = models.BooleanField(
        _("is recorded"), default=True, help_text=_("When it ends, all of it becomes a film among the files.")
    )
    started_at = models.DateTimeField(_("live since"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    rungs = models.JSONField(default=list, editable=False)
    """As `Encoding.rungs`: chosen by the first picture, and kept to by all that follow."""
    air = models.CharField(max_length=40, blank=True, editable=False)
    """The lease of the publisher whose picture is shown."""
    air_input = models.CharField(max_length=8, choices=Brought.choices, blank=True, editable=False)
    air_until = models.DateTimeField(null=True, editable=False)
    on_stage = models.ForeignKey(
        "Contribution", models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("on stage")
    )
    """Of the green room: while they are there, theirs is the picture. Nobody: what an encoder sends."""
    segments = models.PositiveIntegerField(default=0, editable=False)
    """How many there were; the number of the next one."""
    last_take = models.PositiveBigIntegerField(default=0, editable=False)
    last_segment_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("live stream")
        verbose_name_plural = _("live streams")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dvr_seconds__gte=LEAST_DVR, dvr_seconds__lte=MOST_DVR), name="media_stream_dvr"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "-created_at"], name="media_stream_list"),
            models.Index(fields=["last_segment_at"], condition=Q(state="live"), name="media_stream_live"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> str:
        return f"live/{self.key}"

    @property
    def has_picture(self) -> bool:
        """From the first picture on, until the segments are gone."""
        return bool(self.segments and self.rungs)


class StreamKey(models.Model):
    """What an encoder publishes with. It is found by its digest, and sealed, since organisers copy it again."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = LEFT_OUT

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="keys", verbose_name=_("live stream"))
    input = models.CharField(_("input"), max_length=8, choices=Input.choices)
    secret = models.CharField(max_length=300, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    lease = models.CharField(max_length=40, blank=True, editable=False)
    """Of the one who publishes with it; renewed while they do."""
    leased_until = models.DateTimeField(null=True, editable=False)
    health = models.JSONField(default=dict, editable=False)
    """As `broadcasts.Input`, without what other columns say."""

    class Meta:
        verbose_name = _("stream key")
        verbose_name_plural = _("stream keys")
        ordering = ["input", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "input"], condition=Q(revoked_at=None), name="media_stream_key_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} · {self.get_input_display()}"


class Take(models.Model):
    """What one encoder brought without a break; its segments lie in a folder of its own."""

    is_audited: ClassVar[bool] = False

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="takes")
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    input = models.CharField(max_length=8, choices=Brought.choices)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key

    @property
    def folder(self) -> str:
        """Give it with its `stream`."""
        return f"{self.stream.folder}/{self.key}"


class Segment(models.Model):
    """Two seconds or so, in every rung, that lie whole in storage."""

    is_audited: ClassVar[bool] = False

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="+")
    take = models.ForeignKey(Take, models.CASCADE, related_name="segments")
    number = models.PositiveIntegerField()
    """In the stream, from 0 and without a gap."""
    file = models.PositiveIntegerField()
    """Its number among the files of the take."""
    stretch = models.PositiveIntegerField(default=0)
    """Raised with each break: the playlist's discontinuity sequence."""
    at = models.DateTimeField()
    """When its first picture came in."""
    seconds = models.FloatField()
    sizes = models.JSONField(default=dict)
    """Bytes by rung."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="media_segment_number")]
        indexes = [models.Index(fields=["stream", "at"], name="media_segment_at")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def name(self) -> str:
        return f"{self.file:05}.m4s"


class Recording(models.Model):
    """A film that is owed of a part of a stream, made of its segments as they are, under a lease."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("attempts", "leased_until")

    MOST_ATTEMPTS: ClassVar[int] = 8

    class State(models.TextChoices):
        OWED = "owed", _("Owed")
        DONE = "done", _("Done")
        EMPTY = "empty", _("Nothing was recorded")
        FAILED = "failed", _("Failed")

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="recordings")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.OWED)
    asset = models.OneToOneField(Asset, models.SET_NULL, null=True, related_name="recording")
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "begins", "ends"], name="media_recording_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="media_recording_ends_after_start"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="owed"), name="media_recording_owed")]

    def __str__(self) -> str:
        return f"{self.stream} · {self.begins:%Y-%m-%d %H:%M}"
