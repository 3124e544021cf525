"""A machine that writes along: a real live ladder, and a whisper of the same interface that tells what it was given."""

import shutil
import subprocess
import wave
from datetime import timedelta
from types import SimpleNamespace

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import ffmpeg, speech
from apps.media.adapters.ingest import ladder
from apps.media.adapters.speech import whisper
from apps.media.models import Hearing, Line
from apps.media.registry import store
from apps.media.services import hearing as ears
from apps.tracks import services as tracks
from apps.tracks.models import Stage
from tests.factories.tracks import SessionFactory
from tests.media.conftest import FAST, make, picture, tone

pytestmark = pytest.mark.django_db
RUNGS = [{"name": "180p", "width": 320, "height": 180, "fps": 10.0, "kbps": 400, "codecs": "avc1.4d401f,mp4a.40.2"}]


@pytest.fixture(scope="session")
def aired(films):
    """Twenty-four seconds as an ingest makes them of what an encoder sends."""
    source, folder = make(films / "aired.flv", *picture("320x180", "10", 24), *tone(24), *FAST), films / "aired"
    folder.mkdir()
    command = [ffmpeg.binary(), "-loglevel", "error", *ladder.arguments(RUNGS, has_sound=True)]
    with source.open("rb") as film:
        subprocess.run(command, stdin=film, cwd=folder, check=True, timeout=60)
    return folder


class Whisper:
    """Gives the next of what it was told to hear; keeps how many seconds it was given."""

    def __init__(self):
        self.hears, self.given = [], []

    def transcribe(self, path, **_how):
        with wave.open(path) as file:
            self.given.append(round(file.getnframes() / file.getframerate(), 1))
        said = self.hears.pop(0) if self.hears else ()
        return (SimpleNamespace(start=start, end=end, text=text) for start, end, text in said), None


@pytest.fixture
def machine(monkeypatch):
    found = Whisper()
    monkeypatch.setattr(speech, "engine", lambda: "whisper")
    monkeypatch.setattr(whisper.transcribe, "__kwdefaults__", {"load": lambda _path: found})
    return found


@pytest.fixture
def session(event, disk, sent):
    found = SessionFactory(event=event, starts_at=clock.now() - timedelta(seconds=30))
    tracks.set_stage(found, {"source": "stream"})
    found.refresh_from_db()
    tracks.move_stage(found, to=Stage.State.LIVE)
    return found


@pytest.fixture
def key(session):
    return f"session/{session.pk}"


class Encoder:
    """Brings two seconds after two seconds, from twenty seconds ago on."""

    def __init__(self, stream, aired):
        self.stream, self.aired = stream, aired
        self.publisher = services.admit(selectors.secret_of(stream.keys.get(input="primary")))
        services.renew(self.publisher, health={}, comes=True, steady=0.0)
        self.began_at = clock.now() - timedelta(seconds=20)
        self.anew()

    def anew(self):
        self.take = services.begin_take(self.publisher, rungs=RUNGS, began_at=self.began_at)
        self.file = 0
        shutil.copytree(self.aired, store().root / self.take.folder)

    def brings(self, count):
        for _one in range(count):
            services.add_segment(
                self.publisher, self.take, file=self.file, at=self.began_at, seconds=2.0, sizes={"180p": 9}
            )
            self.file, self.began_at = self.file + 1, self.began_at + timedelta(seconds=2)


@pytest.fixture
def encoder(session, aired):
    return Encoder(session.stream, aired)


@pytest.fixture
def heard(event, key, machine):
    """The row of a machine that was begun before the first picture."""
    with clock.at(clock.now() - timedelta(seconds=25)):
        return services.begin_hearing(event, stage_key=key, language="en")


def said(event, key):
    return [(line["text"], bool(line["id"])) for line in selectors.captions(event.pk, key, "en")["lines"]]


def test_what_is_being_said_becomes_a_line_when_it_no_longer_changes(event, session, key, heard, machine, encoder):
    encoder.brings(3)
    machine.hears = [[(0.5, 2.0, "Eleven mayors."), (4.0, 5.8, "and a lemon")]]
    assert services.hear_next()
    assert said(event, key) == [("Eleven mayors.", True), ("and a lemon", False)]
    line, begins = Line.objects.get(), encoder.began_at - timedelta(seconds=6) - session.starts_at
    assert line.begins == pytest.approx(begins.total_seconds() * 1000 + 500, abs=2)
    assert not services.hear_next()  # nothing has come since

    encoder.brings(1)
    machine.hears = [[(1.9, 3.6, "And eleven maps.")]]
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert services.hear_next()
    assert said(event, key) == [("Eleven mayors.", True), ("And eleven maps.", True)]
    assert machine.given == pytest.approx([6.0, 6.0], abs=0.2)  # the second time from the end of the first line on


def test_another_take_settles_what_came_before(event, key, heard, machine, encoder):
    encoder.brings(1)
    encoder.anew()
    encoder.brings(1)
    machine.hears = [[(0.2, 1.9, "It breaks off.")], [(0.2, 1.9, "It goes on.")]]
    assert services.hear_next() and services.hear_next()
    assert said(event, key) == [("It breaks off.", True), ("It goes on.", False)]


