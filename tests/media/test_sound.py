"""Sound comes to one loudness, keeps all its tracks, and is drawn."""

import json
import re
import subprocess

import pytest

from apps.media.adapters import encode, ffmpeg, sound
from apps.media.adapters.probe import Sound
from tests.media import renditions
from tests.media.conftest import FAST, make, picture, tone


def loudness_of(path):
    """Integrated loudness and true peak, told by ffmpeg's EBU R 128 meter."""
    told = subprocess.run(
        [ffmpeg.binary(), "-nostats", "-i", str(path), "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
        capture_output=True, text=True, check=True, timeout=60,
    ).stderr  # fmt: skip
    return tuple(float(re.findall(rf"{name}:\s+(-?[\d.]+) {unit}", told)[-1]) for name, unit in
                 (("I", "LUFS"), ("Peak", "dBFS")))  # fmt: skip


@pytest.mark.parametrize("volume", ["-20dB", "+6dB"])
def test_quiet_and_loud_sound_become_equally_loud(films, tmp_path, volume):
    song = make(films / f"tone{volume}.wav", *tone(6), "-af", f"volume={volume}")
    renditions.made_of(song, tmp_path)
    level, peak = loudness_of(renditions.joined(tmp_path / "sound"))
    assert level == pytest.approx(sound.TARGET_LUFS, abs=0.5)
    assert peak <= sound.MOST_PEAK


def test_peaks_that_a_gain_would_drive_over_the_top_are_held(films, tmp_path):
    """A soft hum with a hard knock every other second, as of a microphone on a table."""
    knocks = "aevalsrc='0.1*sin(2800*t)+0.9*lt(mod(t,2),0.002)*sin(6000*t)':s=48000:d=8"
    song = make(films / "knocks.wav", "-f", "lavfi", "-i", knocks)
    source = renditions.source_of(song)
    [found] = sound.measure(source, song, tmp_path, renditions.ignore)
    assert found.gain > 5
    assert found.is_limited
    encode.make_ladder(source, song, tmp_path, renditions.ignore, loudness=[found])
    level, peak = loudness_of(renditions.joined(tmp_path / "sound"))
    assert peak <= sound.MOST_PEAK
    assert level == pytest.approx(sound.TARGET_LUFS, abs=1)


def test_silence_is_not_made_louder(films, tmp_path):
    quiet = make(films / "silence.wav", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "3")
    [found] = sound.measure(renditions.source_of(quiet), quiet, tmp_path, renditions.ignore)
    assert (found.lufs, found.gain, found.is_limited) == (None, 0.0, False)
    assert set(json.loads((tmp_path / sound.WAVEFORM).read_text())["peaks"]) == {0}


def test_waveform_shows_where_it_is_loud(films, tmp_path):
    """Two seconds of a tone, two of nothing."""
    song = make(films / "half.wav", *tone(2), "-af", "apad=whole_dur=4")
    sound.measure(renditions.source_of(song), song, tmp_path, renditions.ignore)
    drawn = json.loads((tmp_path / sound.WAVEFORM).read_text())
    assert drawn["per_second"] == sound.PEAKS_A_SECOND
    assert len(drawn["peaks"]) == pytest.approx(40, abs=1)
    assert min(drawn["peaks"][1:19]) > 40
    assert max(drawn["peaks"][22:]) <= 2
    assert list(tmp_path.iterdir()) == [tmp_path / sound.WAVEFORM]


@pytest.fixture(scope="session")
def spoken(films):
    """A film with English, a description of its picture, and an interpreter's German."""
    return make(
        films / "spoken.mkv", *picture("426x240", "10", 5), *tone(5), *tone(5), *tone(5),
        "-map", "0", "-map", "1", "-map", "2", "-map", "3", *FAST,
        "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=eng", "-metadata:s:a:1", "title=Described",
        "-metadata:s:a:2", "language=ger", "-disposition:a:0", "default", "-disposition:a:1", "visual_impaired",
    )  # fmt: skip


def test_every_track_is_kept_with_its_language_and_role(spoken, tmp_path):
    found = renditions.made_of(spoken, tmp_path).sounds
    assert [(one["name"], one["language"], one["title"], one["role"]) for one in found] == [
        ("sound", "en", "", "main"),
        ("sound-2", "en", "Described", "description"),
        ("sound-3", "de", "", "interpreted"),
    ]
    for one in found:
        seconds, channels, _rate = renditions.heard(tmp_path / one["name"])
        assert (seconds, channels) == (pytest.approx(5, abs=0.1), one["channels"])


def test_the_default_track_comes_first(films):
    film = make(
        films / "second.mkv", *tone(1), *tone(1), "-map", "0", "-map", "1", "-c:a", "aac",
        "-metadata:s:a:0", "language=fre", "-metadata:s:a:1", "language=eng",
        "-disposition:a:0", "0", "-disposition:a:1", "default",
    )  # fmt: skip
    assert renditions.source_of(film).sounds == (Sound(1, "en", "", "main", 2), Sound(0, "fr", "", "interpreted", 1))


def test_eight_tracks_are_the_most(films):
    maps = [word for _ in range(9) for word in ("-map", "0")]
    film = make(films / "nine.mkv", *tone(1), *maps, "-c:a", "aac")
    assert len(renditions.source_of(film).sounds) == 8


def test_surround_becomes_stereo(films, tmp_path):
    song = make(films / "round.wav", "-f", "lavfi", "-i", "sine=frequency=300:duration=2,pan=5.1|c0=c0|c1=c0|c2=c0")
    renditions.made_of(song, tmp_path)
    assert renditions.heard(tmp_path / "sound")[1] == 2
