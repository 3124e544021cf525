"""The files of an event, pictures that an organisation keeps, uploads on their way, and folders owed a sweep."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.events.models import Event, Organisation
from apps.media.models.encodings import Encoding
from apps.media.models.folders import Folder
from apps.media.models.pages import DocumentPages
from apps.media.models.stored import is_file


class InLibrary(models.Manager["Asset"]):
    """Those that are not in the trash, and no bytes that are still to take another's place. What shows a file that is
    in the trash goes on without it: it looks through this, or asks `media.selectors`, which give nothing of it."""

    def get_queryset(self) -> "models.QuerySet[Asset]":
        return super().get_queryset().filter(deleted_at=None, replaces=None)


class Asset(models.Model):
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("is_put_away", "is_scanned")

    MOST_TAGS = 20
    TAG_LENGTH = 40

    class Kind(models.TextChoices):
        VIDEO = "video", _("Film")
        AUDIO = "audio", _("Sound")
        DOCUMENT = "document", _("Document")
        IMAGE = "image", _("Picture")

    class State(models.TextChoices):
        PROCESSING = "processing", _("In preparation")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    class Download(models.TextChoices):
        """Who may have the file itself, of those who may see it."""

        AS_USUAL = "", _("As is usual: films and sound nobody, the rest everybody who sees it")
        NOBODY = "nobody", _("Nobody but the organisers")
        ATTENDING = "attending", _("Those who attend")
        EVERYBODY = "everybody", _("Everybody who sees it")

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
    library_folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, blank=True, related_name="assets", verbose_name=_("folder")
    )
    tags = ArrayField(
        models.CharField(max_length=TAG_LENGTH), default=list, db_default=[], blank=True, verbose_name=_("tags")
    )
    """Small letters, sorted, each once."""
    pages = models.ForeignKey(
        DocumentPages, models.SET_NULL, null=True, blank=True, related_name="assets", editable=False
    )
    may_download = models.CharField(
        _("who may download it"),
        max_length=10,
        choices=Download.choices,
        default=Download.AS_USUAL,
        db_default=Download.AS_USUAL,
        blank=True,
    )
    is_public = models.BooleanField(_("anybody who sees the event may see it"), default=False)
    is_put_away = models.BooleanField(default=False, db_default=False, editable=False)
    """Something showed it that was deleted since."""
    is_scanned = models.BooleanField(default=False, db_default=False, editable=False)
    """A virus scanner found nothing in it."""
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("added"), default=clock.now, editable=False)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    brought_at = models.DateTimeField(null=True, editable=False)
    """When its bytes came and by whom, where that was after it was added: it was replaced."""
    replaces = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="replacements", editable=False
    )
    """The asset whose bytes this one's are to be, once they are ready; until then nobody sees it."""
    deleted_at = models.DateTimeField(_("in the trash since"), null=True, blank=True, editable=False)

    objects = InLibrary()
    every = models.Manager["Asset"]()
    """All that lie in storage, also those in the trash and those that are to replace another."""

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["event", "kind", "-created_at"], name="media_asset_list"),
            GinIndex(fields=["tags"], name="media_asset_tags"),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="media_asset_trash"),
            # Who asks which assets lie in a folder compares beginnings.
            models.Index(fields=["original"], opclasses=["varchar_pattern_ops"], name="media_asset_original"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_drawn_pages(self) -> bool:
        """Whether it is a document of which a worker draws the pages."""
        return self.kind == self.Kind.DOCUMENT and self.content_type == "application/pdf"

    @property
    def folder(self) -> str:
        return f"assets/{self.key}"

    @property
    def lies_in(self) -> str:
        """The folder of its file: its own, or that of the asset it was copied from."""
        folder = self.original.rpartition("/")[0]
        return folder if folder.startswith("assets/") else self.folder

    @property
    def has_file(self) -> bool:
        """Whether it can be had as a file, and not only played."""
        return is_file(self.original)

    @property
    def is_played(self) -> bool:
        """Whether it is watched or heard in the player, rather than opened."""
        return self.kind in (self.Kind.VIDEO, self.Kind.AUDIO)

    @property
    def is_in_trash(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_shown(self) -> bool:
        """Whether it can be seen at all: it is ready, and not in the trash."""
        return self.state == self.State.READY and self.deleted_at is None

    @property
    def downloaded_by(self) -> "Asset.Download":
        """Who may download it, with what is usual for its kind worked out."""
        if self.may_download:
            return self.Download(self.may_download)
        return self.Download.NOBODY if self.is_played else self.Download.EVERYBODY


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
    library_folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="+")
    """Where it goes when it is whole."""
    replaces = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="+")
    """The asset whose bytes these are to be, where it becomes no file of its own."""
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


class Leftover(models.Model):
    """A folder of storage that nothing shows any more, or that a worker is still filling; owed a sweep at its hour."""

    is_audited: ClassVar[bool] = False

    folder = models.CharField(max_length=100, unique=True)
    due_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return self.folder