def test_so_much_is_heard_at_once_and_silence_is_left_behind(heard, machine, encoder):
    encoder.brings(4)
    assert services.hear_next()
    encoder.brings(4)
    machine.hears = [[(0.1, 10.5, "A sentence that finds no end, and")]]
    assert services.hear_next()
    assert machine.given[1] == pytest.approx(11.0, abs=0.3)  # eight seconds of silence are not heard again
    encoder.brings(2)
    machine.hears = [[(0.1, 14.9, "A sentence that finds no end, and goes on.")]]
    assert services.hear_next()
    assert Line.objects.count() == 0
    encoder.brings(1)
    machine.hears = [[(0.1, 16.9, "A sentence that finds no end, and goes on and on.")]]
    assert services.hear_next()
    assert Line.objects.get().text.endswith("on and on.")


def test_who_cannot_keep_up_goes_on_with_what_is_said_now(heard, machine, encoder):
    Hearing.objects.update(heard_until=encoder.began_at - timedelta(minutes=2))
    encoder.brings(3)
    assert services.hear_next()
    assert machine.given == pytest.approx([2.0], abs=0.2)


def test_nothing_is_heard_unless_the_stage_is_live(event, session, key, heard, machine, encoder):
    encoder.brings(2)
    tracks.move_stage(session, to=Stage.State.INTERMISSION)
    assert not services.hear_next()
    tracks.move_stage(session, to=Stage.State.LIVE)
    with clock.at(clock.now() + timedelta(seconds=5)):
        assert not services.hear_next()  # what came meanwhile is not made good
        encoder.began_at = clock.now()
        encoder.brings(1)
    with clock.at(clock.now() + timedelta(seconds=6)):
        assert services.hear_next()
    assert machine.given == pytest.approx([2.0], abs=0.2)


def test_the_end_of_the_stream_is_said_and_ends_it(event, key, heard, machine, encoder):
    encoder.brings(2)
    services.end_stream(encoder.stream)
    machine.hears = [[(0.5, 3.9, "Thank you all.")]]
    assert services.hear_next()
    assert said(event, key) == [("Thank you all.", True)]
    assert not services.hear_next()
    assert not Hearing.objects.exists()


def test_a_killed_process_is_followed_and_says_nothing_any_more(event, key, heard, machine, encoder):
    encoder.brings(2)
    dead = ears._claim()
    assert ears._claim() is None
    Hearing.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    machine.hears = [[(0.5, 1.5, "Once.")]]
    assert services.hear_next()
    with pytest.raises(ears.LeaseLost):
        ears._renew(dead)
    assert said(event, key) == [("Once.", True)]


def test_who_is_stopped_while_it_listens_says_nothing(event, key, heard, machine, encoder):
    encoder.brings(2)
    machine.transcribe = lambda path, **_how: (Hearing.objects.all().delete() and iter([HEARD]), None)
    assert not services.hear_next()
    assert said(event, key) == []


HEARD = SimpleNamespace(start=0.5, end=1.5, text="Too late.")


def test_what_fails_is_tried_again_and_then_given_up(heard, machine, encoder, monkeypatch):
    encoder.brings(1)
    shutil.rmtree(store().root / encoder.take.folder)
    assert not services.hear_next()
    assert Hearing.objects.get().look_at > clock.now()
    Hearing.objects.update(failures=ears.MOST_FAILURES - 1, look_at=clock.now())
    assert not services.hear_next()
    assert not Hearing.objects.exists()


def test_no_machine_no_stream_and_no_stage_are_said(event, other_event, session, key, machine, monkeypatch):
    talk = SessionFactory(event=event)
    for wrong, stage_key, code in (
        (event, f"session/{talk.pk}", "captions.no_stream"),
        (other_event, key, "captions.no_stage"),
    ):
        with pytest.raises(Refused) as caught:
            services.begin_hearing(wrong, stage_key=stage_key, language="en")
        assert caught.value.code == code
    monkeypatch.setattr(speech, "engine", lambda: "amazon")
    with pytest.raises(Refused) as caught:
        services.begin_hearing(event, stage_key=key, language="en")
    assert caught.value.code == "words.no_machine"


def test_captioner_lets_a_machine_write_along_and_stops_it(event, session, moderator, attendee, enter, machine):
    address = f"/e/freshet/captions/session/{session.pk}/?language=en"
    assert "Let a machine write along" in enter(moderator).get(address).content.decode()
    enter(moderator).post(address, {"language": "en", "do": "hear"})
    assert Hearing.objects.get().language == "en"
    assert "Stop the machine" in enter(moderator).get(address).content.decode()
    enter(moderator).post(address, {"language": "en", "do": "hush"})
    assert not Hearing.objects.exists()
    assert enter(attendee).post(address, {"language": "en", "do": "hear"}).status_code in (403, 404)
    assert not Hearing.objects.exists()


def test_moderator_does_so_by_call(session, moderator, attendee, enter, machine):
    address = f"/api/v1/events/freshet/desk/captions/session/{session.pk}/machine/"

    def call(person, **wish):
        return enter(person).post(address, wish, content_type="application/json").status_code

    assert call(attendee, hears=True) == 403
    assert call(moderator, hears=True) == 204
    assert Hearing.objects.get().language == "en"
    assert call(moderator, hears=False) == 204
    assert not Hearing.objects.exists()


def test_stage_that_is_deleted_is_heard_no_more(heard, key):
    services.drop_captions([key])
    assert not Hearing.objects.exists()


def test_stage_that_went_unseen_is_heard_no_more(heard, session):
    session.delete()
    assert not services.hear_next()
    assert not Hearing.objects.exists()
