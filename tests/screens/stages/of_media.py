"""The stage in each of its states, a recording with more chapters and lines than anybody reads, the player when
something is open or wrong, and the green room with a picture."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from tests.screens.shots import ONE_EACH, Shot
from tests.screens.stages.scene import LONG, Scene, clip_of

if TYPE_CHECKING:
    from apps.media.models import Asset
    from apps.tracks.models import Session

GERMAN = {"cookies": {"django_language": "de"}}
ARABIC = {"cookies": {"django_language": "ar"}}
LINES = 400
SPOKEN = (
    ("Oduya Barasa", "Three meadows flood, and eleven towns stay dry. It took us nine winters to agree on that."),
    ("Tomasz Wrede", "The gauge at Marl is read at six each morning, by whichever town has the month."),
    ("", f"Und dann fragte die {LONG}, wer den Pegel bezahlt."),
    ("Marit Aldersey", "Nobody had asked the farmers."),
)
SPOKEN_ARABIC = (("أودويا باراسا", "تغرق ثلاثة مروج وتبقى إحدى عشرة بلدة جافّة."), ("", "من يقرأ المقياس كل صباح؟"))
TITLES = ("What the river does", "مقياس مارل", f"Die {LONG} antwortet", "Questions from the towns")
YOUTUBE = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
VIMEO = "https://vimeo.com/1084537"
PLAYLIST = "https://streams.example.org/river/master.m3u8"
CAMERA = """() => {
  const picture = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = picture.getContext("2d");
  setInterval(() => {
    pen.fillStyle = "#31565a";
    pen.fillRect(0, 0, 1280, 720);
    pen.fillStyle = "#8a5a3c";
    pen.beginPath();
    pen.arc(640, 300, 130, 0, 7);
    pen.ellipse(640, 720, 300, 260, 0, 0, 7);
    pen.fill();
  }, 100);
  const sounds = new AudioContext();
  const tone = sounds.createOscillator();
  const there = sounds.createMediaStreamDestination();
  tone.connect(there);
  tone.start();
  navigator.mediaDevices.getUserMedia = async ({ video, audio }) => new MediaStream([
    ...(video ? picture.captureStream(15).getTracks() : []), ...(audio ? there.stream.clone().getTracks() : []),
  ]);
}"""
"""A machine that takes photographs has no camera."""


def shots(scene: Scene) -> dict[str, Shot]:
    film = _film(scene)
    here: dict[str, Any] = {"slug": _recording(scene, film).slug}
    part: dict[str, Any] = {"views": ONE_EACH, "whole": False}
    acts = {
        "plays": _play, "menu": _menu, "chapters": _chapters, "ahead": _ahead, "theatre": _theatre, "resumes": _resume,
        "sound-only": _only, "stalled": _trouble("stalled"), "away": _trouble("away"),
        "elsewhere": _trouble("elsewhere"),
    }  # fmt: skip
    return {
        "media-recording": scene.shot("venue:session", **here),
        "media-recording-german": scene.shot("venue:session", **here, views=ONE_EACH, **GERMAN),
        "media-recording-arabic": scene.shot("venue:session", **here, views=ONE_EACH, **ARABIC),
        **{f"media-player-{name}": scene.shot("venue:session", **here, **part, act=act) for name, act in acts.items()},
        "media-player-menu-german": scene.shot("venue:session", **here, **part, **GERMAN, act=_menu),
        "media-transcript": scene.shot("venue:session", **here, views=ONE_EACH, act=_transcript),
        "media-transcript-none-found": scene.shot("venue:session", **here, views=ONE_EACH, act=_find_nothing),
        "media-transcript-arabic": scene.shot("venue:session", **here, views=ONE_EACH, **ARABIC, act=_transcript),
        "media-watch": scene.shot("media:watch", key=film.key),
        "media-watch-silent": scene.shot("media:watch", key=_silent(scene).key, views=ONE_EACH),
        **{f"media-stage-{name}": scene.shot("venue:session", slug=one.slug, **part) for name, one in _stages(scene)},
        **{
            f"media-stage-{name}-german": scene.shot("venue:session", slug=one.slug, **part, **GERMAN)
            for name, one in _outside(scene)
        },
        **_green_rooms(scene),
    }


def _clip(scene: Scene) -> "Asset":
    assert scene.clip is not None, "the demo has no film"
    return clip_of(scene.event, scene.clip)


def _film(scene: Scene) -> "Asset":
    """The demo's film with a hundred chapters, and what is said in it in three languages."""
    from apps.media import services
    from apps.media.adapters.chapters import Found
    from apps.media.adapters.cues import Cue
    from apps.media.models import Transcript

    film = _clip(scene)
    length = film.seconds or 60
    begins = [length / 100 * number for number in range(100)]
    services.set_chapters(film, [Found(at, f"{TITLES[n % 4]} {n + 1}") for n, at in enumerate(begins)])
    for language, spoken in (("en", SPOKEN), ("de", SPOKEN[2:3]), ("ar", SPOKEN_ARABIC)):
        pace = round(length * 1000 / LINES)
        lines = [
            Cue(pace * n, pace * (n + 1), text=text, speaker=speaker)
            for n, (speaker, text) in enumerate(islice(cycle(spoken), LINES))
        ]
        made = services.create_transcript(film, language=language, cues=lines)
        services.change_transcript(made, state=Transcript.State.PUBLISHED)
    return film


