"""The steps by which a film becomes playable. Each leaves what it made in the job's work folder; a step that is done
there is not done again, and only what is whole is listed."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from apps.core import clock, ids
from apps.live import publish
from apps.media import broadcasts
from apps.media.adapters import encode, ladder, probe, sniff, sound, storyboard
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.adapters.pieces import Piece
from apps.media.adapters.workplace import Workplace
from apps.media.models import Encoding, Leftover, TranscodeJob
from apps.media.registry import Missing, store
from apps.media.services import converting, endings, films, leases
from apps.media.services.leases import Hopeless

LEFTOVER_AFTER = timedelta(hours=24)
BLOCK = 1024 * 1024

SOUNDS = "sounds"
"""A step of films that are made in pieces."""

Step = TranscodeJob.Step


def make_playable(job: TranscodeJob, place: Workplace) -> bool:
    """Go on with the first step that is not done; False where MediaConvert has the rest of it.

    Raises `LeaseLost`, `Busy` or `Hopeless`, and what the machine has wrong as it comes.
    """
    path = _fetch(job, place)
    sha256 = _digest(job, place, path)
    if _attach(job, sha256):
        publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))
        return True
    leases.claim_bytes(job, sha256)
    source, is_ours = _look(job, path), not converting.is_wanted()
    try:
        _measure(job, place, source, path)
        if is_ours:
            _encode(job, place, source, path)
        _decorate(job, place, source, path, has_pictures=is_ours)
    except FfmpegError as error:
        if error.reason in ("missing", "disk-full", "timeout"):
            raise
        raise Hopeless("failed" if error.reason == "stalled" else error.reason, error.detail) from error
    encoding = _encoding(job, place, source, sha256)
    _store(job, place, encoding, [*([Step.LADDER] if is_ours else []), Step.MEASURE, Step.EXTRAS])
    if is_ours:
        _list(job, encoding)
    else:
        converting.hand_over(job, source, encoding)
    publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))
    return is_ours


def _fetch(job: TranscodeJob, place: Workplace) -> Path:
    asset = job.asset
    # Another file of the same asset, or other steps: what lies there is of no use.
    mark = {"of": asset.original, "recipe": ladder.RECIPE}
    done = place.done(Step.FETCH)
    if done is not None and (done["mark"] != mark or not Path(done["path"]).is_file()):
        place.clear()
        done = None
    if done is None:
        try:
            path = store().fetch(
                asset.original, place.begin(Step.FETCH), leases.beats(job, 0, leases.FETCHED, asset.size)
            )
        except Missing as error:
            raise Hopeless("missing") from error
        done = {"mark": mark, "path": str(path)}
        place.finish(Step.FETCH, done)
        leases.finish_step(job, Step.FETCH)
    return Path(done["path"])


def _digest(job: TranscodeJob, place: Workplace, path: Path) -> str:
    done = place.done(Step.LOOK)
    if done is None:
        done = {"sha256": digest_of(path, leases.beats(job, leases.FETCHED, leases.LOOKED, job.asset.size))}
        place.finish(Step.LOOK, done)
        leases.finish_step(job, Step.LOOK)
    return str(done["sha256"])


def digest_of(path: Path, beat: Callable[[float], None]) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            beat(done)
    return digest.hexdigest()


def _attach(job: TranscodeJob, sha256: str) -> bool:
    """Use the ladder that these bytes already have, if any."""
    with transaction.atomic():
        found = (
            Encoding.objects.select_for_update()
            .filter(organisation_id=job.organisation_id, sha256=sha256, recipe=ladder.RECIPE)
            .first()
        )
        if found is None:
            return False
        endings.list_encoding(job, found)
    return True


def _look(job: TranscodeJob, path: Path) -> probe.Source:
    try:
        source = films.read_source(path, leases.beats(job, leases.LOOKED, leases.LOOKED, 0))
    except sniff.Unknown as error:
        raise Hopeless(error.looks_like) from error
    except probe.Unreadable as error:
        raise Hopeless(error.reason, error.detail) from error
    leases.change_held(job, leased_until=clock.now() + leases.LEASE)
    return source


def _measure(job: TranscodeJob, place: Workplace, source: probe.Source, path: Path) -> None:
    if place.done(Step.MEASURE) is None:
        folder, found = place.begin(Step.MEASURE), []
        if source.sounds:
            found = sound.measure(
                source, path, folder, leases.beats(job, leases.LOOKED, leases.MEASURED, source.duration)
            )
        place.finish(Step.MEASURE, {"loudness": [one.as_json() for one in found]})
        leases.finish_step(job, Step.MEASURE)


def _loudness(place: Workplace) -> list[sound.Loudness]:
    return [sound.Loudness(**said) for said in (place.done(Step.MEASURE) or {})["loudness"]]


def _encode(job: TranscodeJob, place: Workplace, source: probe.Source, path: Path) -> None:
    if place.done(Step.LADDER) is None:
        beat = leases.beats(job, leases.MEASURED, leases.ENCODED, source.duration)
        loudness, board = _loudness(place), storyboard.plan(source)
        if pieces := encode.pieces_of(source):
            made = _encode_pieces(place, source, path, beat, pieces)
        else:
            folder = place.begin(Step.LADDER)
            made = encode.make_ladder(source, path, folder, beat, loudness=loudness, board=board)
        place.finish(Step.LADDER, made.as_json())
        leases.finish_step(job, Step.LADDER)


def _encode_pieces(
    place: Workplace, source: probe.Source, path: Path, beat: encode.Beat, pieces: Sequence[Piece]
) -> encode.Made:
    """Each piece is a step of its own."""
    if source.sounds and place.done(SOUNDS) is None:
        encode.make_sounds(source, path, place.begin(SOUNDS), lambda _done: beat(0), loudness=_loudness(place))
        place.finish(SOUNDS, {})
    for piece in pieces:
        if place.done(piece.name) is None:
            encode.make_piece(piece, source, path, place.begin(piece.name), beat)
            place.finish(piece.name, {})
    folders = [place.folder(piece.name) for piece in pieces]
    return encode.join_pieces(
        source,
        folders,
        place.folder(SOUNDS) if source.sounds else None,
        place.begin(Step.LADDER),
        lambda _done: beat(source.duration),
        board=storyboard.plan(source),
    )


def _decorate(job: TranscodeJob, place: Workplace, source: probe.Source, path: Path, *, has_pictures: bool) -> None:
    """`has_pictures`: the ladder was made here, and its storyboard with it."""
    if place.done(Step.EXTRAS) is None:
        folder, beat = place.begin(Step.EXTRAS), leases.beats(job, leases.ENCODED, leases.SHOWN, 0)
        captions = encode.write_captions(source, path, folder, beat)
        has_poster = encode.write_poster(source, path, folder, beat)
        has_board = not has_pictures and encode.write_storyboard(source, path, folder, beat)
        place.finish(Step.EXTRAS, {"captions": captions, "has_poster": has_poster, "has_storyboard": has_board})
        leases.finish_step(job, Step.EXTRAS)


def _store(job: TranscodeJob, place: Workplace, encoding: Encoding, steps: Sequence[str]) -> None:
    begun = place.done(Step.STORE)
    due_at = clock.now() + LEFTOVER_AFTER
    if begun is None:
        # Owed from before the first file lies there: what is stored and never listed does not stay for ever.
        Leftover.objects.create(folder=encoding.folder, due_at=due_at)
        place.finish(Step.STORE, {"key": encoding.key})
    elif not Leftover.objects.filter(folder=encoding.folder).update(due_at=due_at):
        # Swept since, and with it the files that were moved there.
        place.clear()
        raise RuntimeError(f"{encoding.folder} was swept before it was listed; the job begins anew")
    for n, folder in enumerate(map(place.folder, steps)):
        start, end = (leases.SHOWN + (100 - leases.SHOWN) * at / len(steps) for at in (n, n + 1))
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        store().put_tree(folder, encoding.folder, leases.beats(job, start, end, size))


def _list(job: TranscodeJob, encoding: Encoding) -> None:
    with transaction.atomic():
        encoding.save(force_insert=True)
        endings.list_encoding(job, encoding)
        Leftover.objects.filter(folder=encoding.folder).delete()


def _encoding(job: TranscodeJob, place: Workplace, source: probe.Source, sha256: str) -> Encoding:
    extras, loudness, begun = place.done(Step.EXTRAS) or {}, _loudness(place), place.done(Step.STORE)
    made = place.done(Step.LADDER) or {"rungs": [], "sounds": [], "seconds": source.duration, "has_storyboard": False}
    encoding = Encoding(
        organisation_id=job.organisation_id,
        key=begun["key"] if begun else ids.new_token(),
        sha256=sha256,
        recipe=ladder.RECIPE,
        rungs=made["rungs"],
        sounds=made["sounds"],
        captions=extras["captions"],
        width=source.width,
        height=source.height,
        seconds=made["seconds"],
        loudness=loudness[0].lufs if loudness else None,
        gain=loudness[0].gain if loudness else None,
    )
    if extras["has_poster"]:
        encoding.poster = f"{encoding.folder}/{encode.POSTER}"
    if made["has_storyboard"] or extras.get("has_storyboard"):
        encoding.storyboard = f"{encoding.folder}/{storyboard.NAME}"
    if loudness:
        encoding.waveform = f"{encoding.folder}/{sound.WAVEFORM}"
    return encoding
