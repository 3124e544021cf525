"""Whatever comes is played upright, at a constant rate, in eight bits, key frames at the same places in all rungs."""

import struct

import av
import pytest

from apps.media.adapters import encode, ladder, storyboard
from tests.media import renditions
from tests.media.conftest import FAST, make, picture, tone


@pytest.fixture
def made(tmp_path):
    def make_ladder(path):
        return renditions.made_of(path, tmp_path)

    return make_ladder


def test_rungs_have_the_same_segments_and_key_frames(films, tmp_path, made):
    film = make(films / "rungs.mp4", *picture("640x360", "24000/1001", 9), *tone(9), *FAST)
    found = made(film)
    assert [rung["name"] for rung in found.rungs] == ["240p", "360p"]
    small, large = (renditions.shown(tmp_path / name) for name in ("240p", "360p"))
    assert small.key_frames == large.key_frames == [0.0, 4.004, 8.008]
    assert renditions.durations(tmp_path / "240p") == renditions.durations(tmp_path / "360p")
    assert renditions.durations(tmp_path / "240p")[:2] == pytest.approx([4.004, 4.004], abs=0.001)
    assert (small.width, small.height, large.width, large.height) == (426, 240, 640, 360)
    assert all(rung["peak"] >= rung["average"] > 0 for rung in (*found.rungs, *found.sounds))
    assert found.seconds == pytest.approx(9, abs=0.1)


def test_codecs_that_are_said_are_those_in_the_file(films, tmp_path, made):
    film = make(films / "codecs.mp4", *picture("426x240", "10", 1), *FAST)
    [rung] = made(film).rungs
    with av.open(str(renditions.joined(tmp_path / rung["name"]))) as container:
        profile, compatible, level = container.streams.video[0].codec_context.extradata[1:4]
    # x264 may say that more decoders can play it, never fewer.
    assert rung["codecs"] == f"avc1.{profile:02x}{compatible:02x}{level:02x}"


def test_sound_alone_is_one_rendition(films, tmp_path, made):
    song = make(films / "song.mp3", *tone(3))
    found = made(song)
    assert (found.rungs, [one["name"] for one in found.sounds]) == ([], ["sound"])
    assert renditions.heard(tmp_path / "sound") == (pytest.approx(3, abs=0.1), 2, 48000)
    assert not found.has_storyboard


def test_sound_of_whole_segments_has_no_segment_of_silence_behind_it(films, tmp_path, made):
    found = made(make(films / "whole.mp4", *picture("320x240", "10", 8), *tone(8), *FAST))
    assert renditions.durations(tmp_path / "sound") == pytest.approx([4, 4], abs=0.05)
    assert len(list((tmp_path / "sound").glob("*.m4s"))) == 2
    assert found.seconds == pytest.approx(8, abs=0.05)


def test_a_film_without_sound_has_none(films, tmp_path, made):
    found = made(make(films / "mute.mp4", *picture("320x240", "10", 5), *FAST))
    assert found.sounds == []
    assert renditions.shown(tmp_path / "240p").key_frames == [0.0, 4.0]


def turn(film):
    """The same film as a phone held upright writes it: a quarter turn in its track's header (ISO 14496-12, 8.3.2)."""
    matrix = film.index(b"tkhd") + 44
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    return film[:matrix] + quarter + film[matrix + len(quarter) :]


def test_a_turned_film_stands_upright(films, tmp_path, made):
    flat = make(films / "lying.mp4", *picture("426x240", "10", 1), *FAST)
    turned = films / "standing.mp4"
    turned.write_bytes(turn(flat.read_bytes()))
    [rung] = made(turned).rungs
    assert (rung["name"], rung["width"], rung["height"]) == ("240p", 240, 426)
    assert renditions.shown(tmp_path / "240p")[:2] == (240, 426)


def test_portrait_keeps_its_short_side(films, tmp_path, made):
    found = made(make(films / "portrait.mp4", *picture("360x640", "10", 1), *FAST))
    assert [(rung["name"], rung["width"], rung["height"]) for rung in found.rungs] == [
        ("240p", 240, 426),
        ("360p", 360, 640),
    ]
    assert renditions.shown(tmp_path / "360p")[:2] == (360, 640)


def test_pixels_that_are_not_square_are_made_so(films, made):
    film = make(films / "sd.mp4", *picture("352x288", "25", 1), "-vf", "setsar=16/11", *FAST)
    assert [(rung["width"], rung["height"]) for rung in made(film).rungs] == [(426, 240)]


