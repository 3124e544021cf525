"""The event in which states are staged: its sessions, its people, its files, and its words in every language."""

import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from i18nfield.strings import LazyI18nString
from PIL import Image

from tests.screens.shots import DEMO, PEOPLE, Shot

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.events.models import Event
    from apps.media.models import Asset
    from apps.tracks.models import Session

SLUG = "every-state"
DRAFT, PRIVATE = "every-state-draft", "every-state-private"
"""Of events aside, that are not open to all as that one is."""
CROWD = 40
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
"""No line is long enough for it; German words of half its length are nothing unusual."""
FIELDS = ("quiz", "poll", "slug", "key", "number", "position")
ROLES = {"moderator": "moderator", "speaker": "speaker"}


WRITTEN = tomllib.loads((Path(__file__).parent / "words.toml").read_text().replace("~", LONG))
"""What is asked and offered, in each language; the word that is too long for its line is a tilde there."""


def words(row: Mapping[str, Any]) -> LazyI18nString:
    return LazyI18nString({language: row[language] for language in ("en", "de", "ar")})


@dataclass
class Scene:
    """What the rooms stage their states with."""

    event: "Event"
    session: "Session"
    empty: "Session"
    """A second session, where nobody has asked or voted yet."""
    reader: "User"
    """The attendee who looks."""
    speaker: "User"
    crowd: list["User"]
    pictures: list["Asset"] = field(default_factory=list)
    clip: "Asset | None" = None

    def shot(self, route: str, person: str = "attendee", *, at: str = "", **more: Any) -> Shot:
        """A page of this event; `at` is what its address ends with. Arguments of the route by their names."""
        fields = {name: more.pop(name) for name in FIELDS if name in more}
        return Shot(reverse(route, kwargs={"event": SLUG, **fields}) + at, person, **more)


def set_up() -> Scene | None:
    """None where the demo is not there, whose people and organisation it takes."""
    from apps.accounts.models import User
    from apps.events.models import Event
    from apps.tracks.models import Session

    take_down()
    demo = Event.objects.filter(slug=DEMO).select_related("organisation").first()
    known = {name: User.objects.filter(email=email).first() for name, email in PEOPLE.items()}
    if demo is None or not all(known.values()):
        return None
    with transaction.atomic(), translation.override("en"):
        event = _event(demo, known)
        of_demo = Session.objects.filter(event=demo, video__isnull=False).select_related("video").first()
        clip = clip_of(event, of_demo.video) if of_demo else None
        session, empty = (_session(event, number, clip, known["speaker"]) for number in (1, 2))
    crowd = User.objects.filter(registrations__event=demo).exclude(pk__in=[one.pk for one in known.values()])
    return Scene(
        event, session, empty, known["attendee"], known["speaker"], list(crowd.order_by("pk")[:CROWD]),
        [_picture(event, colour) for colour in ("#2c6e63", "#c9772f", "#3c5a99", "#8d3b4a")], clip,
    )  # fmt: skip


def take_down() -> None:
    """Also what a run that was broken off has left."""
    from apps.events.models import Event, Organisation

    Organisation.objects.filter(slug=SLUG).delete()  # of those who sign in by a service of their own
    Event.objects.filter(slug__in=(DRAFT, PRIVATE)).delete()
    event = Event.objects.filter(slug=SLUG).first()
    if event is None:
        return
    for asset in event.assets.all():
        asset.delete()
    with transaction.atomic():
        event.sessions.all().delete()
        event.delete()


def _event(demo: "Event", known: dict[str, "User"]) -> "Event":
    from apps.core import clock
    from apps.events.models import Event, EventRole, Registration

    event = Event.objects.create(
        organisation=demo.organisation,
        slug=SLUG,
        name=words(WRITTEN["said"]["event"]),
        state=Event.State.LIVE,
        visibility=Event.Visibility.UNLISTED,
        starts_at=clock.now() - timedelta(hours=2),
        ends_at=clock.now() + timedelta(days=1),
        **{name: getattr(demo, name) for name in ("time_zone", "brand", "accent", "published_at")},
    )
    Registration.objects.create(event=event, user=known["attendee"])
    for name, role in ROLES.items():
        EventRole.objects.create(event=event, user=known[name], role=role)
    return event


def _session(event: "Event", number: int, clip: "Asset | None", speaker: "User") -> "Session":
    from apps.core import clock
    from apps.tracks.models import Room, Session, SessionSpeaker, Speaker

    room = Room.objects.create(event=event, name=f"The Weir {number}", slug=f"weir-{number}")
    session = Session.objects.create(
        event=event,
        room=room,
        slug=f"of-rivers-{number}",
        title=words(WRITTEN["said"]["session"]),
        video=clip,
        starts_at=clock.now() - timedelta(minutes=12),
        ends_at=clock.now() + timedelta(minutes=48),
    )
    name, slug = speaker.name, f"speaker-{number}"
    SessionSpeaker.objects.create(
        session=session, speaker=Speaker.objects.create(event=event, user=speaker, name=name, slug=slug)
    )
    return session


def _picture(event: "Event", colour: str) -> "Asset":
    from apps.media import services as media

    drawn = io.BytesIO()
    Image.new("RGB", (960, 720), colour).save(drawn, "PNG")
    return media.ingest_file(event, drawn.getvalue(), title="A field", wait=True)


def clip_of(event: "Event", film: "Asset") -> "Asset":
    """The film once more: the same ladder, which goes with the last asset that shows it."""
    from apps.media.models import Asset

    kept = ("kind", "title", "state", "original", "content_type", "width", "height", "seconds", "encoding_id")
    return Asset.objects.create(event=event, **{name: getattr(film, name) for name in kept})
