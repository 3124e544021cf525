"""Reads of media: assets of an event, their signed addresses, playlists, and how far a job is."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, ManyToOneRel, QuerySet
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.words import Number
from apps.events.models import Event
from apps.events.registry.work import BROKEN, Need, Part, Task
from apps.media import broadcasts
from apps.media.models import Asset, Encoding, TranscodeJob, Upload
from apps.media.registry import WINDOW_SECONDS, Missing, store

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SPEEDS = ("0.75", "1", "1.25", "1.5", "2")
PLAYLIST_SECONDS = 10 * 60
"""How long a browser may keep a playlist; far below the life of the addresses inside."""

REASONS: "dict[str, _StrPromise]" = {
    "empty": _("The file is empty. Choose it again; if it is still empty, make it anew."),
    "text": _("This is a text file, whatever its name says. Films, sound, pictures and PDF documents are taken."),
    "html": _("This is a web page, which could carry scripts. Save it as PDF and send that."),
    "svg": _("SVG drawings can carry scripts and are not taken. Save it as PNG and send that."),
    "program": _("This is a program, and programs are not taken."),
    "archive": _("This is an archive or an office file. Unpack it, or save it as PDF, and send that."),
    "unknown": _("This kind of file is not taken. Films, sound, pictures (JPEG, PNG, WebP, GIF) and PDF are."),
    "cut-pdf": _("The PDF stops before its end. Save it again and send that."),
    "picture": _("The picture cannot be read. Save it again as JPEG or PNG and send that."),
    "picture-size": _("The picture has too many pixels. Make its longer side 10,000 pixels or less."),
    "size": _("The file is larger than is taken for its kind."),
    "no-tracks": _("There is neither picture nor sound in this file."),
    "no-picture": _("No picture could be read from this film. Export it again, best as MP4 with H.264."),
    "too-large": _("The picture of this film is larger than 8192 pixels. Export it at 4K or less."),
    "cut-off": _("The film stops before its end: it was not written to the end. Export it again and send that."),
    "corrupt": _("The film is damaged and cannot be read. Export it again, best as MP4 with H.264."),
    "missing": _("The file is no longer in storage. Send it again."),
    "stopped": _("Preparing this film was begun several times and never ended. Try again, or send another export."),
    "failed": _("This film could not be prepared. Try again; if it fails again, export it anew as MP4 with H.264."),
}


NO_SUCH_FILE = _("There is no such file in this event.")


def reason(code: str) -> str:
    """The sentence for a code, in the reader's language."""
    return str(REASONS.get(code, REASONS["failed"]))


def assets(event: Event, *, kind: str = "") -> "QuerySet[Asset]":
    """The event's assets that are there to be used, newest first."""
    found = event.assets.exclude(state=Asset.State.FAILED)
    return found.filter(kind=kind) if kind else found


def asset(event: Event, key: str) -> Asset:
    """Raises `Asset.DoesNotExist`, for another event's too."""
    return event.assets.select_related("encoding").get(key=key)


def upload(event: Event, key: str, *, by_id: int) -> Upload:
    """Somebody's own upload; raises `Upload.DoesNotExist`."""
    return event.uploads.select_related("asset", "event").get(key=key, by_id=by_id)


def parts_arrived(upload: Upload) -> dict[int, int]:
    if upload.state != Upload.State.OPEN:
        return {}
    return store().parts(upload.original, upload.multipart_id)


class UploadPlace(TypedDict):
    """What templates/media/upload.html needs; `most` in bytes."""

    api: str
    most: int


def upload_place(event: Event) -> UploadPlace:
    return {"api": reverse("api:uploads", args=[event.slug]), "most": settings.UPLOAD_MOST_BYTES}


def usages(asset: Asset, *, limit: int = 20) -> list[tuple[str, str]]:
    """Where an asset is shown, whatever room shows it: what kind of thing, and which."""
    found: list[tuple[str, str]] = []
    for relation in asset._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.related_model._meta.app_label == "media":
            continue
        things = relation.related_model._base_manager.filter(**{relation.field.name: asset})[: limit - len(found)]
        what = str(relation.related_model._meta.verbose_name).capitalize()
        found.extend((what, str(thing)) for thing in things)
    return found


def is_left(asset: Asset) -> bool:
    """Whether what showed it was deleted, and nothing shows it now."""
    return asset.is_put_away and not usages(asset, limit=1)


