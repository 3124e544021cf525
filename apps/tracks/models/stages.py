"""A session's stage: what stands on it now, what plays, and what becomes of the recording."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField

from apps.media.models import Asset, Stream
from apps.tracks.models.agenda import Session
from apps.tracks.models.outside import MOST_ADDRESS, Outside, outside_of, validate_outside

MOST_WORDS = 300
MOST_LOBBY_MINUTES = 240
MOST_TRIES = 12
"""So often a recording is asked for; the last time some four hours after the session."""


class Stage(models.Model):
    """Made when somebody first sets it; a session without one has the stage that `Stage.of` gives it."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("before", "due_at", "version", "recording_tries", "recording_due_at")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", pgettext_lazy("a stage", "Scheduled")
        LOBBY = "lobby", pgettext_lazy("a stage", "Lobby")
        LIVE = "live", pgettext_lazy("a stage", "Live")
        INTERMISSION = "intermission", pgettext_lazy("a stage", "Intermission")
        ENDED = "ended", pgettext_lazy("a stage", "Ended")
        RECORDING = "recording", pgettext_lazy("a stage", "Recording")

    class Mode(models.TextChoices):
        SCHEDULE = "schedule", _("By the schedule")
        HAND = "hand", _("By hand")

    class Source(models.TextChoices):
        FILM = "film", _("The session’s film")
        STREAM = "stream", _("A live stream")
        EXTERNAL = "external", _("Elsewhere: YouTube, Vimeo or an HLS address")

    class Publish(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        BY_HAND = "by_hand", _("When somebody publishes it")
        NEVER = "never", _("Never")

    class Recording(models.TextChoices):
        NONE = "", _("None yet")
        OWED = "owed", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    ON_SCREEN = (State.LIVE, State.RECORDING)
    """In these what the stage plays is shown."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="stage", verbose_name=_("session"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SCHEDULED, editable=False)
    """Where it stands by hand; by the schedule what the last round wrote. Ask `state_at`."""
    mode = models.CharField(_("goes on"), max_length=8, choices=Mode.choices, default=Mode.SCHEDULE, editable=False)
    source = models.CharField(_("what is shown"), max_length=8, choices=Source.choices, default=Source.FILM)
    is_simulive = models.BooleanField(
        _("the film plays as live"),
        default=True,
        help_text=_("Everybody sees the same second, nobody skips ahead. Otherwise each plays it for themselves."),
    )
    loops = models.BooleanField(
        _("a film that is shorter than the session begins again"), default=True, help_text=_("While it plays as live.")
    )
    external_url = models.URLField(
        _("address elsewhere"), max_length=MOST_ADDRESS, blank=True, validators=[validate_outside],
        help_text=_("Of YouTube or Vimeo, or of an HLS playlist (.m3u8). Nothing is loaded from there before a click."),
    )  # fmt: skip
    lobby_minutes = models.PositiveSmallIntegerField(
        _("the lobby opens, in minutes before the session"), default=10,
        validators=[MaxValueValidator(MOST_LOBBY_MINUTES)],
    )  # fmt: skip
    lobby_film = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+", limit_choices_to={"kind": "video"},
        verbose_name=_("film of the lobby"), help_text=_("Plays without sound, over and over, until it begins."),
    )  # fmt: skip
    intermission_asset = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+",
        limit_choices_to={"kind__in": ["video", "image"]}, verbose_name=_("picture or film of the intermission"),
    )  # fmt: skip
    scheduled_words = I18nCharField(_("words before it opens"), max_length=MOST_WORDS, blank=True)
    lobby_words = I18nCharField(_("words in the lobby"), max_length=MOST_WORDS, blank=True)
    intermission_words = I18nCharField(_("words in the intermission"), max_length=MOST_WORDS, blank=True)
    ended_words = I18nCharField(_("words after the end"), max_length=MOST_WORDS, blank=True)
    publish = models.CharField(
        _("the recording is published"), max_length=8, choices=Publish.choices, default=Publish.AT_ONCE
    )
    opened_at = models.DateTimeField(_("went live"), null=True, editable=False)
    ended_at = models.DateTimeField(pgettext_lazy("a stage", "ended"), null=True, editable=False)
    plays_from = models.DateTimeField(null=True, editable=False)
    """When the film's first second was on stage, of one that plays as live by hand; intermissions move it on."""
    paused_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    before = models.JSONField(default=dict, editable=False)
    """What the last press changed, to be taken back."""
    version = models.PositiveIntegerField(default=0, editable=False)
    """One more with each change of state: of two who press at once, the second names one that is over."""
    due_at = models.DateTimeField(null=True, editable=False)
    """When the schedule moves it on; none by hand, and after the end."""
    recording = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name=_("recording")
    )
    """Of a stream; a film is its own recording."""
    recording_state = models.CharField(
        _("recording"), max_length=6, choices=Recording.choices, default=Recording.NONE, blank=True, editable=False
    )
    recording_due_at = models.DateTimeField(null=True, editable=False)
    """When it is seen to next: made where it is owed, published where that is done by itself."""
    recording_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["session"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="tracks_stage_due"),
            models.Index(
                fields=["recording_due_at"], condition=Q(recording_due_at__isnull=False), name="tracks_stage_recording"
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)

    def clean(self) -> None:
        if self.source == self.Source.EXTERNAL and not self.external_url:
            raise ValidationError({"external_url": _("Say where it plays.")})

    @classmethod
    def of(cls, session: Session) -> Self:
        """The session's; where nobody has set one, the one that every session has. That one is not stored."""
        found: Self = getattr(session, "stage", None) or cls(session=session)
        found.session = session
        return found

    @property
    def film(self) -> Asset | None:
        """What it plays as a film or as the recording, while that can be played."""
        film = self.recording if self.source == self.Source.STREAM else self.session.video
        return film if film is not None and film.is_shown else None

    @property
    def stream(self) -> Stream | None:
        """The live stream that it shows, from its first picture on until it has ended."""
        stream = self.session.stream if self.source == self.Source.STREAM else None
        return stream if stream is not None and stream.has_picture and stream.state != Stream.State.ENDED else None

    @property
    def outside(self) -> Outside | None:
        return outside_of(self.external_url) if self.source == self.Source.EXTERNAL and self.external_url else None

    @property
    def opens_at(self) -> datetime:
        return self.session.starts_at - timedelta(minutes=self.lobby_minutes)

    @property
    def can_be_published(self) -> bool:
        """Whether there is a recording to be shown."""
        if self.session.do_not_record and self.source != self.Source.FILM:
            return False
        return (self.outside if self.source == self.Source.EXTERNAL else self.film) is not None

    @property
    def is_published(self) -> bool:
        """Shown after the end. What was there before the session needs no round to be so at once."""
        if self.publish == self.Publish.NEVER or not self.can_be_published:
            return False
        return self.published_at is not None or (
            self.publish == self.Publish.AT_ONCE and self.source != self.Source.STREAM
        )

    def state_at(self, moment: datetime) -> State:
        """By the clock, so that nobody waits for a round that is late."""
        if self.mode == self.Mode.HAND:
            return self.State(self.state)
        if moment < self.opens_at:
            return self.State.SCHEDULED
        if moment < self.session.starts_at:
            return self.State.LOBBY
        if moment < self.session.ends_at:
            return self.State.LIVE
        return self.State.RECORDING if self.is_published else self.State.ENDED

    def next_at(self, moment: datetime) -> datetime | None:
        """When the schedule moves it on; None where it does not."""
        if self.mode == self.Mode.HAND:
            return None
        session = self.session
        return next((at for at in (self.opens_at, session.starts_at, session.ends_at) if at > moment), None)

    def plays_since(self, moment: datetime) -> datetime | None:
        """When the first second of a film that plays as live was on stage; None where each plays it for themselves."""
        if not self.is_simulive or self.source != self.Source.FILM or self.state_at(moment) != self.State.LIVE:
            return None
        return (self.plays_from if self.mode == self.Mode.HAND else None) or self.session.starts_at

    def live_since(self, moment: datetime) -> datetime | None:
        """Since when it has been live without a break; None where it is not."""
        if self.state_at(moment) != self.State.LIVE:
            return None
        begun = self.changed_at or self.session.starts_at
        return begun if self.mode == self.Mode.HAND else max(begun, self.session.starts_at)

    @property
    def plays_until(self) -> datetime | None:
        """When a film that plays as live is over; None where somebody ends it by hand."""
        return self.session.ends_at if self.mode == self.Mode.SCHEDULE else None

    def holds_back(self, moment: datetime) -> bool:
        """Whether its film is to be had only as it plays as live; in an intermission too, since it goes on after it."""
        is_on = self.state_at(moment) in (self.State.LIVE, self.State.INTERMISSION)
        return is_on and self.is_simulive and self.source == self.Source.FILM
