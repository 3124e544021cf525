"""Assets of an event (films, sound, documents, pictures), their upload, and the jobs that make films playable."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Event, Organisation


class Encoding(models.Model):
    """A ladder that can be played: what one recipe makes of one file's bytes, whatever the assets that show it."""

    is_audited: ClassVar[bool] = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    recipe = models.CharField(max_length=20)
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    """The folder of its files in storage."""
    rungs = models.JSONField(default=list)
    """[{"name": "720p", "width":…, "height":…, "fps":…, "codecs":…, "peak":…, "average":…}], bits a second."""
    captions = models.JSONField(default=list)
    """[{"language": "en", "file": "captions-0.vtt"}], from the texts that came inside the film."""
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField()
    poster = models.CharField(max_length=300, blank=True)
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


class Asset(models.Model):
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("is_put_away",)

    class Kind(models.TextChoices):
        VIDEO = "video", _("Film")
        AUDIO = "audio", _("Sound")
        DOCUMENT = "document", _("Document")
        IMAGE = "image", _("Picture")

    class State(models.TextChoices):
        PROCESSING = "processing", _("In preparation")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    event = models.ForeignKey(Event, models.CASCADE, related_name="assets", verbose_name=_("event"))
    key = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """Its name in addresses, and the folder of its files in storage; says nothing of the asset."""
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, editable=False)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROCESSING, editable=False)
    original = models.CharField(max_length=300, editable=False)
    """The storage name of the file; copies of an asset in other events name the same."""
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    seconds = models.FloatField(_("length in seconds"), null=True, editable=False)
    encoding = models.ForeignKey(
        Encoding, models.SET_NULL, null=True, blank=True, related_name="assets", editable=False
    )
    error = models.CharField(max_length=40, blank=True, editable=False)
    """A code of `apps.media.selectors.REASONS`, so that each reader gets their own language."""
    is_public = models.BooleanField(_("anybody who sees the event may see it"), default=False)
    is_put_away = models.BooleanField(default=False, db_default=False, editable=False)
    """Something showed it that was deleted since."""
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("added"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["event", "kind", "-created_at"], name="media_asset_list"),
            # Who asks which assets lie in a folder compares beginnings.
            models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="media_asset_original"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> str:
        return f"assets/{self.key}"

    @property
    def lies_in(self) -> str:
        """The folder of its file: its own, or that of the asset it was copied from."""
        folder = self.original.rpartition("/")[0]
        return folder if folder.startswith("assets/") else self.folder

    @property
    def is_played(self) -> bool:
        """Whether it is watched or heard in the player, rather than opened."""
        return self.kind in (self.Kind.VIDEO, self.Kind.AUDIO)


class KeptPicture(models.Model):
    """A picture that an organisation keeps beyond its event, for what it uses again. It names the file of the asset
    that it was; whatever it is kept for names it by its key, and lets it go."""

    is_audited: ClassVar[bool] = False

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    title = models.CharField(max_length=200)
    original = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="media_kept_original")]

    def __str__(self) -> str:
        return self.title

    @property
    def lies_in(self) -> str:
        """The folder of its file."""
        return self.original.rpartition("/")[0]


class Upload(models.Model):
    """A file on its way from the browser straight to storage, in parts; it becomes an asset when it is whole."""

    is_audited: ClassVar[bool] = False

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    event = models.ForeignKey(Event, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True, default=ids.new_token)
    """Its name in addresses; the asset takes it over, and the folder with it."""
    fingerprint = models.CharField(max_length=100)
    """The browser's mark of the file (name, size, date): an open upload of the same mark is resumed."""
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    multipart_id = models.CharField(max_length=500, blank=True)
    """The storage's own name of the upload."""
    has_checksums = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    error = models.CharField(max_length=40, blank=True)
    asset = models.OneToOneField(Asset, models.SET_NULL, null=True, related_name="upload")
    created_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["state", "touched_at"], name="media_upload_stale")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def original(self) -> str:
        return f"assets/{self.key}/original"

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of_part(self, number: int) -> int:
        return min(self.part_size, self.size - (number - 1) * self.part_size)


class JobQuerySet(models.QuerySet["TranscodeJob"]):
    def free(self, now: datetime) -> "JobQuerySet":
        """Those that a worker may take: waiting and due, or left by a worker that no longer renews its lease."""
        due = Q(state=TranscodeJob.State.WAITING, not_before__lte=now)
        return self.filter(due | Q(state=TranscodeJob.State.RUNNING, leased_until__lt=now))


class TranscodeJob(models.Model):
    """The work of making a film playable, held by a lease: a killed worker's job is taken up by another."""

    is_audited: ClassVar[bool] = False

    MOST_ATTEMPTS = 4

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="job")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    """Claims the bytes while it runs: no two jobs work on the same."""
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)
    detail = models.TextField(max_length=4000, blank=True)
    """ffmpeg's own last words, for whoever runs the platform."""

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"],
                condition=Q(state="running") & ~Q(sha256=""),
                name="media_job_one_per_bytes",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="media_job_progress"),
        ]
        indexes = [
            models.Index(F("not_before"), condition=Q(state__in=["waiting", "running"]), name="media_job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} · {self.get_state_display()}"


class Leftover(models.Model):
    """A folder of storage that nothing shows any more, or that a worker is still filling; owed a sweep at its hour."""

    is_audited: ClassVar[bool] = False

    folder = models.CharField(max_length=100, unique=True)
    due_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return self.folder