# What the organisers' desk shows ------------------------------------------------------------------------------------
def needs(events: dict[int, Event], user: User) -> Iterable[Need]:
    """Files that could not be prepared."""
    failed = Asset.objects.filter(event__in=events, state=Asset.State.FAILED).order_by()
    address = reverse("admin:media_asset_changelist")
    for event_id, count in failed.values_list("event").annotate(count=Count("pk")):
        text = ngettext("%(count)s file could not be prepared.", "%(count)s files could not be prepared.", count)
        url = f"{address}?event__id__exact={event_id}&state__exact=failed"
        yield Need(BROKEN, text % {"count": Number(count)}, url, event_id)


def tasks(event: Event) -> Iterable[Task]:
    address = reverse("admin:media_asset_changelist") + f"?event__id__exact={event.pk}"
    yield Task(Part.CONTENT, _("Films, pictures or documents are here"), event.assets.exists(), address, True)


# What pages show --------------------------------------------------------------------------------------------------
def stream_url(asset: Asset) -> str:
    """The address of its master playlist; empty while it cannot be played."""
    if asset.state != Asset.State.READY or not asset.encoding_id:
        return ""
    return reverse("media:master", args=[asset.event.slug, asset.key])


def poster_url(asset: Asset) -> str:
    """A signed address of a still of the film; empty where there is none."""
    return store().url(asset.encoding.poster) if asset.encoding and asset.encoding.poster else ""


class Captions(TypedDict):
    """What a `<track>` needs."""

    url: str
    language: str
    label: str


def captions_of(asset: Asset) -> list[Captions]:
    if not asset.encoding:
        return []
    return [
        {
            "url": reverse("media:captions", args=[asset.event.slug, asset.key, n]),
            "language": words["language"],
            "label": _language_name(words["language"]),
        }
        for n, words in enumerate(asset.encoding.captions)
    ]


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code or str(_("Captions"))


def caption_file(encoding: Encoding, number: int) -> bytes | None:
    """WebVTT; None where there is no such track."""
    if number >= len(encoding.captions):
        return None
    name = f"{encoding.folder}/{encoding.captions[number]['file']}"
    try:
        return store().read(name, 0, store().size(name))
    except Missing:
        return None


class Player(TypedDict):
    """What templates/media/player.html shows."""

    key: str
    title: str
    url: str
    poster: str
    seconds: float
    captions: list[Captions]
    is_sound: bool
    live_from: int | None
    """When the film's first second was on stage, in ms since the epoch; the server's clock is `now`."""
    now: int
    live_loop: bool
    speeds: tuple[str, ...]


def player(asset: Asset | None, *, live_from: datetime | None = None, live_loop: bool = False) -> Player | None:
    """None while there is nothing to play. Give an asset with its `event` and `encoding`.

    `live_from` plays the recording as live: everybody at the same second, none ahead of it. `live_loop` begins
    it again where it is shorter than its hour.
    """
    url = stream_url(asset) if asset else ""
    if asset is None or not url:
        return None
    return {
        "key": asset.key,
        "title": asset.title,
        "url": url,
        "poster": poster_url(asset),
        "seconds": asset.seconds or 0,
        "captions": captions_of(asset),
        "is_sound": asset.kind == Asset.Kind.AUDIO,
        "live_from": round(live_from.timestamp() * 1000) if live_from else None,
        "now": round(clock.now().timestamp() * 1000),
        "live_loop": live_loop,
        "speeds": SPEEDS,
    }


def image_url(asset: Asset | None) -> str:
    """A signed address of a picture, to put into `src`; empty where there is none."""
    if asset is None or asset.kind != Asset.Kind.IMAGE or asset.state != Asset.State.READY:
        return ""
    return store().url(asset.original, content_type=asset.content_type)


def download_url(asset: Asset) -> str:
    """The page address that checks who asks and leads to the file."""
    return reverse("media:download", args=[asset.event.slug, asset.key])


def file_url(asset: Asset, *, save: bool) -> str:
    """A signed address of the file itself; `save` has the browser keep it under its title."""
    name = f"{asset.title}.{_ending(asset)}"
    return store().url(asset.original, file_name=name, content_type=asset.content_type, save=save)


def _ending(asset: Asset) -> str:
    known = {"application/pdf": "pdf", "image/jpeg": "jpg", "video/quicktime": "mov", "audio/mpeg": "mp3"}
    return known.get(asset.content_type) or asset.content_type.rpartition("/")[2].removeprefix("x-") or "bin"