def _session(scene: Scene, name: str, begins: int, ends: int, film: "Asset | None" = None) -> "Session":
    """In minutes from now."""
    from apps.core import clock
    from apps.tracks.models import Room, Session, SessionSpeaker

    room = Room.objects.create(event=scene.event, name=f"The {name} weir", slug=f"weir-{name}")
    made = Session.objects.create(
        event=scene.event, room=room, slug=f"of-{name}", title=scene.session.title, video=film,
        starts_at=clock.now() + timedelta(minutes=begins), ends_at=clock.now() + timedelta(minutes=ends),
    )  # fmt: skip
    SessionSpeaker.objects.create(session=made, speaker=scene.session.speakers.get())
    return made


def _recording(scene: Scene, film: "Asset") -> "Session":
    return _session(scene, "recording", -90, -30, film)


def _silent(scene: Scene) -> "Asset":
    """A recording of which nobody has written down what is said."""
    film = _clip(scene)
    _session(scene, "silent", -90, -30, film)
    return film


def _stages(scene: Scene) -> list[tuple[str, "Session"]]:
    """What plays as live is not to be had otherwise: theirs is another film than the recording."""
    from apps.media import services as media
    from apps.tracks import services

    film = scene.clip
    made = {
        "scheduled": _session(scene, "scheduled", 90, 150, film),
        "lobby": _session(scene, "lobby", 6, 60),
        "loop": _session(scene, "loop", 6, 60, film),
        "waits": _session(scene, "waits", -10, 50),
        "simulive": _session(scene, "simulive", -10, 50, film),
        "captions": _session(scene, "captions", -10, 50, film),
        "intermission": _session(scene, "intermission", -10, 50),
        "picture": _session(scene, "picture", -10, 50),
        "ended": _session(scene, "ended", -90, -30),
        "over": _session(scene, "over", -90, -30),
    }
    services.set_stage(made["loop"], {"lobby_film": film, "lobby_words": scene.event.name})
    services.set_stage(made["picture"], {"intermission_asset": scene.pictures[1]})
    services.set_stage(made["waits"], {"source": "stream"})
    services.set_stage(made["ended"], {"publish": "never"})
    services.set_stage(made["over"], {"source": "stream"})
    for name in ("intermission", "picture"):
        services.press(made[name], "intermission")
    for language, spoken in (("en", SPOKEN), ("de", SPOKEN[2:3]), ("ar", SPOKEN_ARABIC)):
        for speaker, text in spoken:
            stage = f"session/{made['captions'].pk}"
            media.say(scene.event, stage_key=stage, language=language, text=text, speaker=speaker)
    return list(made.items())


