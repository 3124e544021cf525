"""Sounds that were recorded apart, added to a film: each is made as one more rendition of it by a worker that holds a
lease, and listed when it is whole."""

import contextlib
import hashlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from apps.core import clock, ids
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_named, hold_row
from apps.media import selectors
from apps.media.adapters import added_sound, ladder, probe, sniff
from apps.media.adapters.added_sound import Fit
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.models import AddedSound, AddedSoundQuerySet, Asset, Encoding, Leftover
from apps.media.registry import Missing, store
from apps.media.selectors import cuts, playlists
from apps.media.services import films, leases, sweeping
from apps.media.services.leases import LEASE, Hopeless, LeaseLost, beats, change_held
from apps.media.services.transcripts import language_code

RECIPE = "added"
LEFTOVER_AFTER = timedelta(hours=24)

# Percent at which each step ends.
FETCHED, MEASURED, MADE = 10, 50, 95

State = AddedSound.State


# Adding and taking away -------------------------------------------------------------------------------------------
@transaction.atomic
def add_sound(
    asset: Asset, sound: Asset, *, language: str, role: str, title: str = "", begins: float = 0.0
) -> AddedSound:
    """One more sound of a film, of a sound of the same event. Raises `Refused`."""
    code = language_code(language)
    hold_row(asset, gone="media.gone")
    hold_named([sound], gone="media.gone", field="sound")
    film = asset.encoding if asset.is_shown and asset.kind == Asset.Kind.VIDEO else None
    if film is None:
        raise _refused("no-film")
    if (
        sound.kind != Asset.Kind.AUDIO
        or not sound.is_shown
        or sound.encoding is None
        or sound.event_id != asset.event_id
    ):
        raise _refused("no-sound", field="sound")
    if _is_recording(film):
        raise _refused("recording")
    if not -sound.encoding.seconds < begins < film.seconds:
        raise _refused("beyond", field="begins")
    check_room(asset.added_sounds.all(), most=AddedSound.MOST, code="sounds.too_many")
    row = AddedSound(event_id=asset.event_id, asset=asset, sound=sound, language=code, role=role)
    row.title, row.begins = " ".join(title.split()), round(begins, 3)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("sounds.twice", selectors.SOUND_REASONS["twice"], field="sound") from error
    _tell_worker(row)
    return row


def _refused(reason: str, *, field: str | None = None) -> Refused:
    return Refused(f"sounds.{reason}", selectors.SOUND_REASONS[reason], field=field)


def remove_sound(row: AddedSound) -> None:
    """It is no longer heard; a worker that is making it ends within a second. The file itself stays in the library."""
    row.delete()


def retry_sound(row: AddedSound) -> None:
    """Begin again after a failure."""
    if not _begin_anew(AddedSound.objects.filter(pk=row.pk, state=State.FAILED)):
        raise Refused("sounds.not-failed", selectors.SOUND_REASONS["not-failed"])


def make_anew(asset: Asset) -> None:
    """Called in the transaction that gives a file other bytes: all that was made of it or for it. What was made of a
    sound is heard until the new one is whole; what was made for a film does not fit the new one, and is not."""
    _begin_anew(AddedSound.objects.filter(Q(asset=asset) | Q(sound=asset)))


def take_along(asset: Asset, part: Asset, *, earlier: float) -> None:
    """Called in the transaction that cuts a part out of a film: its added sounds are added to the part too, as far as
    they are heard there."""
    for row in asset.added_sounds.select_related("sound"):
        begins = round(row.begins - earlier, 3)
        if -(row.sound.seconds or 0.0) < begins < (part.seconds or 0.0):
            taken = AddedSound(event_id=part.event_id, asset=part, sound=row.sound, begins=begins)
            taken.language, taken.role, taken.title = row.language, row.role, row.title
            taken.save()
            _tell_worker(taken)


@transaction.atomic
def _begin_anew(rows: AddedSoundQuerySet) -> int:
    found = list(rows.select_for_update())
    fresh = {"progress": 0, "attempts": 0, "lease": "", "leased_until": None, "error": "", "detail": ""}
    AddedSound.objects.filter(pk__in=[row.pk for row in found]).update(
        state=State.WAITING, not_before=clock.now(), **fresh
    )
    for row in found:
        _tell_worker(row)
    return len(found)


def requeue_added_sounds(*, limit: int = 50) -> int:
    """Tell workers of every one that is free: never heard of, due again, or left by a killed worker. Beat calls it."""
    free = AddedSound.objects.free(clock.now()).order_by("not_before")[:limit]
    for row in free:
        _tell_worker(row, expires=60)
    return len(free)


def _tell_worker(row: AddedSound, *, expires: int | None = None) -> None:
    pk = row.pk
    transaction.on_commit(
        lambda: current_app.send_task("media.add_sound", args=[pk], expires=expires, retry=False), robust=True
    )


