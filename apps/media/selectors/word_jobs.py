"""The work of machines on transcripts, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.media.models import Asset, WordJob
from apps.media.registry import store
from apps.media.selectors.files import saved_as

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

SHOWN = 20
WORD_REASONS: "dict[str, _StrPromise]" = {
    "speech-none": _("No machine is set up that could write this. Ask whoever runs the platform."),
    "speech-language": _("The machine does not know this language. Bring a file instead."),
    "speech-failed": _("The machine could not write this. Try again, or bring a file."),
    "speech-late": _("The machine did not answer within six hours. Try again."),
    "nothing-said": _("The machine heard nobody speak in this film."),
    "exists": _("There is a transcript in this language by now. Delete that first."),
    "gone": _("The transcript was deleted meanwhile."),
    "no-burn": _("This machine cannot burn captions in: its ffmpeg was built without libass."),
    "unreadable": _("The film cannot be read."),
    "missing": _("The film is no longer in storage. Bring it again."),
    "stopped": _("This was begun several times and never ended. Try again."),
    "failed": _("This failed. Try again."),
}


def word_reason(code: str) -> str:
    return str(WORD_REASONS.get(code, WORD_REASONS["failed"]))


def word_jobs(asset: Asset) -> "QuerySet[WordJob]":
    """The newest, for who writes transcripts."""
    return asset.word_jobs.select_related("source").order_by("-pk")[:SHOWN]


def burned(asset: Asset, pk: int) -> WordJob:
    """A film with captions that is still kept; raises `WordJob.DoesNotExist`."""
    rows: QuerySet[WordJob] = asset.word_jobs.filter(kind=WordJob.Kind.BURN, state=WordJob.State.DONE)
    return rows.get(pk=pk, keep_until__gt=clock.now())


def burned_url(job: WordJob) -> str:
    """A signed address of its file, which the browser keeps under the film's name."""
    name = saved_as(f"{job.asset.title} ({job.language})", "mp4")
    return store().url(job.file, file_name=name, content_type="video/mp4", save=True)
