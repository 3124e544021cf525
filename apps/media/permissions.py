"""Who may bring files, see them, and look after them; pure functions of a person's roles in the event."""

from collections.abc import Set as AbstractSet

from apps.core.access import ROLES_FOR, Access, May, may
from apps.media.models import Asset


def can_upload(roles: AbstractSet[str]) -> bool:
    """Organisers for everything, speakers their slides, exhibitors their booth."""
    return may(roles, May.BRING_FILES)


def can_see(asset: Asset, roles: AbstractSet[str]) -> bool:
    """Watch a film, look at a picture, open a document."""
    return asset.is_public or not ROLES_FOR[Access.ATTENDEE].isdisjoint(roles)


def can_manage(roles: AbstractSet[str]) -> bool:
    """Retry, rename, sort, replace, throw away, and have every original."""
    return may(roles, May.MANAGE_FILES)


def can_write_words(roles: AbstractSet[str]) -> bool:
    """Edit and publish transcripts, and write live captions."""
    return may(roles, May.WRITE_WORDS)


def can_play_ahead(roles: AbstractSet[str]) -> bool:
    """Have a film that plays as live by itself, also the part that nobody has seen yet."""
    return can_manage(roles) or can_write_words(roles)


def can_download(asset: Asset, roles: AbstractSet[str]) -> bool:
    """Have the file itself, of those who may see it; organisers always."""
    if can_manage(roles):
        return True
    by = asset.downloaded_by
    if by == Asset.Download.ATTENDING:
        return not ROLES_FOR[Access.ATTENDEE].isdisjoint(roles)
    return by == Asset.Download.EVERYBODY


def can_have_unshown(asset: Asset, user_id: int | None, roles: AbstractSet[str], *, is_left: bool) -> bool:
    """What no room shows. Documents and pictures that none ever did are for all who take part, and are handed on by
    their address; films, and what is left of something that was deleted (`is_left`), are for those who look after
    files, and for who brought them."""
    is_handed_on = not asset.is_played and not is_left
    return is_handed_on or can_manage(roles) or (user_id is not None and asset.uploaded_by_id == user_id)


def can_run_streams(roles: AbstractSet[str]) -> bool:
    """See a stream that is shown nowhere yet, and how its encoders do."""
    return not ROLES_FOR[Access.MODERATOR].isdisjoint(roles)


def can_watch(roles: AbstractSet[str]) -> bool:
    return not ROLES_FOR[Access.ATTENDEE].isdisjoint(roles)
