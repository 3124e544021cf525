"""What organisers fill in at their desk, checked and cleaned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
)

from apps.accounts.models import User
from apps.core.by_line import LineForm, YesNo
from apps.core.errors import Refused
from apps.events import selectors as events
from apps.events.models import Event
from apps.events.permissions import granted_roles
from apps.events.services import PUT_OUT
from apps.media.models import BackstageLine
from apps.tracks import adapters, services
from apps.tracks.adapters import values
from apps.tracks.adapters.schedule import Schedule, ScheduleError
from apps.tracks.models import LONGEST, Room, ScheduleImport, Seat, Session, Speaker, Stage, Track
from apps.tracks.selectors import Spot

COLOURS = [
    (1, _("Blue")), (2, _("Green")), (3, _("Pink")), (4, _("Ochre")), (5, _("Violet")), (6, _("Teal")),
    (7, _("Red")), (8, _("Olive")), (9, _("Sky")), (10, _("Magenta")), (11, _("Jade")), (12, _("Indigo")),
]  # fmt: skip
SHAPES = [
    (1, _("Disc")), (2, _("Triangle")), (3, _("Square")), (4, _("Diamond")), (5, _("Cross")), (6, _("Ring")),
    (7, _("Hourglass")),
]  # fmt: skip


def _rich(value: Any) -> Any:
    """HTML of an organiser, cleaned."""
    try:
        return services.cleaned(value)
    except Refused as refused:
        raise forms.ValidationError(str(refused.message), code=refused.code) from refused


class _Named(forms.ModelForm):  # type: ignore[type-arg]
    """Names that only differ by case would be one and the same in an exported file."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        event, name = data.get("event") or getattr(self.instance, "event", None), data.get("name")
        if event and name:
            self.instance.event = event
            if services.is_name_taken(self.instance, name):
                self.add_error("name", services.NAME_TAKEN)
        return data


class TrackForm(_Named):
    colour = forms.TypedChoiceField(label=_("Colour"), choices=COLOURS, coerce=int, widget=UnfoldAdminSelectWidget)
    shape = forms.TypedChoiceField(label=_("Shape"), choices=SHAPES, coerce=int, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Track
        fields = ("event", "name", "slug", "position", "colour", "shape")


class SpeakerLine(LineForm):
    """One line of a table of speakers."""

    most = 1000
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("Nadia Okello", "Hydrologist, Lakeside Water", "Measures rivers.", "nadia@example.org", "no"),
    )
    in_languages = frozenset({"biography"})
    beside = frozenset({"event", "account", "sessions"})

    name = forms.CharField(max_length=200, help_text=_("As it stands on the agenda; nobody of this name is there yet."))
    what_they_do = forms.CharField(max_length=200, required=False, help_text=_("One line below the name."))
    biography = forms.CharField(max_length=10_000, required=False, help_text=_("Plain text or HTML."))
    email = forms.EmailField(
        max_length=254, required=False, help_text=_("By which they sign in, and are invited. It is shown to nobody.")
    )
    invite = YesNo(
        otherwise=False,
        help_text=_("Yes or no: whether they have the role of a speaker, and are mailed their link. Empty: no."),
    )

    @classmethod
    def gather(cls, owner: Event) -> dict[str, Any]:
        accounts = owner.speakers.exclude(user=None).order_by().values_list("user__email", flat=True)
        return {"addresses": set(accounts), "banned": events.banned_addresses(owner)}

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["name"]).casefold()

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        """An agenda that is imported finds its speakers by their names."""
        return set(keys) & {name.casefold() for name in owner.speakers.order_by().values_list("name", flat=True)}

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email and email in self.known["addresses"]:
            raise forms.ValidationError(_("Another speaker has this address."))
        if email in self.known["banned"]:
            raise forms.ValidationError(PUT_OUT)
        self.known["addresses"].add(email)  # the next line may not have it, too
        return email

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("invite") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Without an address nobody can be invited."))
        return data

    def clean_biography(self) -> str:
        return self.cleaned_text("biography", self.cleaned_data["biography"])

    @classmethod
    def cleaned_text(cls, name: str, text: str) -> str:
        return values.rich(text)


class RoomForm(_Named):
    class Meta:
        model = Room
        fields = ("event", "name", "slug", "position", "description", "capacity")

    def clean_description(self) -> Any:
        return _rich(self.cleaned_data["description"])


class SpeakerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Speaker
        fields = ("event", "name", "slug", "title", "biography", "photo", "user")
        labels = {"photo": _("photo")}

    def clean(self) -> dict[str, Any]:
        """Over REST no other account can be named either; who comes by invitation is named by their address."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        event, user = data.get("event") or getattr(self.instance, "event", None), data.get("user")
        if event and user and "user" in self.changed_data and not granted_roles(user, event):
            words = _("They take no part in this event. Leave this empty, and invite them from the list of speakers.")
            self.add_error("user", words)
        return data

    def clean_biography(self) -> Any:
        return _rich(self.cleaned_data["biography"])


MOST_INVITED = 50


class InviteSpeakersForm(forms.Form):
    """The address of each speaker who has no account yet; who has one is invited by theirs."""

    def __init__(self, *args: Any, speakers: list[Speaker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speakers = speakers
        for speaker in speakers:
            if speaker.user is None:
                self.fields[f"email_{speaker.pk}"] = forms.EmailField(
                    label=_("Address of %(name)s") % {"name": speaker.name},
                    max_length=254,
                    widget=UnfoldAdminEmailInputWidget,
                )

    def addresses(self) -> list[tuple[Speaker, str]]:
        given = self.cleaned_data
        return [(speaker, given.get(f"email_{speaker.pk}", "")) for speaker in self.speakers]


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where a session stands may change on the sheet of the agenda while this form is open. So it remembers where the
    session was when the page was made, and leaves alone what nobody changed here."""

    PLACE = (("room",), ("starts_at", "ends_at"), ("state",))
    """What is changed together: of two times, both are meant."""

    class Meta:
        model = Session
        fields = (
            "event", "title", "subtitle", "slug", "starts_at", "ends_at", "room", "track", "state", "abstract",
            "description", "kind", "language", "tags", "video", "stream", "do_not_record", "recording_license", "url",
            "feedback_url", "sign_up", "capacity", "sign_up_opens_at", "sign_up_closes_at",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for names in self.PLACE if self.instance.pk else ():
            for name in self.fields.keys() & set(names):
                self.fields[name].show_hidden_initial = True

    @property
    def left_out(self) -> set[str]:
        """What whoever sent the form did not know of, as a page that was made before the field: it stays as it is."""
        asked = ((name, field.widget) for name, field in self.fields.items())
        return {name for name, widget in asked if widget.value_omitted_from_data(self.data, self.files, name)}

    @property
    def changed_fields(self) -> set[str]:
        """Those of the row that were changed here."""
        changed = set(self.changed_data) - self.left_out
        for names in self.PLACE:
            if changed & set(names):
                changed |= set(names)
        return changed & {field.name for field in self._meta.model._meta.concrete_fields}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk:
            kept = {name for names in self.PLACE for name in names} - self.changed_fields | self.left_out
            data.update({name: getattr(self.instance, name) for name in kept & data.keys()})
        opens, closes = data.get("sign_up_opens_at"), data.get("sign_up_closes_at")
        if opens and closes and closes <= opens:
            self.add_error("sign_up_closes_at", _("It closes before it opens. Check both times."))
        return data

    def clean_tags(self) -> Any:
        tags = self.cleaned_data["tags"]
        if len(tags) > services.MOST_TAGS:
            words = _("A session has up to %(most)s tags.")
            raise forms.ValidationError(words, params={"most": services.MOST_TAGS})
        return tags

    def clean_abstract(self) -> Any:
        return _rich(self.cleaned_data["abstract"])

    def clean_description(self) -> Any:
        return _rich(self.cleaned_data["description"])


class SeatForm(forms.ModelForm):  # type: ignore[type-arg]
    """Names by their address somebody who takes part in the event."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=UnfoldAdminEmailInputWidget)

    class Meta:
        model = Seat
        fields = ("session",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("email", None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        session, email = data.get("session"), str(data.get("email", "")).lower()
        if session and email:
            found = User.objects.filter(email=email, is_active=True).first()
            if found is None or not granted_roles(found, session.event):
                self.add_error("email", _("Nobody with this address takes part in the event. Invite them first."))
            data["person"] = found
        return data


class ScheduleUploadForm(forms.ModelForm):  # type: ignore[type-arg]
    """Reads the file while it is checked, so that a broken one is told of beside the field."""

    file = forms.FileField(
        label=_("Schedule file"),
        help_text=_(
            "A table (CSV or Excel), frab or pentabarf XML, pretalx or frab JSON, or iCalendar. You see what would "
            "change before it does."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )
    schedule: Schedule
    content: bytes

    class Meta:
        model = ScheduleImport
        fields = ("event",)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > adapters.MAX_BYTES:
            raise forms.ValidationError(str(adapters.too_large()))
        self.content = file.read()
        try:
            self.schedule = services.read_schedule(self.content, event=self.cleaned_data.get("event"))
        except ScheduleError as error:
            first, *more = error.problems
            message = _("This file cannot be read, and nothing was changed. %(error)s")
            said = forms.ValidationError(message, params={"error": first})
            raise forms.ValidationError([said, *more]) from error
        return file


class SpotField(forms.CharField):
    """Where a session stands or shall stand, as `Spot.written` puts it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return Spot.read(text)
        except ValueError as error:
            raise forms.ValidationError(_("Load the page again; this was not understood.")) from error


class ArrangeForm(forms.Form):
    """One move on the sheet of a day: by hand (`to`), by the form of a session, or of a new one."""

    NUMBER = 2**63 - 1
    NEEDED = {
        "move": ("session", "seen", "to"),
        "place": ("session", "seen", "room", "starts", "minutes"),
        "unplace": ("session", "seen"),
        "add": ("title", "room", "starts", "minutes"),
    }
    do = forms.ChoiceField(choices=[(name, name) for name in NEEDED])
    session = forms.IntegerField(required=False, min_value=1, max_value=NUMBER)
    seen = SpotField(required=False)
    to = SpotField(required=False)
    title = forms.CharField(required=False, max_length=300)
    room = forms.IntegerField(required=False, min_value=1, max_value=NUMBER)
    starts = forms.DateTimeField(required=False)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=LONGEST // timedelta(minutes=1))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.NEEDED.get(data.get("do", ""), ()):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is missing."))
        return data


class StagePress(forms.Form):
    """One press on a stage's control page; `seen` is the version of the stage that was looked at."""

    to = forms.ChoiceField(choices=[(name, name) for name in services.PRESSES])
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class OnStage(forms.Form):
    """Who of the green room goes on stage, or off it."""

    on = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    off = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("on")) == bool(data.get("off")):
            raise forms.ValidationError(_("Say who goes on stage, or who goes off it."))
        return data


class Backstage(forms.Form):
    """A line to those in the green room, or to one of them."""

    text = forms.CharField(max_length=BackstageLine.MOST_CHARS)
    to = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a stage shows, when its lobby opens, and what becomes of the recording."""

    class Meta:
        model = Stage
        fields: tuple[str, ...] = ("source", "external_url", "is_simulive", "loops", "lobby_minutes", "publish")
