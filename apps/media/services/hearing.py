"""A machine writes along what is said on a stage: it listens to the live stream as segments come, says what is being
said, and makes a line of what no longer changes.

`manage.py hear` calls `hear_next`. A look is of the sound since the last line; it is held by a lease, so that several
processes share the stages, and a killed one's is taken up by another.
"""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event
from apps.media import selectors
from apps.media.adapters import sound, speech
from apps.media.adapters.cues import Cue
from apps.media.models import Hearing, Segment, Stream
from apps.media.registry import StagePlace, store
from apps.media.services.captions import say, stage
from apps.media.services.transcripts import language_code

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LOOK_AGAIN = timedelta(seconds=0.5)
REST_AGAIN = timedelta(seconds=3)
FAILED_AGAIN = timedelta(seconds=10)
MOST_FAILURES = 30
SETTLED_MS = 1500
"""What ends so long before the end of what was heard does not change any more."""
LONGEST = timedelta(seconds=16)
"""That is listened to at once; of so much all is settled."""
SILENCE = timedelta(seconds=6)
MOST_BEHIND = timedelta(seconds=40)
"""Who cannot keep up leaves out what was said meanwhile, rather than come later and later."""
MOST_SEGMENTS = 60


class LeaseLost(Exception):
    """It was stopped, or another process has it by now; what this one heard is not said."""


@dataclass(frozen=True)
class Window:
    """Sound that is heard together: some segments of one take."""

    segments: Sequence[Segment]
    is_whole: bool
    """Nothing that comes later belongs to it."""

    @property
    def begins(self) -> datetime:
        return self.segments[0].at

    @property
    def ends(self) -> datetime:
        return _end_of(self.segments[-1])


def begin_hearing(event: Event, *, stage_key: str, language: str) -> Hearing:
    """From now on; one that was begun before goes on in this language. Raises `Refused` where no machine can, or where
    the stage shows no live stream."""
    place = stage(event, stage_key)
    code = language_code(language or place.language)
    if not speech.hears_along():
        raise Refused("words.no_machine", selectors.WORD_REASONS["speech-none"])
    if place.stream is None or place.stream.state == Stream.State.ENDED:
        words = _("There is no live stream on this stage that a machine could listen to.")
        raise Refused("captions.no_stream", words)
    with transaction.atomic():
        hold_row(event, gone="event.gone")
        now = clock.now()
        anew = {"heard_until": now, "look_at": now, "leased_until": None, "failures": 0}
        hearing, _made = Hearing.objects.update_or_create(
            event=event, stage_key=stage_key, defaults={"stream": place.stream, "language": code, **anew}
        )
    return hearing


def end_hearing(event: Event, *, stage_key: str) -> None:
    """What it was just saying is taken away. Raises `Refused` where there is no such stage."""
    stage(event, stage_key)
    hearing = event.hearings.filter(stage_key=stage_key).first()
    if hearing is not None:
        hearing.delete()
        _hush(hearing)


def hear_next() -> bool:
    """One look at the stage that has waited longest; False where there is nothing to listen to at this moment."""
    hearing = _claim()
    if hearing is None:
        return False
    is_new = False
    try:
        is_new = _look(hearing)
    except LeaseLost:
        pass
    except Refused as refused:  # the stage is gone, or its transcript is full
        logger.warning("Nothing more is heard of %s: %s", hearing, refused.code)
        hearing.delete()
    except Exception:
        logger.exception("%s could not be heard.", hearing)
        _failed(hearing)
    return is_new


def _claim() -> Hearing | None:
    now = clock.now()
    with transaction.atomic():
        rows = Hearing.objects.due(now).select_for_update(of=("self",), skip_locked=True)
        hearing = rows.select_related("event", "stream").first()
        if hearing is not None:
            hearing.leased_until = now + LEASE
            hearing.save(update_fields=["leased_until"])
    return hearing


def _change(hearing: Hearing, **changes: object) -> None:
    """While the lease is ours; raises `LeaseLost`."""
    mine = Hearing.objects.filter(pk=hearing.pk, leased_until=hearing.leased_until)
    if not mine.update(**changes):
        raise LeaseLost
    for name, value in changes.items():
        setattr(hearing, name, value)


def _failed(hearing: Hearing) -> None:
    again = {"look_at": clock.now() + FAILED_AGAIN, "leased_until": None, "failures": hearing.failures + 1}
    mine = Hearing.objects.filter(pk=hearing.pk, leased_until=hearing.leased_until)
    if hearing.failures + 1 < MOST_FAILURES:
        mine.update(**again)
    else:
        mine.delete()


