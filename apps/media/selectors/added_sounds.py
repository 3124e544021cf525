"""The sounds of a film: those inside its file, and those that were added to it."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.media.models import AddedSound, Asset, Encoding
from apps.media.selectors.subtitling import name_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

MOST_OFFERED = 500
SOUND_REASONS: "dict[str, _StrPromise]" = {
    "no-film": _("The film cannot be played at the moment."),
    "no-sound": _("There is no sound in this file."),
    "recording": _(
        "The sound of a live recording lies inside its picture, where no other can be heard instead. Download the "
        "whole recording, bring it as a film, and add the sound to that."
    ),
    "beyond": _("The sound would begin after the film, or end before it. Choose another beginning."),
    "twice": _("This sound was added to the film already."),
    "not-failed": _("Only what has failed can be tried again."),
    "unreadable": _("The sound cannot be read."),
    "missing": _("The sound is no longer in storage. Bring it again."),
    "stopped": _("This was begun several times and never ended. Try again."),
    "failed": _("This failed. Try again."),
}


def sound_reason(code: str) -> str:
    return str(SOUND_REASONS.get(code, SOUND_REASONS["failed"]))


def added_sounds(asset: Asset) -> "QuerySet[AddedSound]":
    """All that were added to a film, in their order, those that lie in the trash too; `AddedSound.MOST` bounds them."""
    return asset.added_sounds.select_related("sound")


def sounds_to_add(asset: Asset) -> "QuerySet[Asset]":
    """Those of its event that may be added to a film, the newest first."""
    ready = asset.event.assets.filter(kind=Asset.Kind.AUDIO, state=Asset.State.READY, encoding__isnull=False)
    return ready.exclude(added_to__asset=asset)[:MOST_OFFERED]


def sounds_of(asset: Asset, encoding: Encoding) -> list[dict[str, Any]]:
    """Of a film as `Encoding.sounds`, those that were added after its own; one that lies in the trash is not heard."""
    return [*encoding.sounds, *(_told(row) for row in _whole(asset, encoding))]


def rendition_of(asset: Asset, encoding: Encoding, name: str) -> tuple[Encoding, str] | None:
    """The ladder in which a picture or a sound of a film lies, and what it is called there; None where there is none
    of that name."""
    if any(one["name"] == name for one in (*encoding.rungs, *encoding.sounds)):
        return encoding, name
    row = next((one for one in _whole(asset, encoding) if one.name == name), None) if _is_added(name) else None
    return (row.rendition, row.rendition.sounds[0]["name"]) if row and row.rendition else None


def _whole(asset: Asset, encoding: Encoding) -> "QuerySet[AddedSound]":
    """What was made for another ladder of the film does not fit this one."""
    whole = asset.added_sounds.filter(made_for=encoding, rendition__isnull=False, sound__deleted_at=None)
    return whole.select_related("rendition")


def _is_added(name: str) -> bool:
    return name.startswith("added-")


def _told(row: AddedSound) -> dict[str, Any]:
    facts = row.rendition.sounds[0] if row.rendition else {}
    title = row.title or name_of(row.language)
    return {**facts, "name": row.name, "title": title, "language": row.language, "role": row.role}
