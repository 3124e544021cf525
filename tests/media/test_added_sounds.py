"""Sounds that were recorded apart and added to a film: the rules, and the work of a worker."""

import subprocess
from array import array

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import added_sound, ffmpeg
from apps.media.models import AddedSound, Asset, Encoding, Leftover
from apps.media.services import added_sounds, leases, replacing
from tests.factories.events import EventFactory
from tests.factories.media import AddedSoundFactory, EncodingFactory, VideoFactory
from tests.hls import boxes
from tests.media import renditions
from tests.media.conftest import FAST, make, picture, tone

pytestmark = pytest.mark.django_db
FILM_SECONDS, SOUND_SECONDS = 6, 3


@pytest.fixture(scope="session")
def silent(films):
    return make(films / "added-silent.mp4", *picture("320x180", "10", FILM_SECONDS), *FAST)


@pytest.fixture(scope="session")
def spoken(films):
    return make(films / "added-spoken.mp3", *tone(SOUND_SECONDS))


@pytest.fixture
def film(disk, playable, silent):
    return playable(silent)


@pytest.fixture
def interpreter(disk, playable, spoken):
    return playable(spoken, title="Booth two")


def film_like(event, **more):
    encoding = EncodingFactory(organisation=event.organisation, seconds=60.0, **more)
    return VideoFactory(event=event, state="ready", encoding=encoding, seconds=60.0)


def sound_like(event, **more):
    encoding = EncodingFactory(organisation=event.organisation, seconds=3.0)
    return VideoFactory(**{"event": event, "state": "ready", "kind": "audio", "encoding": encoding, **more})


def add(film, sound, **more):
    return services.add_sound(film, sound, **{"language": "de", "role": "interpreted", **more})


def made(film, sound, **more):
    row = add(film, sound, **more)
    assert services.run_added_sound(row.pk)
    row.refresh_from_db()
    return row


def refused(film, sound, **more):
    with pytest.raises(Refused) as caught:
        add(film, sound, **more)
    return caught.value.code


def heard(encoding, disk):
    """Of each half second of a rendition of sound, whether anything is heard in it."""
    whole = renditions.joined(disk / encoding.folder / encoding.sounds[0]["name"])
    plain = ("-f", "s16le", "-ac", "1", "-ar", "8000", "-")
    raw = subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-i", str(whole), *plain], capture_output=True, check=True, timeout=60
    ).stdout
    samples = array("h", raw)
    halves = (samples[at + 800 : at + 3200] for at in range(0, len(samples) - 3200, 4000))  # AAC rings at its edges
    return "".join("x" if max(half) > 1000 else "." for half in halves)


# The rules --------------------------------------------------------------------------------------------------------
def test_a_sound_is_added_and_a_worker_told(event, sent, django_capture_on_commit_callbacks):
    film, sound = film_like(event), sound_like(event)
    with django_capture_on_commit_callbacks(execute=True):
        row = add(film, sound, title="  Booth   two ", begins=-1.5)
    assert (row.state, row.title, row.begins) == ("waiting", "Booth two", -1.5)
    assert sent == [("media.add_sound", (row.pk,))]


@pytest.mark.parametrize(
    ("film", "sound", "more", "code"),
    [
        ({}, {}, {"language": "tlh-x"}, "transcript.language"),
        ({}, {}, {"begins": 60.0}, "sounds.beyond"),
        ({}, {}, {"begins": -3.0}, "sounds.beyond"),
        ({}, {}, {"begins": float("nan")}, "sounds.beyond"),
        ({"recipe": "live-1"}, {}, {}, "sounds.recording"),
        ({}, {"kind": "video"}, {}, "sounds.no-sound"),
        ({}, {"state": "processing"}, {}, "sounds.no-sound"),
        ({}, {"deleted_at": clock.now()}, {}, "sounds.no-sound"),
    ],
)
def test_what_does_not_go_together_is_refused(event, film, sound, more, code):
    assert refused(film_like(event, **film), sound_like(event, **sound), **more) == code
    assert not AddedSound.objects.exists()


def test_another_events_sound_and_what_is_no_film_are_refused(event):
    assert refused(film_like(event), sound_like(EventFactory(organisation=event.organisation))) == "sounds.no-sound"
    assert refused(sound_like(event), sound_like(event)) == "sounds.no-film"