def _outside(scene: Scene) -> list[tuple[str, "Session"]]:
    from apps.tracks import services

    made = []
    for name, address in (("youtube", YOUTUBE), ("vimeo", VIMEO), ("playlist", PLAYLIST)):
        session = _session(scene, name, -10, 50)
        services.set_stage(session, {"source": "external", "external_url": address})
        made.append((name, session))
    return made


def _green_rooms(scene: Scene) -> dict[str, Shot]:
    from apps.tracks import services

    services.set_stage(room := _session(scene, "green", -10, 50), {"source": "stream"})
    shot = {"slug": room.slug}
    return {
        "media-green-off": scene.shot("tracks:green_room", "speaker", **shot, views=ONE_EACH),
        "media-green-on": scene.shot("tracks:green_room", "speaker", **shot, act=_camera),
        "media-green-in": scene.shot("tracks:green_room", "speaker", **shot, views=ONE_EACH, act=_go_in),
        "media-green-troubles": scene.shot("tracks:green_room", "speaker", **shot, views=ONE_EACH, act=_no_camera),
        "media-green-german": scene.shot("tracks:green_room", "speaker", **shot, views=ONE_EACH, act=_go_in, **GERMAN),
        "media-green-arabic": scene.shot("tracks:green_room", "speaker", **shot, views=ONE_EACH, act=_camera, **ARABIC),
    }


# What the visitor does there first


def _play(page: Any) -> None:
    page.locator("video-player [data-part=start]").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 1", timeout=60_000)
    page.keyboard.press("k")


def _menu(page: Any) -> None:
    _play(page)
    page.locator("video-player [data-part=settings]").click()
    page.locator("[data-choice=quality]:not([hidden])").wait_for(timeout=10_000)


def _chapters(page: Any) -> None:
    page.locator("video-player [popovertarget$=chapters]").click()


def _ahead(page: Any) -> None:
    scrub = page.locator("video-player [data-part=scrub]")
    width = scrub.bounding_box()["width"]
    with page.expect_response("**/storyboard.vtt", timeout=10_000):
        scrub.hover(position={"x": width / 2, "y": 10})
    scrub.hover(position={"x": width / 3, "y": 10})
    page.locator("video-player .ahead [data-picture]:not([hidden])").wait_for(timeout=10_000)


def _theatre(page: Any) -> None:
    page.keyboard.press("t")


def _resume(page: Any) -> None:
    page.evaluate("""() => {
      const player = document.querySelector("video-player");
      player.part("resume").hidden = false;
      player.part("resumes").textContent = "1:02:07";
    }""")


def _only(page: Any) -> None:
    page.evaluate("document.querySelector('video-player').only(true)")


def _trouble(kind: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        _play(page)
        page.evaluate("(kind) => document.querySelector('video-player').trouble(kind)", kind)

    return act


def _transcript(page: Any) -> None:
    page.locator("transcript-panel summary").click()
    page.locator("transcript-panel li").nth(5).wait_for(timeout=10_000)


def _find_nothing(page: Any) -> None:
    _transcript(page)
    page.locator("transcript-panel [data-part=query]").fill("zeppelin")


def _camera(page: Any) -> None:
    page.evaluate(CAMERA)
    page.locator("[data-do=on]").click()
    page.locator("[data-do=enter]").wait_for(timeout=10_000)


def _go_in(page: Any) -> None:
    _camera(page)
    page.locator("[data-do=enter]").click()
    page.locator("[data-place=in]:not([hidden])").wait_for(timeout=20_000)


def _no_camera(page: Any) -> None:
    page.locator("[data-do=on]").click()
    page.locator("[data-trouble]:not([hidden])").first.wait_for(timeout=10_000)