# Playlists --------------------------------------------------------------------------------------------------------
def master_playlist(encoding: Encoding) -> str:
    """The HLS master (RFC 8216, 4.3.4): one sound rendition, shared by every picture rung."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    pictures = [rung for rung in encoding.rungs if rung["height"]]
    sound = next((rung for rung in encoding.rungs if not rung["height"]), None)
    if sound and pictures:
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
            f'CHANNELS="2",URI="{sound["name"]}.m3u8"'
        )
    for rung in pictures or encoding.rungs:
        mixed = sound if sound and pictures else None
        codecs = f"{rung['codecs']},{mixed['codecs']}" if mixed else rung["codecs"]
        facts = [
            f"BANDWIDTH={rung['peak'] + (mixed['peak'] if mixed else 0)}",
            f"AVERAGE-BANDWIDTH={rung['average'] + (mixed['average'] if mixed else 0)}",
            f'CODECS="{codecs}"',
        ]
        if rung["height"]:
            facts += [f"RESOLUTION={rung['width']}x{rung['height']}", f"FRAME-RATE={rung['fps']:.3f}"]
        if mixed:
            facts.append('AUDIO="sound"')
        lines += [f"#EXT-X-STREAM-INF:{','.join(facts)}", f"{rung['name']}.m3u8"]
    return "\n".join(lines) + "\n"


def rung_playlist(encoding: Encoding, name: str) -> str | None:
    """One rung's media playlist with signed segment addresses; None where there is no such rung.

    The same for every reader for a while, and therefore kept: a talk of an hour names a thousand addresses.
    """
    if all(rung["name"] != name for rung in encoding.rungs):
        return None
    window = int(clock.now().timestamp()) // (WINDOW_SECONDS // 4)
    mark = f"media.playlist.{encoding.key}.{name}.{window}"
    kept: str | None = cache.get(mark)
    if kept is None:
        folder, at = f"{encoding.folder}/{name}", store()
        try:
            text = at.read(f"{folder}/index.m3u8", 0, at.size(f"{folder}/index.m3u8")).decode()
        except Missing:
            return None
        sign = at.urls(folder)
        kept = "\n".join(_signed_line(line, sign) for line in text.splitlines()) + "\n"
        cache.set(mark, kept, WINDOW_SECONDS // 4)
    return kept


def _signed_line(line: str, sign: Callable[[str], str]) -> str:
    if line.startswith("#EXT-X-MAP:URI="):
        name = line.partition('"')[2].rpartition('"')[0]
        return f'#EXT-X-MAP:URI="{sign(name)}"'
    return line if not line or line.startswith("#") else sign(line)


# Progress ---------------------------------------------------------------------------------------------------------
def progress(event_id: int, asset_id: int) -> broadcasts.Progress | None:
    found = Asset.objects.filter(event_id=event_id, pk=asset_id).first()
    return None if found is None else broadcasts.progress(found, job_of(found))


class Row(TypedDict):
    """How far an asset is, in the reader's words."""

    percent: int
    words: str
    is_open: bool


def row(asset: Asset) -> Row:
    """Give an asset with its `job`."""
    job: TranscodeJob | None = getattr(asset, "job", None)
    percent = 100 if asset.state == Asset.State.READY else job.progress if job else 0
    return {
        "percent": percent,
        "words": _words(asset, job, percent),
        "is_open": asset.state == Asset.State.PROCESSING,
    }


def _words(asset: Asset, job: TranscodeJob | None, percent: int) -> str:
    if asset.state == Asset.State.FAILED:
        return reason(asset.error)
    if asset.state == Asset.State.READY:
        return str(_("Ready"))
    if job is None or job.state == TranscodeJob.State.WAITING:
        return str(_("Waiting for its turn"))
    left = time_left(job)
    if left is None:
        return str(_("Being prepared, %(percent)s%%") % {"percent": percent})
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return str(_("%(percent)s%%, less than a minute left") % {"percent": percent})
    words = ngettext("%(percent)s%%, %(count)s minute left", "%(percent)s%%, %(count)s minutes left", minutes)
    return words % {"percent": percent, "count": minutes}


def job_of(asset: Asset) -> TranscodeJob | None:
    return TranscodeJob.objects.filter(asset=asset).first()


def time_left(job: TranscodeJob) -> timedelta | None:
    """A guess from the pace so far; None while there is too little to go by."""
    if job.state != TranscodeJob.State.RUNNING or job.started_at is None or job.progress < 3:
        return None
    return (clock.now() - job.started_at) / job.progress * (100 - job.progress)
