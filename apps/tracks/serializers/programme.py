"""The agenda as organisers write it: rooms, tracks, speakers, sessions, and schedules that are imported."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.words import said
from apps.events.serializers.texts import Texts
from apps.tracks import services
from apps.tracks.models import Room, ScheduleImport, Session, Speaker, Tag, Track
from apps.tracks.selectors import Spot
from apps.tracks.services.looks import COLOURS, SHAPES

SMALL = 32767
NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**31 - 1}
POSITION: dict[str, Any] = {"min_value": 0, "max_value": SMALL, "required": False}


class Rich(Texts):
    """HTML, of which nothing is kept but text markup."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=services.MOST_TEXT, blank=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return services.cleaned(super().to_internal_value(data))


def own_slug(most: int) -> Any:
    return serializers.SlugField(
        max_length=most, required=False, help_text="Stands in its address; left out: made from the name."
    )


class _Named(serializers.ModelSerializer[Any]):
    def validate_name(self, value: Any) -> Any:
        model: Any = self.Meta.model
        row = self.instance or model(event=self.context["event"])
        if services.is_name_taken(row, value):
            raise serializers.ValidationError(services.NAME_TAKEN)
        return value


class DeskTrackSerializer(_Named):
    """Needs `event` in the context, as all that are written here."""

    name = Texts(max_length=200)
    slug = own_slug(80)
    position = serializers.IntegerField(**POSITION)
    colour = serializers.IntegerField(min_value=1, max_value=COLOURS, required=False, help_text="A hue of the design.")
    shape = serializers.IntegerField(min_value=1, max_value=SHAPES, required=False, help_text="Its mark.")

    class Meta:
        model = Track
        fields = ("slug", "name", "position", "colour", "shape", "guid")
        read_only_fields = ("guid",)


class DeskRoomSerializer(_Named):
    name = Texts(max_length=200)
    slug = own_slug(80)
    position = serializers.IntegerField(**POSITION)
    description = Rich()
    capacity = serializers.IntegerField(allow_null=True, required=False, **NUMBER)

    class Meta:
        model = Room
        fields = ("slug", "name", "position", "description", "capacity", "guid")
        read_only_fields = ("guid",)


class DeskSpeakerSerializer(serializers.ModelSerializer[Speaker]):
    slug = own_slug(120)
    biography = Rich()
    person = serializers.IntegerField(
        source="user_id",
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        required=False,
        help_text="Whose account it is: somebody of the event. Null: of nobody.",
    )
    photo = serializers.CharField(
        source="photo.key", max_length=80, allow_null=True, required=False, default=None, help_text="An image's key."
    )

    class Meta:
        model = Speaker
        fields = ("slug", "name", "title", "biography", "person", "photo", "guid")
        read_only_fields = ("guid",)


class DeskTagSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ("id", "name")


class SpeakerInvitationIn(serializers.Serializer[Any]):
    email = serializers.EmailField(
        max_length=254,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed where the speaker has no account here; else it goes to the account's.",
    )


class PeopleField(serializers.ListField):
    """By the addresses of rows, in their order."""

    def to_representation(self, data: Any) -> list[str]:
        return [speaker.slug for speaker in data]


class TagsField(serializers.ListField):
    def to_representation(self, data: Any) -> list[str]:
        return [tag.name for tag in data.all()]


class DeskSessionSerializer(serializers.ModelSerializer[Session]):
    title = Texts(max_length=300)
    subtitle = Texts(max_length=300, blank=True, required=False)
    slug = own_slug(120)
    abstract = Rich()
    description = Rich()
    room = serializers.SlugField(source="room.slug", max_length=80, help_text="The slug of a room.")
    track = serializers.SlugField(
        source="track.slug", max_length=80, allow_null=True, required=False, default=None, help_text="Of a track."
    )
    video = serializers.CharField(
        source="video.key", max_length=80, allow_null=True, required=False, default=None, help_text="A film's key."
    )
    speakers = PeopleField(
        child=serializers.SlugField(max_length=120),
        source="people",
        max_length=services.MOST_PEOPLE,
        required=False,
        help_text="Slugs of speakers, in their order.",
    )
    tags = TagsField(
        child=serializers.CharField(max_length=80), max_length=services.MOST_TAGS, required=False, help_text="By name."
    )
    capacity = serializers.IntegerField(
        allow_null=True, required=False, help_text="Seats, where people sign up. Null: not counted.", **NUMBER
    )
    spot = serializers.SerializerMethodField(help_text="Where it stands: to be sent along as `seen` by who moves it.")
    seen = serializers.CharField(
        write_only=True,
        required=False,
        max_length=80,
        help_text="The `spot` that you saw. Where it stands elsewhere by now, it is not moved.",
    )

    class Meta:
        model = Session
        fields: tuple[str, ...] = (
            *("slug", "guid", "title", "subtitle", "starts_at", "ends_at", "room", "track", "state", "speakers"),
            *("kind", "language", "tags", "abstract", "description", "video", "recording_offset", "do_not_record"),
            *("recording_license", "url", "feedback_url", "sign_up", "capacity", "sign_up_opens_at"),
            *("sign_up_closes_at", "spot", "seen"),
        )
        read_only_fields: tuple[str, ...] = ("guid",)

    def get_spot(self, session: Session) -> str:
        return Spot(session.room_id, session.starts_at, session.ends_at, session.state).written()

    def validate_seen(self, value: str) -> Spot:
        try:
            return Spot.read(value)
        except ValueError as error:
            raise serializers.ValidationError(_("Load the session again; this was not understood.")) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = ("sign_up_opens_at", "sign_up_closes_at")
        opens, closes = (attrs.get(name, getattr(self.instance, name, None)) for name in names)
        if opens and closes and closes <= opens:
            raise serializers.ValidationError(
                {"sign_up_closes_at": [_("It closes before it opens. Check both times.")]}
            )
        return attrs


