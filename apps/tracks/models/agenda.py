"""Tracks, rooms, sessions, speakers, tags, and what each person makes of them."""

from datetime import datetime, time, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from apps.core import clock, ids
from apps.core.moments import in_reach, validate_moment
from apps.events.models import Event
from apps.media.models import Asset, Stream

# A session that starts before this hour belongs to the evening before.
DAY_CHANGE = time(4)
# The longest session that the exchange format can write.
LONGEST = timedelta(hours=99, minutes=59)
MOST_OFFSET = 4 * 60 * 60


class Imported(models.Model):
    """What a row needs to be found again by a later import, and to keep what was edited here since.

    `guid` is the imported one, or our own; `source` is the row's id in the imported file ("id:…"), else its
    name ("name:…"). `imported` holds each field's value as the last import brought it: a field that differs
    from it was edited here and is kept. A row of our own has imported nothing.
    """

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("imported",)

    guid = models.UUIDField(default=ids.new_guid, editable=False)
    source = models.CharField(max_length=300, blank=True, editable=False)
    imported = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True


class Track(Imported):
    event = models.ForeignKey(Event, models.CASCADE, related_name="tracks", verbose_name=_("event"))
    name = I18nCharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    colour = models.PositiveSmallIntegerField(_("colour"), default=1)
    """1 to 12, a hue of the design; with `shape` it tells 84 tracks apart."""
    shape = models.PositiveSmallIntegerField(_("shape"), default=1)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="tracks_track_slug"),
            models.UniqueConstraint(fields=["event", "guid"], name="tracks_track_guid"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Room(Imported):
    event = models.ForeignKey(Event, models.CASCADE, related_name="rooms", verbose_name=_("event"))
    name = I18nCharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    description = I18nTextField(_("description"), blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="tracks_room_slug"),
            models.UniqueConstraint(fields=["event", "guid"], name="tracks_room_guid"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Tag(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="tags", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="tracks_tag_once")]

    def __str__(self) -> str:
        return self.name


class Speaker(Imported):
    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="speaker_profiles",
        verbose_name=_("person"),
    )
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120)
    title = models.CharField(_("what they do"), max_length=200, blank=True)
    biography = I18nTextField(_("biography"), blank=True)
    photo = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+", limit_choices_to={"kind": "image"}
    )

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="tracks_speaker_slug"),
            models.UniqueConstraint(fields=["event", "guid"], name="tracks_speaker_guid"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tracks:speaker", args=[self.event.slug, self.slug])


class SessionQuerySet(models.QuerySet["Session"]):
    def on_agenda(self) -> Self:
        """What visitors may see: cancelled sessions stay, so that nobody waits for them; withdrawn ones and those
        without a place do not."""
        return self.exclude(state__in=Session.OFF_AGENDA)

    def planned(self) -> Self:
        return self.filter(state=Session.State.PLANNED)

    def running_at(self, moment: datetime) -> Self:
        return self.planned().filter(starts_at__lte=moment, ends_at__gt=moment)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Back to back is no overlap."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def light(self) -> Self:
        """What a list shows: without the long texts and the memory of imports."""
        return self.select_related("track", "room").defer(
            "description", "imported", "track__imported", "room__imported", "room__description"
        )


class Session(Imported):
    class Phase(models.TextChoices):
        """Where the session stands in time; not stored, since it changes by itself."""

        UPCOMING = "upcoming", _("Upcoming")
        RUNNING = "running", _("On now")
        OVER = "over", _("Over")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CANCELLED = "cancelled", _("Cancelled")
        WITHDRAWN = "withdrawn", _("No longer in the schedule")
        UNPLACED = "unplaced", _("Not yet scheduled")
        """Waits for an organiser to give it a place; until then its room and times are those it had last."""

    OFF_AGENDA: ClassVar[tuple[str, ...]] = (State.WITHDRAWN, State.UNPLACED)

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions", verbose_name=_("event"))
    track = models.ForeignKey(
        Track, models.SET_NULL, null=True, blank=True, related_name="sessions", verbose_name=_("track")
    )
    # Not while sessions take place in it; but with its event, which takes them along.
    room = models.ForeignKey(Room, models.RESTRICT, related_name="sessions", verbose_name=_("room"))
    slug = models.SlugField(_("address"), max_length=120)
    title = I18nCharField(_("title"), max_length=300)
    subtitle = I18nCharField(_("subtitle"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    abstract = I18nTextField(_("abstract"), blank=True)
    description = I18nTextField(_("description"), blank=True)
    starts_at = models.DateTimeField(_("begins"), validators=[validate_moment])
    ends_at = models.DateTimeField(_("ends"), validators=[validate_moment])
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    url = models.URLField(_("page elsewhere"), max_length=500, blank=True)
    feedback_url = models.URLField(_("feedback page elsewhere"), max_length=500, blank=True)
    logo_url = models.URLField(_("picture elsewhere"), max_length=500, blank=True)
    recording_license = models.CharField(_("licence of the recording"), max_length=200, blank=True)
    do_not_record = models.BooleanField(_("must not be recorded"), default=False)
    speakers = models.ManyToManyField(Speaker, through="SessionSpeaker", related_name="sessions")
    tags = models.ManyToManyField(Tag, blank=True, related_name="sessions", verbose_name=_("tags"))
    video = models.ForeignKey(
        Asset,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sessions",
        limit_choices_to={"kind": "video"},
        verbose_name=_("film"),
    )
    """What the stage plays: while the session runs on the session's clock, afterwards as the recording."""
    stream = models.OneToOneField(
        Stream, models.SET_NULL, null=True, blank=True, related_name="session", verbose_name=_("live stream")
    )
    recording_offset = models.IntegerField(
        _("the recording begins, in seconds after the session"),
        default=0,
        validators=[MinValueValidator(-MOST_OFFSET), MaxValueValidator(MOST_OFFSET)],
        help_text=_(
            "Sets the conversation beside the recording right. Below zero where the camera ran before: −90 for a film"
            " with a minute and a half of lead-in."
        ),
    )
    sign_up = models.BooleanField(
        _("people sign up for it"),
        default=False,
        help_text=_("Its room opens to those who have a seat, to its speakers, and to those who run the event."),
    )
    capacity = models.PositiveIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as many as ask for one. When they are taken, people wait in a row that moves by itself."),
    )
    sign_up_opens_at = models.DateTimeField(
        _("sign-up opens"), null=True, blank=True, help_text=_("Empty: at once."), validators=[validate_moment]
    )
    sign_up_closes_at = models.DateTimeField(
        _("sign-up closes"),
        null=True,
        blank=True,
        help_text=_("Empty: when the session ends."),
        validators=[validate_moment],
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "room__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="tracks_session_slug"),
            models.UniqueConstraint(fields=["event", "guid"], name="tracks_session_guid"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="tracks_session_ends_after_start",
                violation_error_message=_("A session ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST),
                name="tracks_session_not_too_long",
                violation_error_message=_("A session lasts 99 hours and 59 minutes at most."),
            ),
            in_reach(
                *("starts_at", "ends_at", "sign_up_opens_at", "sign_up_closes_at"), name="tracks_session_in_reach"
            ),
        ]
        indexes = [models.Index(fields=["event", "starts_at"], name="tracks_session_agenda")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("venue:session", args=[self.event.slug, self.slug])

    def phase_at(self, moment: datetime) -> Phase:
        if moment < self.starts_at:
            return self.Phase.UPCOMING
        return self.Phase.RUNNING if moment < self.ends_at else self.Phase.OVER

    @property
    def phase(self) -> Phase:
        return self.phase_at(clock.now())

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def people(self) -> list[Speaker]:
        """Its speakers in order; one query for a whole list where `session_speakers__speaker` is prefetched."""
        return [spoken.speaker for spoken in self.session_speakers.all()]


class SessionSpeaker(models.Model):
    session = models.ForeignKey(Session, models.CASCADE, related_name="session_speakers", verbose_name=_("session"))
    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="session_speakers", verbose_name=_("speaker"))
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("order"))

    class Meta:
        verbose_name = _("speaker of the session")
        verbose_name_plural = _("speakers of the session")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "speaker"], name="tracks_session_speaker_once")]

    def __str__(self) -> str:
        return str(self.speaker)