def test_the_same_is_added_once_and_no_more_than_a_file_may_hold(event, sent):
    film, sound = film_like(event), sound_like(event)
    add(film, sound)
    assert refused(film, sound, language="fr") == "sounds.twice"
    for _number in range(AddedSound.MOST - 1):
        add(film, sound_like(event))
    assert refused(film, sound_like(event)) == "sounds.too_many"


def test_sounds_to_add_are_those_of_the_event_that_are_ready(event, sent):
    film, sound, other = film_like(event), sound_like(event), sound_like(event)
    sound_like(event, state="processing")
    sound_like(event, deleted_at=clock.now())
    sound_like(EventFactory(organisation=event.organisation))
    add(film, other)
    assert list(selectors.sounds_to_add(film)) == [sound]


# The work ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("begins", "found"),
    [(0.0, "xxxxxx......"), (1.5, "...xxxxxx..."), (-2.0, "xx.........."), (4.5, ".........xxx")],
)
def test_it_is_as_long_as_the_film_and_begins_where_it_was_said(film, interpreter, disk, begins, found):
    row = made(film, interpreter, begins=begins)
    assert heard(row.rendition, disk) == found
    assert (row.state, row.progress, row.made_for) == ("done", 100, film.encoding)
    assert not Leftover.objects.filter(folder=row.rendition.folder).exists()


def test_it_has_the_loudness_of_a_films_own_sound(film, interpreter, disk):
    row = made(film, interpreter)
    inside, found = interpreter.encoding.sounds[0], row.rendition.sounds[0]
    assert found["codecs"] == inside["codecs"]
    assert found["average"] > 0
    whole = renditions.joined(disk / row.rendition.folder / "sound")
    told = ffmpeg.run(
        ["-i", str(whole), "-af", "atrim=end=2.5,ebur128=peak=true", "-f", "null", "-"], timeout=60, is_told=True
    )
    assert float(told.rpartition("I:")[2].split()[0]) == pytest.approx(-16, abs=1)


def test_it_is_listed_when_it_is_whole_and_goes_when_it_is_taken_away(film, interpreter):
    row = add(film, interpreter)
    assert row.name not in selectors.master_playlist(film, film.encoding)
    assert selectors.playlist_of(film, row.name) is None
    services.run_added_sound(row.pk)
    assert 'NAME="Deutsch",LANGUAGE="de",DEFAULT=YES' in selectors.master_playlist(film, film.encoding)
    row.refresh_from_db()
    assert row.rendition.folder in selectors.playlist_of(film, row.name)

    services.remove_sound(row)
    assert row.name not in selectors.master_playlist(film, film.encoding)
    assert selectors.playlist_of(film, row.name) is None
    assert not Encoding.objects.filter(pk=row.rendition_id).exists()
    assert Leftover.objects.filter(folder=row.rendition.folder).exists()
    assert Asset.objects.filter(pk=interpreter.pk).exists()


def test_it_is_not_heard_while_it_lies_in_the_trash_and_comes_back(event, film, interpreter):
    row = made(film, interpreter)
    assert selectors.usages(interpreter) == [("Added sound", film.title)]
    assert selectors.usage_counts([interpreter])[interpreter.pk] == {"added sound": 1}
    services.trash_assets(event, [interpreter.key])
    assert row.name not in selectors.master_playlist(film, film.encoding)
    services.restore_assets(event, [interpreter.key])
    assert row.name in selectors.master_playlist(film, film.encoding)
    services.trash_assets(event, [interpreter.key])
    services.delete_trashed(event, [interpreter.key])
    assert not AddedSound.objects.exists()
    assert not Encoding.objects.filter(pk=row.rendition_id).exists()


def test_other_bytes_are_made_anew_and_what_was_made_for_others_is_not_listed(
    film, interpreter, sent, small_film, event, django_capture_on_commit_callbacks
):
    row = made(film, interpreter)
    before = row.rendition
    with django_capture_on_commit_callbacks(execute=True):
        new = services.ingest_file(event, small_film, title="Longer", wait=True)
        Asset.every.filter(pk=new.pk).update(replaces=film)
        replacing.settle(new.pk)
    film.refresh_from_db()
    assert ("media.add_sound", (row.pk,)) in sent
    assert row.name not in selectors.master_playlist(film, film.encoding)
    assert services.run_added_sound(row.pk)
    row.refresh_from_db()
    assert row.made_for == film.encoding
    assert row.name in selectors.master_playlist(film, film.encoding)
    assert not Encoding.objects.filter(pk=before.pk).exists()


