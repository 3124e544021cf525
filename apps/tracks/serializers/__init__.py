"""Sessions, speakers, tracks and rooms as the API writes them."""

from typing import Any, Literal

import msgspec
from rest_framework import serializers

from apps.tracks.models import Room, Session, SessionLink, Speaker, Track
from apps.tracks.selectors import SignUp


class TrackSerializer(serializers.ModelSerializer[Track]):
    name = serializers.CharField(read_only=True)

    class Meta:
        model = Track
        fields = ("slug", "name", "colour", "shape", "guid")
        read_only_fields = fields


class RoomSerializer(serializers.ModelSerializer[Room]):
    name = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)

    class Meta:
        model = Room
        fields = ("slug", "name", "description", "capacity", "guid")
        read_only_fields = fields


class AgendaAddressesSerializer(serializers.Serializer[Any]):
    ics = serializers.CharField(help_text="For calendars to subscribe to.")
    json = serializers.CharField()
    xml = serializers.CharField()


class SpeakerNameSerializer(serializers.ModelSerializer[Speaker]):
    class Meta:
        model = Speaker
        fields = ("slug", "name")
        read_only_fields = fields


class SpeakerSerializer(serializers.ModelSerializer[Speaker]):
    biography = serializers.CharField(read_only=True)

    class Meta:
        model = Speaker
        fields: tuple[str, ...] = ("slug", "name", "title", "biography", "guid")
        read_only_fields: tuple[str, ...] = fields


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A session as lists show it."""

    title = serializers.CharField(read_only=True)
    subtitle = serializers.CharField(read_only=True)
    abstract = serializers.CharField(read_only=True)
    track = serializers.SlugRelatedField[Track](slug_field="slug", read_only=True)
    room = serializers.SlugRelatedField[Room](slug_field="slug", read_only=True)
    phase = serializers.ChoiceField(choices=Session.Phase.choices, read_only=True)
    speakers = SpeakerNameSerializer(source="people", many=True, read_only=True)
    tags = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Session
        fields: tuple[str, ...] = (
            "slug", "guid", "title", "subtitle", "abstract", "kind", "language", "track", "room", "starts_at",
            "ends_at", "state", "phase", "speakers", "tags", "sign_up",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class LinkSerializer(serializers.ModelSerializer[SessionLink]):
    class Meta:
        model = SessionLink
        fields = ("kind", "content", "title", "url")
        read_only_fields = fields


class SessionDetailSerializer(SessionSerializer):
    description = serializers.CharField(read_only=True)
    links = LinkSerializer(many=True, read_only=True)
    url = serializers.CharField(read_only=True, help_text="Its page elsewhere; empty where there is none.")

    class Meta(SessionSerializer.Meta):
        fields = (
            *SessionSerializer.Meta.fields, "description", "links", "do_not_record", "recording_license", "url",
        )  # fmt: skip
        read_only_fields = fields


class SpeakerDetailSerializer(SpeakerSerializer):
    sessions = SessionSerializer(many=True, read_only=True)

    class Meta(SpeakerSerializer.Meta):
        fields = (*SpeakerSerializer.Meta.fields, "sessions")
        read_only_fields = fields


class SessionQuery(serializers.Serializer[Any]):
    """What a list of sessions may be narrowed by."""

    track = serializers.SlugField(required=False, max_length=80, help_text="The slug of a track.")
    room = serializers.SlugField(required=False, max_length=80, help_text="The slug of a room.")
    speaker = serializers.SlugField(required=False, max_length=120, help_text="The slug of a speaker.")
    kind = serializers.CharField(required=False, max_length=80)
    language = serializers.CharField(required=False, max_length=20)
    tag = serializers.CharField(required=False, max_length=80)
    state = serializers.ChoiceField(
        choices=[Session.State.PLANNED.value, Session.State.CANCELLED.value], required=False
    )
    q = serializers.CharField(
        required=False, max_length=100, help_text="Words that all stand in its title, people, track, room or tags."
    )
    day = serializers.DateField(required=False, help_text="A day of the programme, in the event's time zone.")
    starts_after = serializers.DateTimeField(required=False, help_text="Then, or later.")
    starts_before = serializers.DateTimeField(required=False, help_text="Before then.")
    starred = serializers.BooleanField(required=False, help_text="Only what the caller starred.")


class SpeakerQuery(serializers.Serializer[Any]):
    """What a list of speakers may be narrowed by."""

    q = serializers.CharField(required=False, max_length=100, help_text="Words that all stand in the name or title.")


class StarAnswer(serializers.Serializer[Any]):
    starred = serializers.BooleanField()
    clashes = SessionSerializer(many=True)
    """Starred sessions that run at the same time."""


class OtherSession(msgspec.Struct, frozen=True):
    slug: str
    title: str


class SeatAnswer(msgspec.Struct, frozen=True):
    """How sign-up for a session stands, for the caller."""

    sign_up: Literal["none", "early", "open", "closed"]
    seats: int | None = None
    """None where they are not counted."""
    left: int | None = None
    waiting: int = 0
    """How many wait."""
    mine: Literal["none", "taken", "waiting"] = "none"
    number: int | None = None
    """The caller's in the row, while they wait."""
    clashes: list[OtherSession] = []
    """Sessions at the same time that they signed up for."""


SEAT = SeatAnswer("open", seats=50, left=0, waiting=3, mine="waiting", number=3)


def seat_answer(found: SignUp | None, clashes: list[Session]) -> SeatAnswer:
    if found is None:
        return SeatAnswer("none")
    return SeatAnswer(
        sign_up=found.phase,
        seats=found.seats,
        left=found.left,
        waiting=found.waiting,
        mine="taken" if found.has_seat else "waiting" if found.waits else "none",
        number=found.place or None,
        clashes=[OtherSession(other.slug, str(other.title)) for other in clashes],
    )