class SessionLink(models.Model):
    class Kind(models.TextChoices):
        LINK = "link", _("Link")
        ATTACHMENT = "attachment", _("Attachment")

    class Content(models.TextChoices):
        SLIDES = "slides", _("Slides")
        PAPER = "paper", _("Paper")
        WEB = "web", _("Web page")
        BLOG = "blog", _("Blog")
        ARTICLE = "article", _("Article")
        MEDIA = "media", _("Film or sound")
        RELATED = "related", _("Related")
        ACTIVITYPUB = "activitypub", _("ActivityPub")

    session = models.ForeignKey(Session, models.CASCADE, related_name="links", verbose_name=_("session"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.LINK)
    content = models.CharField(_("what it is"), max_length=12, choices=Content.choices, blank=True)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=1000)
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("order"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class Star(models.Model):
    """A session that a person wants to see."""

    is_audited: ClassVar[bool] = False

    session = models.ForeignKey(Session, models.CASCADE, related_name="stars")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stars")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="tracks_star_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.session_id}"


class Attendance(models.Model):
    """That a person was in a session, and for how long."""

    is_audited: ClassVar[bool] = False

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attendances")
    first_at = models.DateTimeField(_("came"))
    last_at = models.DateTimeField(_("last here"))
    seconds = models.PositiveIntegerField(_("seconds here"), default=0)
    """Of the visits that have ended; one that goes on runs since `here_since`."""
    here_since = models.DateTimeField(_("here since"), null=True, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="tracks_attendance_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.session_id}"


class ScheduleImport(models.Model):
    """A schedule file that was read: what it would change, and whether that was done."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="schedule_imports", verbose_name=_("event"))
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(editable=False)
    report = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("read"), default=clock.now, editable=False)
    applied_at = models.DateTimeField(_("applied"), null=True, editable=False)

    class Meta:
        verbose_name = _("schedule import")
        verbose_name_plural = _("schedule imports")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