def test_ten_bits_become_eight(films, tmp_path, made):
    film = make(
        films / "ten.mp4", *picture("426x240", "10", 1), "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p10le",
    )  # fmt: skip
    made(film)
    assert renditions.shown(tmp_path / "240p").pix_fmt == "yuv420p"


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_a_high_dynamic_range_becomes_what_every_screen_shows(films, tmp_path, made, transfer):
    film = make(
        films / f"{transfer}.mp4", *picture("426x240", "10", 1), "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc",
    )  # fmt: skip
    assert renditions.source_of(film).hdr == transfer
    made(film)
    with av.open(str(renditions.joined(tmp_path / "240p"))) as container:
        frame = next(container.decode(video=0))
    assert (int(frame.color_trc), int(frame.color_primaries), int(frame.colorspace)) == (1, 1, 1)


def test_a_varying_rate_becomes_a_constant_one(films, tmp_path, made):
    # Ten pictures a second, of which those of every other second are left out.
    film = make(
        films / "varying.mp4", *picture("426x240", "10", 8), "-vf", "select='lt(mod(t,2),1)'", "-fps_mode", "vfr", *FAST
    )
    [rung] = made(film).rungs
    shown = renditions.shown(tmp_path / "240p")
    assert rung["fps"] == 23.976  # the usual one above its average
    assert shown.key_frames == [0.0, 4.004]
    assert shown.frames == pytest.approx(rung["fps"] * shown.seconds, abs=1)
    assert shown.seconds == pytest.approx(7, abs=0.3)


def test_sixty_pictures_a_second_stay(films, tmp_path, made):
    [rung] = made(make(films / "quick.mp4", *picture("426x240", "60", 5), *FAST)).rungs
    shown = renditions.shown(tmp_path / "240p")
    assert (rung["fps"], shown.frames, shown.key_frames) == (60, 300, [0.0, 4.0])


def test_half_pictures_are_put_together(films, tmp_path, made):
    film = make(
        films / "interlaced.mp4", *picture("426x240", "50", 2), "-vf", "interlace", "-c:v", "libx264",
        "-preset", "ultrafast", "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    source = renditions.source_of(film)
    assert source.is_interlaced
    assert "bwdif" in " ".join(ladder.arguments(source, ladder.choose(source), path="x"))
    made(film)
    with av.open(str(renditions.joined(tmp_path / "240p"))) as container:
        assert not any(frame.interlaced_frame for frame in container.decode(video=0))


def test_a_whole_film_is_not_taken_for_half_pictures(clip):
    assert not renditions.source_of(clip).is_interlaced


def test_names_in_an_old_alphabet_are_no_damage(films, made):
    """As INFO of a WAV, and ID3v1 of an MP3, often are."""
    song = films / "old-names.wav"
    make(song, *tone(1), "-metadata", "title=Fl_sse")
    song.write_bytes(song.read_bytes().replace(b"Fl_sse", "Flüsse".encode("latin-1")))
    assert made(song).seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("said", "language"), [("ger", "de"), ("gsw", "gsw"), ("und", ""), ('en",URI="https://example.org/\n#EXT', "")]
)
def test_what_a_film_calls_its_language_is_a_code_or_nothing(films, said, language):
    film = make(films / "language.mka", *tone(1), "-metadata:s:a:0", f"language={said}")
    assert [sound.language for sound in renditions.source_of(film).sounds] == [language]


def test_a_picture_that_comes_later_keeps_its_place(films, tmp_path, made):
    film = make(
        films / "later.mkv", *tone(5), "-itsoffset", "2", *picture("426x240", "10", 3), "-map", "0", "-map", "1", *FAST
    )
    made(film)
    shown = renditions.shown(tmp_path / "240p")
    assert (shown.seconds, shown.frames) == (pytest.approx(5, abs=0.2), pytest.approx(50, abs=2))


def test_a_recording_that_does_not_say_its_length_is_measured(films, made):
    """As a browser's MediaRecorder writes: nothing is known until the end."""
    piped = films / "live.webm"
    make(
        films / "live.tmp.webm", *picture("426x240", "10", 5), "-c:v", "libvpx", "-deadline", "realtime",
        "-cpu-used", "8", "-f", "webm", "-live", "1",
    ).rename(piped)  # fmt: skip
    assert renditions.source_of(piped).duration == pytest.approx(5, abs=0.2)
    assert made(piped).seconds == pytest.approx(5, abs=0.2)


def test_five_hours_come_out_whole(films, tmp_path):
    """Tiny pictures, one a second: what is long is only the time."""
    seconds = 5 * 3600
    film = make(films / "long.mp4", *picture("64x36", "1", seconds), *FAST, "-g", "600")
    source = renditions.source_of(film)
    board = storyboard.plan(source)
    found = encode.make_ladder(source, film, tmp_path, renditions.ignore, board=board)
    assert found.seconds == pytest.approx(seconds, abs=1)
    assert len(renditions.durations(tmp_path / "36p")) == seconds / 4
    cues = [line for line in (tmp_path / storyboard.NAME).read_text().splitlines() if "-->" in line]
    assert len(cues) <= 200
    assert cues[-1].endswith("05:00:00.000")
    assert len(list(tmp_path.glob("storyboard-*.jpg"))) == 2