def _look(hearing: Hearing) -> bool:
    now, place = clock.now(), stage(hearing.event, hearing.stage_key)
    is_over = hearing.stream.state == Stream.State.ENDED
    if not place.is_live and not is_over:
        # What is said before and after it is nobody's business.
        _hush(hearing)
        _change(hearing, heard_until=now, look_at=now + REST_AGAIN, leased_until=None)
        return False
    window = _window(hearing)
    if window is None:
        if is_over:
            end_hearing(hearing.event, stage_key=hearing.stage_key)
        else:
            _change(hearing, look_at=now + LOOK_AGAIN, leased_until=None)
        return False
    begins = max(hearing.heard_until, window.begins)
    with tempfile.TemporaryDirectory(prefix="plenary-hearing-") as folder:
        path = _fetch(hearing.stream, window, Path(folder))
        wav = sound.write_window(path, Path(folder), begins=(begins - window.begins).total_seconds())
        cues = speech.hear(wav, language=hearing.language, beat=lambda _seconds: _renew(hearing))
    until = _say(hearing, place, window, begins, cues)
    number = window.segments[-1].number
    _change(hearing, heard_until=until, heard_number=number, look_at=clock.now(), leased_until=None, failures=0)
    return True


def _renew(hearing: Hearing) -> None:
    _change(hearing, leased_until=clock.now() + LEASE)


def _window(hearing: Hearing) -> Window | None:
    """None where nothing new has come."""
    rows = Segment.objects.filter(stream=hearing.stream_id).order_by("-number")
    last = rows.first()
    if last is None or (last.number <= hearing.heard_number and hearing.stream.state != Stream.State.ENDED):
        return None
    if _end_of(last) - hearing.heard_until > MOST_BEHIND:
        hearing.heard_until = last.at
    latest = rows.select_related("take")[:MOST_SEGMENTS]
    new = [segment for segment in latest if _end_of(segment) > hearing.heard_until][::-1]
    if not new:
        return None
    first, ends = new[0], max(hearing.heard_until, new[0].at) + LONGEST
    found = [first]
    for segment in new[1:]:
        is_other = (segment.stretch, segment.take_id) != (first.stretch, first.take_id)
        if is_other or _end_of(found[-1]) >= ends:
            return Window(found, is_whole=True)
        found.append(segment)
    is_over = hearing.stream.state == Stream.State.ENDED
    return Window(found, is_whole=is_over or _end_of(found[-1]) >= ends)


def _end_of(segment: Segment) -> datetime:
    return segment.at + timedelta(seconds=segment.seconds)


def _fetch(stream: Stream, window: Window, folder: Path) -> Path:
    """The segments in one file, of the smallest rung: all have the same sound."""
    name = stream.rungs[0]["name"]
    place = f"{stream.folder}/{window.segments[0].take.key}/{name}"
    path = folder / "take.mp4"
    with path.open("wb") as file:
        for part in ("init.mp4", *(segment.name for segment in window.segments)):
            file.write(store().read(f"{place}/{part}", 0, store().size(f"{place}/{part}")))
    return path


def _say(hearing: Hearing, place: StagePlace, window: Window, begins: datetime, cues: Sequence[Cue]) -> datetime:
    """Lines of what is settled, and what is being said; gives the moment from which the next look listens."""
    _renew(hearing)
    length = round((window.ends - begins).total_seconds() * 1000)
    settled = [cue for cue in cues if window.is_whole or cue.ends <= length - SETTLED_MS]
    since = round((begins - place.starts_at).total_seconds() * 1000)
    event, key, language = hearing.event, hearing.stage_key, hearing.language
    for cue in settled:
        said, done = max(0, since + cue.begins), since + cue.ends
        if done > 0:
            say(event, stage_key=key, language=language, text=cue.text, begins=said, ends=done)
    if rest := " ".join(cue.text for cue in cues[len(settled) :]):
        say(event, stage_key=key, language=language, text=rest, is_final=False)
    else:
        _hush(hearing)
    if window.is_whole:
        return window.ends
    if settled:
        return begins + timedelta(milliseconds=settled[-1].ends)
    return max(begins, window.ends - SILENCE / 2) if not cues and length > SILENCE.total_seconds() * 1000 else begins


def _hush(hearing: Hearing) -> None:
    """Nothing is being said that is not a line."""
    live = selectors.live_transcripts(hearing.event_id, hearing.stage_key).filter(language=hearing.language)
    if live.exclude(partial="").exists():
        say(hearing.event, stage_key=hearing.stage_key, language=hearing.language, text="", is_final=False)