class WrittenSessionSerializer(DeskSessionSerializer):
    """The answer to whoever wrote one. Needs `clashes` in the context."""

    clashes = serializers.SerializerMethodField(help_text="What cannot both be, in words. It is told, and allowed.")

    class Meta(DeskSessionSerializer.Meta):
        fields = (*DeskSessionSerializer.Meta.fields, "clashes")
        read_only_fields = ("guid",)

    def get_clashes(self, _session: Session) -> list[str]:
        return [str(clash) for clash in self.context.get("clashes", ())]


class DeskSessionQuery(serializers.Serializer[Any]):
    """What the organisers' list may be narrowed by."""

    state = serializers.ChoiceField(choices=Session.State.choices, required=False)
    room = serializers.SlugField(max_length=80, required=False, help_text="The slug of a room.")
    track = serializers.SlugField(max_length=80, required=False, help_text="The slug of a track.")
    starts_after = serializers.DateTimeField(required=False, help_text="Then, or later.")
    starts_before = serializers.DateTimeField(required=False, help_text="Before then.")


class ImportSerializer(serializers.ModelSerializer[ScheduleImport]):
    """A file that was read; without what it would change."""

    by = serializers.CharField(source="by.email", read_only=True, default="")
    counts = serializers.SerializerMethodField(help_text="How much of what stands in the file, and would change.")

    class Meta:
        model = ScheduleImport
        fields: tuple[str, ...] = ("id", "file_name", "by", "created_at", "applied_at", "counts")
        read_only_fields: tuple[str, ...] = fields

    def get_counts(self, row: ScheduleImport) -> dict[str, int]:
        changes = {name: len(row.report.get(name, ())) for name in (*services.Report.LISTS, "warnings")}
        return {**row.report.get("counts", {}), **changes}


class KeptWords(serializers.CharField):
    """What an import kept, in the language of whoever asks."""

    def to_representation(self, value: Any) -> str:
        return said(value)


class EditSerializer(serializers.Serializer[Any]):
    field = KeptWords()
    before = KeptWords()
    after = KeptWords()


class EntrySerializer(serializers.Serializer[Any]):
    what = serializers.CharField(help_text="session, speaker, room or track.")
    name = serializers.CharField()
    place = KeptWords(help_text="Where the file names it.")
    edits = EditSerializer(many=True)


class RemarkSerializer(serializers.Serializer[Any]):
    message = KeptWords()
    place = KeptWords()


class ReportSerializer(serializers.Serializer[Any]):
    """`report` of a schedule import, the first of each list."""

    added = EntrySerializer(many=True)
    changed = EntrySerializer(many=True)
    moved = EntrySerializer(many=True)
    removed = EntrySerializer(many=True)
    kept = EntrySerializer(many=True, help_text="Edited here, and kept.")
    warnings = RemarkSerializer(many=True)


MOST_ENTRIES = 500
"""Of each list of a report; `counts` says how many there are."""


class ImportDetailSerializer(ImportSerializer):
    report = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "report")
        read_only_fields = fields

    def get_report(self, row: ScheduleImport) -> ReportSerializer:
        lists = {name: row.report.get(name, [])[:MOST_ENTRIES] for name in (*services.Report.LISTS, "warnings")}
        shown: Any = ReportSerializer(lists).data
        return shown  # type: ignore[no-any-return]


class ImportIn(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=200, help_text="A table (CSV, XLSX), frab or pentabarf XML, pretalx or frab JSON, or iCalendar."
    )


ROOM = {
    "slug": "hall", "name": {"en": "Great hall"}, "position": 0, "description": {}, "capacity": 400,
    "guid": "6f0c2e1a-8a0e-4f5c-9a50-0d6d2a9a7b11",
}  # fmt: skip
TRACK = {"slug": "rivers", "name": {"en": "Rivers"}, "position": 0, "colour": 3, "shape": 2, "guid": ROOM["guid"]}
TAG = {"id": 4, "name": "Beginners"}
SPEAKER = {
    "slug": "amara-lindqvist", "name": "Amara Lindqvist", "title": "Hydrologist", "biography": {}, "person": 31,
    "photo": None, "guid": ROOM["guid"],
}  # fmt: skip
SESSION = {
    "slug": "reading-a-river", "guid": ROOM["guid"], "title": {"en": "Reading a river"}, "subtitle": {},
    "starts_at": "2026-05-04T09:00:00Z", "ends_at": "2026-05-04T10:00:00Z", "room": "hall", "track": "rivers",
    "state": "planned", "speakers": ["amara-lindqvist"], "kind": "Talk", "language": "en", "tags": ["water"],
    "abstract": {"en": "<p>What the surface tells.</p>"}, "description": {}, "video": None, "recording_offset": 0,
    "do_not_record": False, "recording_license": "", "url": "", "feedback_url": "", "sign_up": False,
    "capacity": None, "sign_up_opens_at": None, "sign_up_closes_at": None,
    "spot": "4.1777885200000000.1777888800000000.planned", "clashes": [],
}  # fmt: skip
IMPORTED = {
    "id": 3, "file_name": "schedule.xml", "by": "ines@lakeside.example", "created_at": "2026-04-02T08:11:00Z",
    "applied_at": None,
    "counts": {
        "sessions": 120, "speakers": 98, "rooms": 6, "tracks": 9, "added": 1, "changed": 0, "moved": 0, "removed": 0,
        "kept": 0, "warnings": 0,
    },
    "report": {
        "added": [{"what": "session", "name": "Reading a river", "place": "line 40", "edits": []}],
        "changed": [], "moved": [], "removed": [], "kept": [], "warnings": [],
    },
}  # fmt: skip
