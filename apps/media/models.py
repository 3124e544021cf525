"""Assets of an event (films, documents, pictures), their upload, and the jobs that make films playable."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Event


class Asset(models.Model):
    class Kind(models.TextChoices):
        VIDEO = "video", _("Film")
        DOCUMENT = "document", _("Document")
        IMAGE = "image", _("Picture")

    class State(models.TextChoices):
        UPLOADING = "uploading", _("Uploading")
        PROCESSING = "processing", _("In preparation")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    event = models.ForeignKey(Event, models.CASCADE, related_name="assets")
    key = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """The folder of its files in storage; says nothing of the asset."""
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UPLOADING, editable=False)
    original = models.CharField(max_length=300, blank=True, editable=False)
    """The storage name of the file as it came."""
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    seconds = models.FloatField(_("length in seconds"), null=True, editable=False)
    poster = models.CharField(max_length=300, blank=True, editable=False)
    ladder = models.JSONField(default=list, editable=False)
    """[{"name": "720p", "width":…, "height":…, "bandwidth":…, "codecs":…, "playlist": storage name}]"""
    error = models.CharField(_("what went wrong"), max_length=300, blank=True, editable=False)
    is_public = models.BooleanField(_("anybody who sees the event may see it"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("added"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["event", "kind", "-created_at"], name="media_asset_list")]

    def __str__(self) -> str:
        return self.title


class Upload(models.Model):
    """A file on its way from the browser to storage, in parts."""

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="upload")
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    backend = models.CharField(max_length=8)
    """`s3` (presigned multipart) or `local` (chunks through the app, on disk)."""
    multipart_id = models.CharField(max_length=500, blank=True)
    parts = models.JSONField(default=dict)
    """What has arrived: {"1": etag or byte count}."""
    created_at = models.DateTimeField(default=clock.now, editable=False)
    touched_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.file_name


class TranscodeJob(models.Model):
    """The work of making a film playable, held by a lease: a killed worker's job is taken up by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="job")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.asset} · {self.get_state_display()}"