# Working ----------------------------------------------------------------------------------------------------------
def run_added_sound(pk: int) -> bool:
    """Take it if it is free and make it; returns whether it is heard now."""
    row = _claim(pk)
    if row is None:
        return False
    if row.attempts > AddedSound.MOST_ATTEMPTS:
        _fail(row, "stopped")
        return False
    folder = Path(tempfile.mkdtemp(prefix="plenary-sound-"))
    try:
        _carry(row, folder)
    except LeaseLost:
        return False
    except Hopeless as error:
        _fail(row, error.reason, error.detail)
        return False
    except Exception as error:
        # The machine's fault (disk full, storage away): worth another attempt.
        _put_back(row, wait=leases.retry_wait(row.attempts), detail=str(error))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _claim(pk: int) -> AddedSound | None:
    now, lease = clock.now(), ids.new_token()
    free = AddedSound.objects.free(now).filter(pk=pk)
    taken = free.update(
        state=State.RUNNING, lease=lease, leased_until=now + LEASE, attempts=F("attempts") + 1, progress=0
    )
    if not taken:
        return None
    rows = AddedSound.objects.select_related("asset__event", "asset__encoding", "sound__encoding")
    return rows.filter(pk=pk, lease=lease).first()


def _carry(row: AddedSound, folder: Path) -> None:
    film, sound = row.asset.encoding, row.sound.encoding
    if film is None:
        raise Hopeless("no-film")
    if sound is None:
        raise Hopeless("no-sound")
    if _is_recording(film):
        raise Hopeless("recording")
    said = f"{film.key} {sound.key} {row.begins:.3f} {ladder.RECIPE}"
    made = Encoding(
        organisation_id=row.asset.event.organisation_id,
        sha256=hashlib.sha256(said.encode()).hexdigest(),
        recipe=RECIPE,
        seconds=film.seconds,
    )
    if _attach(row, film, made):
        return
    made.sounds = [_make(row, film, folder)]
    # Owed from before the first file lies there: what is stored and never listed does not stay for ever.
    owed = Leftover.objects.create(folder=made.folder, due_at=clock.now() + LEFTOVER_AFTER)
    output = folder / "made"
    size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
    store().put_tree(output, made.folder, beats(row, MADE, 100, size))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _list(row, film, made)
            owed.delete()
    except IntegrityError:  # somebody else made the same at this moment
        if not _attach(row, film, made):
            raise


def _attach(row: AddedSound, film: Encoding, made: Encoding) -> bool:
    """Use what was made of the same already, for a copy of the film in another event."""
    with transaction.atomic():
        same = Encoding.objects.filter(organisation=made.organisation_id, sha256=made.sha256, recipe=made.recipe)
        known = same.select_for_update().first()
        if known is not None:
            _list(row, film, known)
    return known is not None


def _list(row: AddedSound, film: Encoding, made: Encoding) -> None:
    before = row.rendition_id
    made_now = {"rendition": made, "made_for": film}
    change_held(row, state=State.DONE, progress=100, leased_until=None, error="", detail="", **made_now)
    if before != made.pk:
        sweeping.let_encoding_go(before)


def _make(row: AddedSound, film: Encoding, folder: Path) -> dict[str, object]:
    """In `made` of the folder."""
    still_here = beats(row, 0, FETCHED, 0)
    output = folder / "made"
    output.mkdir()
    try:
        path = films.fetch_film(row.sound, folder, lambda: still_here(0))
        source = films.read_source(path, beat=lambda _seconds: still_here(0))
        if not source.sounds:
            raise Hopeless("no-sound")
        fit = _fit(row, film)
        if not -source.duration < fit.begins < fit.length:
            raise Hopeless("beyond")
        loudness = added_sound.measure(source, path, folder, beats(row, FETCHED, MEASURED, source.duration))
        beat = beats(row, MEASURED, MADE, fit.length)
        return added_sound.make(source, path, output, beat, fit=fit, loudness=loudness)
    except Missing as error:
        raise Hopeless("missing") from error
    except (sniff.Unknown, probe.Unreadable) as error:
        raise Hopeless("unreadable", str(error)) from error
    except FfmpegError as error:
        if error.reason in ("missing", "disk-full", "timeout"):
            raise
        raise Hopeless("failed", error.detail) from error


def _fit(row: AddedSound, film: Encoding) -> Fit:
    length = sum(one.seconds for one in playlists.segments_of(film, playlists.renditions_of(film)[0]))
    if not length:
        raise Hopeless("no-film")
    # No segment may be longer than those of the film, whose target it shares.
    segment = min(ladder.SEGMENT_SECONDS, playlists.target_of(film))
    return Fit(row.begins, length, clock=cuts.first_second(film), segment=segment)


def _is_recording(film: Encoding) -> bool:
    """What a live stream left, or a part of it: each picture carries the sound, and its clock is the encoder's."""
    return cuts.whole_of(film).recipe.startswith("live")


def _fail(row: AddedSound, reason: str, detail: str = "") -> None:
    with contextlib.suppress(LeaseLost):
        change_held(row, state=State.FAILED, error=reason, detail=detail[-4000:], leased_until=None)


def _put_back(row: AddedSound, *, wait: timedelta, detail: str) -> None:
    if row.attempts >= AddedSound.MOST_ATTEMPTS:
        _fail(row, "failed", detail)
        return
    with contextlib.suppress(LeaseLost):
        change_held(row, state=State.WAITING, not_before=clock.now() + wait, leased_until=None, detail=detail[-4000:])
