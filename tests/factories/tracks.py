"""The agenda."""

from datetime import timedelta

import factory

from apps.core import clock
from apps.tracks.models import (
    Attendance,
    Opening,
    Room,
    ScheduleImport,
    Seat,
    Session,
    SessionLink,
    SessionSpeaker,
    Speaker,
    Stage,
    Star,
    Tag,
    Track,
)
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory


class TrackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Track

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Rivers {n}")
    slug = factory.Sequence(lambda n: f"rivers-{n}")


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Main stage {n}")
    slug = factory.Sequence(lambda n: f"main-stage-{n}")


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"floods {n}")


class SpeakerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Speaker

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Amara Lindqvist {n}")
    slug = factory.Sequence(lambda n: f"amara-lindqvist-{n}")


class SessionFactory(factory.django.DjangoModelFactory):
    """A session that is running; its room is of the same event. `is_over`: its film is the recording."""

    class Meta:
        model = Session

    class Params:
        is_over = factory.Trait(starts_at=factory.LazyFunction(lambda: clock.now() - timedelta(hours=2)))

    event = factory.SubFactory(EventFactory)
    room = factory.SubFactory(RoomFactory, event=factory.SelfAttribute("..event"))
    title = factory.Sequence(lambda n: f"High water, low water {n}")
    slug = factory.Sequence(lambda n: f"high-water-{n}")
    starts_at = factory.LazyFunction(lambda: clock.now() - timedelta(minutes=10))
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(minutes=50))


class SessionSpeakerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SessionSpeaker

    session = factory.SubFactory(SessionFactory)
    speaker = factory.SubFactory(SpeakerFactory, event=factory.SelfAttribute("..session.event"))


class SessionLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SessionLink

    session = factory.SubFactory(SessionFactory)
    title = "Gauges of four rivers"
    url = "https://example.org/gauges"


class StageFactory(factory.django.DjangoModelFactory):
    """Moved by the schedule; plays the session's film as live."""

    class Meta:
        model = Stage

    session = factory.SubFactory(SessionFactory)


class StarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Star

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(UserFactory)


class SeatFactory(factory.django.DjangoModelFactory):
    """A seat that is taken, in a session that people sign up for."""

    class Meta:
        model = Seat

    session = factory.SubFactory(SessionFactory, sign_up=True)
    user = factory.SubFactory(UserFactory)


class OpeningFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Opening


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(UserFactory)
    first_at = factory.LazyFunction(clock.now)
    last_at = factory.LazyFunction(clock.now)


class ScheduleImportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScheduleImport

    event = factory.SubFactory(EventFactory)
    file_name = "schedule.xml"
    content = b"<schedule/>"
