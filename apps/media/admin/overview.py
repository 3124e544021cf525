"""What stands above the form of a file at the desk: its state, what it is, where it is shown, what is done with it."""

from typing import Any

from django.template.defaultfilters import date, filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.words import Number
from apps.media import selectors
from apps.media.admin.chapters import watched
from apps.media.models import Asset, Encoding

FORMATS = {"image/jpeg": "JPEG", "video/quicktime": "QuickTime", "application/vnd.apple.mpegurl": ""}
"""By what files call them; others are called as they end."""


def overview(asset: Asset) -> dict[str, Any]:
    """For templates/admin/media/overview.html."""
    shown = asset.is_shown
    return {
        "still": picture_of(asset),
        "watch": reverse("media:watch", args=[asset.event.slug, asset.key]) if shown and asset.is_played else "",
        "pages": selectors.pages_url(asset),
        "row": selectors.row(asset),
        "address": reverse("api:asset", args=[asset.event.slug, asset.key]),
        "can_stop": asset.state == Asset.State.PROCESSING and asset.is_played,
        "trouble": trouble(asset),
        "facts": facts(asset),
        "rungs": rungs(asset.encoding) if asset.encoding else [],
        "uses": selectors.usages(asset),
        "download": selectors.download_url(asset) if asset.has_file else "",
        "versions": asset.versions.count(),
        "transcripts": list(selectors.transcripts(asset.event, asset=asset)) if asset.is_played else [],
        "has_sounds": shown and (asset.kind == Asset.Kind.VIDEO or asset.added_sounds.exists()),
        "can_cut": shown and asset.encoding is not None,
        "watched": watched(asset) if shown and asset.is_played else "",
    }


def picture_of(asset: Asset) -> str:
    """The picture that it is, or a still of the film; empty where there is neither."""
    return selectors.image_url(asset) or selectors.poster_url(asset)


def trouble(asset: Asset) -> str:
    """Why it could not be prepared, or why a part of it is missing; empty where all went well."""
    if asset.state == Asset.State.FAILED:
        return selectors.reason(asset.error)
    job = getattr(asset, "file_job", None)
    return selectors.reason(job.error) if job and job.error else ""


def facts(asset: Asset) -> list[tuple[str, str]]:
    """What it is, each with its name."""
    form = FORMATS.get(asset.content_type, selectors.ending_of(asset.content_type).upper())
    kind = str(asset.get_kind_display())
    count = asset.pages.count if asset.pages else 0
    by, at = asset.brought_by or asset.uploaded_by, asset.brought_at or asset.created_at
    moment = date(at, "SHORT_DATETIME_FORMAT")
    found = [
        (_("Kind"), f"{kind}, {form}" if form else kind),
        (_("Length"), clock(asset.seconds) if asset.seconds else ""),
        (_("Picture"), f"{asset.width} × {asset.height}" if asset.width else ""),
        (_("Pages"), ngettext("%(count)s page", "%(count)s pages", count) % {"count": Number(count)} if count else ""),
        (_("Loudness"), loudness(asset.encoding)),
        (_("Sound tracks"), sounds(asset)),
        (_("Size of the file"), filesizeformat(asset.size) if asset.size else ""),
        (_("Name of the file"), asset.file_name),
        (_("Brought"), _("%(day)s by %(who)s") % {"day": moment, "who": by} if by else moment),
    ]
    return [(name, value) for name, value in found if value]


def loudness(encoding: Encoding | None) -> str:
    if encoding is None or encoding.loudness is None:
        return ""
    after = encoding.loudness + (encoding.gain or 0)
    return _("%(before)s LUFS as it came, %(after)s now") % {
        "before": f"{encoding.loudness:.1f}".replace("-", "−"),
        "after": f"{after:.1f}".replace("-", "−"),
    }


def sounds(asset: Asset) -> str:
    """Only where there are several to choose from."""
    found = selectors.sounds_of(asset, asset.encoding) if asset.encoding else []
    return ", ".join(one.get("title") or one.get("language") or one["name"] for one in found) if found[1:] else ""


def rungs(encoding: Encoding) -> list[dict[str, Any]]:
    """The renditions, the largest first; what a part of a film takes on average is not known."""
    return [
        {**rung, "fps": f"{rung['fps']:g}", "rate": f"{(rung.get('average') or rung['peak']) / 1e6:.1f}"}
        for rung in reversed(encoding.rungs)
    ]


def clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