def test_a_part_of_the_film_takes_it_along_on_its_own_clock(small_film, playable, interpreter, disk, sent):
    film = playable(small_film)
    made(film, interpreter, begins=7.0)
    part = services.cut_asset(film, begins=5, ends=12, title="Maps")
    early = services.cut_asset(film, begins=0, ends=4, title="Mayors")
    row = part.added_sounds.get()
    assert (row.begins, row.language, row.role) == (pytest.approx(3.0, abs=0.05), "de", "interpreted")
    assert not early.added_sounds.exists()
    assert services.run_added_sound(row.pk)
    row.refresh_from_db()
    assert heard(row.rendition, disk).strip(".") == "x" * 6
    init, first, *_rest = renditions.files_of(disk / row.rendition.folder / "sound")
    assert boxes.fragment(first, boxes.track(init)).begins == pytest.approx(4, abs=0.05)


def test_the_same_is_not_made_twice(film, interpreter, event, monkeypatch):
    row = made(film, interpreter)
    copy = VideoFactory(event=event, state="ready", encoding=film.encoding, seconds=film.seconds)
    monkeypatch.setattr(added_sound, "make", None)
    assert made(copy, interpreter).rendition == row.rendition
    services.remove_sound(row)
    assert Encoding.objects.filter(pk=row.rendition_id).exists()


# What goes wrong --------------------------------------------------------------------------------------------------
def test_a_killed_workers_sound_is_taken_up_again_and_the_dead_one_lists_nothing(film, interpreter, sent):
    row = add(film, interpreter)
    dead = added_sounds._claim(row.pk)
    assert added_sounds._claim(row.pk) is None
    AddedSound.objects.update(leased_until=clock.now() - added_sounds.LEASE)
    assert services.requeue_added_sounds() == 1
    assert services.run_added_sound(row.pk)
    with pytest.raises(added_sounds.LeaseLost):
        added_sounds._list(dead, film.encoding, film.encoding)


def test_one_that_is_taken_away_ends_its_worker(film, interpreter, monkeypatch):
    row = add(film, interpreter)
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0)
    whole = added_sound.measure

    def measure(*given):
        services.remove_sound(row)
        return whole(*given)

    monkeypatch.setattr(added_sound, "measure", measure)
    assert not services.run_added_sound(row.pk)
    assert not Encoding.objects.filter(recipe=added_sounds.RECIPE).exists()


def test_what_is_missing_fails_with_a_sentence_and_is_begun_again(film, interpreter, sent):
    row = add(film, interpreter)
    Asset.objects.filter(pk=interpreter.pk).update(original="assets/nowhere/original")
    assert not services.run_added_sound(row.pk)
    row.refresh_from_db()
    assert (row.state, selectors.sound_reason(row.error)) == (
        "failed",
        "The sound is no longer in storage. Bring it again.",
    )
    services.retry_sound(row)
    row.refresh_from_db()
    assert (row.state, row.error) == ("waiting", "")
    with pytest.raises(Refused) as caught:
        services.retry_sound(row)
    assert caught.value.code == "sounds.not-failed"


def test_a_machines_fault_is_tried_again_within_bounds(film, interpreter, monkeypatch):
    row = add(film, interpreter)

    def broken(*_given, **_more):
        raise OSError("No space left on device")

    monkeypatch.setattr(added_sound, "measure", broken)
    for attempt in range(1, AddedSound.MOST_ATTEMPTS + 1):
        with pytest.raises(OSError, match="No space"):
            services.run_added_sound(row.pk)
        row.refresh_from_db()
        assert row.attempts == attempt
        AddedSound.objects.update(not_before=clock.now())
    assert (row.state, row.error) == ("failed", "failed")


def test_rows_of_films_that_go_let_their_renditions_go(event, sent):
    encoding = EncodingFactory(organisation=event.organisation)
    row = AddedSoundFactory(asset=film_like(event), rendition=encoding)
    services.delete_asset(row.asset)
    assert not Encoding.objects.filter(pk=encoding.pk).exists()
