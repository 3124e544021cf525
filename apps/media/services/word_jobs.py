"""What machines do on transcripts: a job is a row held by a lease, begun by a button, carried on by workers."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.media import selectors
from apps.media.adapters import burn, probe, sniff, sound, speech, translation
from apps.media.adapters.cues import Cue
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.models import Asset, Leftover, Transcript, WordJob
from apps.media.registry import Missing, store
from apps.media.services import films, leases
from apps.media.services.leases import Hopeless, LeaseLost, change_held
from apps.media.services.transcripts import create_transcript, language_code

if TYPE_CHECKING:
    from apps.accounts.models import User

LEASE = timedelta(seconds=120)
ASK_AGAIN = timedelta(seconds=20)
PUT_WITHIN = timedelta(hours=1)
"""How long a film may be on its way into storage, which tells nothing meanwhile."""
LONGEST = timedelta(hours=6)
KEPT = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=30)
UNFINISHED = timedelta(hours=24)
State, Kind = WordJob.State, WordJob.Kind


# Beginning --------------------------------------------------------------------------------------------------------
def write_by_machine(asset: Asset, *, language: str, by: "User | None" = None) -> WordJob:
    """A draft in the language that is spoken."""
    code = language_code(language)
    if not speech.engine():
        raise _none()
    _check_free(asset, code)
    return _begin(asset, Kind.SPEECH, code, None, by)


def translate_by_machine(source: Transcript, *, language: str, by: "User | None" = None) -> WordJob:
    """A draft in another language, line by line."""
    code = language_code(language)
    if not translation.is_there():
        raise _none()
    asset = _of_film(source)
    _check_free(asset, code)
    return _begin(asset, Kind.TRANSLATION, code, source, by)


def burn_in(source: Transcript, *, by: "User | None" = None) -> WordJob:
    """A film with these words in its picture, to be taken away for a week."""
    asset = _of_film(source)
    if not burn.is_there():
        raise Refused("words.no_burn", selectors.WORD_REASONS["no-burn"])
    if asset.kind != Asset.Kind.VIDEO or not source.lines.exists():
        raise Refused("words.nothing", _("There is no picture, or there are no words to burn into it."))
    return _begin(asset, Kind.BURN, source.language, source, by)


def _none() -> Refused:
    return Refused("words.no_machine", selectors.WORD_REASONS["speech-none"])


def _of_film(source: Transcript) -> Asset:
    if source.asset is None:
        raise Refused("words.no_film", _("This transcript has no recording yet."))
    return source.asset


def _check_free(asset: Asset, language: str) -> None:
    if not asset.is_played:
        raise Refused("transcript.no_film", _("Only films and sound have transcripts."), status=422)
    if asset.transcripts.filter(language=language, deleted_at=None).exists():
        raise Refused("transcript.exists", selectors.WORD_REASONS["exists"])


def _begin(asset: Asset, kind: str, language: str, source: Transcript | None, by: "User | None") -> WordJob:
    try:
        with transaction.atomic():
            job = WordJob.objects.create(
                event_id=asset.event_id, asset=asset, kind=kind, language=language, source=source, made_by=by
            )
            _tell_worker(job)
    except IntegrityError as error:
        raise Refused("words.at_work", _("This is being done already.")) from error
    return job


def retry_word_job(job: WordJob) -> None:
    """Begin again after a failure."""
    with transaction.atomic():
        rows = WordJob.objects.filter(pk=job.pk, state=State.FAILED)
        fresh = {"remote": "", "begun_at": None, "error": "", "detail": "", "progress": 0, "attempts": 0}
        try:
            with transaction.atomic():
                changed = rows.update(state=State.WAITING, not_before=clock.now(), **fresh)
        except IntegrityError as error:
            raise Refused("words.at_work", _("This is being done already.")) from error
        if not changed:
            raise Refused("words.not_failed", _("Only what has failed can be tried again."))
        _tell_worker(job)


def _tell_worker(job: WordJob, *, expires: int | None = None) -> None:
    pk = job.pk
    transaction.on_commit(
        lambda: current_app.send_task("media.words", args=[pk], expires=expires, retry=False), robust=True
    )


def requeue_word_jobs(*, limit: int = 50) -> int:
    """Tell workers of every job that is free: due, to be asked for again, or left by a killed worker. Beat calls it."""
    free = WordJob.objects.free(clock.now()).order_by("not_before")[:limit]
    for job in free:
        _tell_worker(job, expires=60)
    return len(free)


def sweep_word_jobs() -> None:
    """Rows that nobody looks at any more. The files go as leftovers, at their hour."""
    ended = WordJob.objects.filter(state__in=(State.DONE, State.FAILED))
    ended.filter(created_at__lt=clock.now() - FORGOTTEN_AFTER).delete()


# Working ----------------------------------------------------------------------------------------------------------
def run_word_job(job_id: int) -> bool:
    """Take the job if it is free and carry it on; returns whether it is done."""
    job = _claim(job_id)
    if job is None:
        return False
    if job.attempts > WordJob.MOST_ATTEMPTS:
        _fail(job, "stopped")
        return False
    folder = Path(tempfile.mkdtemp(prefix="plenary-words-"))
    try:
        return {Kind.SPEECH: _write, Kind.TRANSLATION: _translate, Kind.BURN: _burn}[Kind(job.kind)](job, folder)
    except LeaseLost:
        return False
    except (Hopeless, speech.SpeechError) as error:
        _fail(job, error.reason, error.detail)
        return False
    except Missing:
        _fail(job, "missing")
        return False
    except Exception as error:
        # The machine's fault (disk full, a service away): worth another attempt.
        _put_back(job, wait=leases.retry_wait(job.attempts), detail=str(error))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _claim(job_id: int) -> WordJob | None:
    now, lease = clock.now(), ids.new_token()
    free = WordJob.objects.free(now).filter(pk=job_id)
    taken = free.update(state=State.RUNNING, lease=lease, leased_until=now + LEASE, attempts=F("attempts") + 1)
    if not taken:
        return None
    return WordJob.objects.select_related("asset__event", "asset__encoding", "source", "made_by").get(
        pk=job_id, lease=lease
    )


def _renew(job: WordJob, total: float) -> Callable[[float], None]:
    return leases.beats(job, 0, 99, total, lasts=LEASE)


def _fetch(job: WordJob, folder: Path) -> tuple[probe.Source, Path]:
    """The film on this machine, and what it holds."""
    still_here = _renew(job, 0)
    path = films.fetch_film(job.asset, folder, lambda: still_here(0))
    return films.read_source(path, beat=lambda _seconds: still_here(0)), path


def _speech(job: WordJob, folder: Path) -> Path:
    """Its first sound, written anew: what hears it opens nothing that somebody brought."""
    source, path = _fetch(job, folder)
    if not source.sounds:
        raise Hopeless("nothing-said")
    still_here = _renew(job, 0)
    return sound.write_speech(source, path, folder, lambda _seconds: still_here(0))


def _lend(job: WordJob, folder: Path) -> str:
    """Longer than a service elsewhere may take."""
    place = f"speech/{ids.new_token()}"
    Leftover.objects.create(folder=place, due_at=clock.now() + UNFINISHED)
    store().put(_speech(job, folder), f"{place}/{sound.SPEECH}", content_type="audio/wav")
    return f"{place}/{sound.SPEECH}"


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """What the film has wrong is said at once; what the machine has wrong is tried again."""
    try:
        yield
    except (sniff.Unknown, probe.Unreadable) as error:
        raise Hopeless("unreadable", str(error)) from error
    except FfmpegError as error:
        if error.reason in ("missing", "disk-full", "timeout"):
            raise
        raise Hopeless("failed", error.detail) from error


def _write(job: WordJob, folder: Path) -> bool:
    asset = job.asset
    film = speech.Sound(
        asset.original, asset.content_type, asset.size, lambda: _speech(job, folder), lambda: _lend(job, folder)
    )
    beat = _renew(job, asset.seconds or 0)
    with _readable():
        heard = speech.transcribe(
            film, language=job.language, mark=f"{asset.key}-{job.pk}", remote=job.remote, beat=beat
        )
    if heard.cues is None:
        _wait(job, heard.remote)
        return False
    if not heard.cues:
        raise Hopeless("nothing-said")
    return _keep(job, heard.cues, Transcript.Origin.MACHINE)


def _wait(job: WordJob, remote: str) -> None:
    """A service elsewhere is at work; it is asked again soon, and within bounds."""
    now = clock.now()
    begun = job.begun_at or now
    if now - begun > LONGEST:
        raise Hopeless("speech-late")
    change_held(
        job,
        state=State.WAITING,
        remote=remote,
        begun_at=begun,
        not_before=now + ASK_AGAIN,
        attempts=0,
        leased_until=None,
    )


def _translate(job: WordJob, _folder: Path) -> bool:
    source = job.source
    if source is None or source.deleted_at is not None:
        raise Hopeless("gone")
    lines = list(selectors.lines_of(source))
    beat = _renew(job, len(lines))
    texts = translation.translate([line.text for line in lines], source=source.language, target=job.language, beat=beat)
    cues = [
        Cue(line.begins, line.ends, text.strip() or line.text, line.speaker)
        for line, text in zip(lines, texts, strict=True)
    ]
    return _keep(job, cues, Transcript.Origin.TRANSLATED)


def _keep(job: WordJob, cues: list[Cue], origin: str) -> bool:
    try:
        with transaction.atomic():
            create_transcript(job.asset, language=job.language, cues=cues, origin=origin, by=job.made_by)
            change_held(job, state=State.DONE, progress=100, leased_until=None)
    except Refused as refused:
        raise Hopeless("exists" if refused.code == "transcript.exists" else "failed", str(refused)) from refused
    return True


def _burn(job: WordJob, folder: Path) -> bool:
    if job.source is None or job.source.deleted_at is not None:
        raise Hopeless("gone")
    with _readable():
        film, path = _fetch(job, folder)
        made = burn.burn(film, path, folder, selectors.lines_of(job.source), _renew(job, film.duration))
    place = f"burned/{ids.new_token()}"
    # Owed from before the file lies there; once it is whole, owed at the hour at which it is no longer kept.
    owed = Leftover.objects.create(folder=place, due_at=clock.now() + UNFINISHED)
    change_held(job, leased_until=clock.now() + PUT_WITHIN)
    store().put(made, f"{place}/{burn.FILM}", content_type="video/mp4")
    until = clock.now() + KEPT
    with transaction.atomic():
        change_held(
            job, state=State.DONE, progress=100, leased_until=None, file=f"{place}/{burn.FILM}", keep_until=until
        )
        Leftover.objects.filter(pk=owed.pk).update(due_at=until)
    return True


def _fail(job: WordJob, reason: str, detail: str = "") -> None:
    with contextlib.suppress(LeaseLost):
        change_held(job, state=State.FAILED, error=reason, detail=detail[-4000:], leased_until=None)


def _put_back(job: WordJob, *, wait: timedelta, detail: str) -> None:
    if job.attempts >= WordJob.MOST_ATTEMPTS:
        _fail(job, "failed", detail)
        return
    with contextlib.suppress(LeaseLost):
        change_held(job, state=State.WAITING, not_before=clock.now() + wait, leased_until=None, detail=detail[-4000:])
