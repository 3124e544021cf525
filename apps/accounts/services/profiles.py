"""The profile: what a person says of themselves, whom each part is for, and their photo."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import permissions, selectors
from apps.accounts.models import (
    INTEREST_LENGTH,
    LINK_LENGTH,
    MOST_INTERESTS,
    MOST_LANGUAGES,
    MOST_LINKS,
    SHOWN_FIELDS,
    Audience,
    User,
)
from apps.core import ids, pictures, tongues
from apps.core.errors import Refused

PHOTO_EDGE = 512
PROFILE_FIELDS = (
    *("name", "title", "company", "pronouns", "bio", "time_zone", "language"),
    *("languages", "interests", "links"),
)
ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_is_address = URLValidator(schemes=["https"])


def update_profile(
    user: User,
    *,
    photo: IO[bytes] | None = None,
    remove_photo: bool = False,
    visibility: Mapping[str, str] | None = None,
    **values: Any,
) -> User:
    """Changes the given fields of the profile; a photo is checked, turned upright, cropped and written anew.

    `visibility` says whom fields are for, and leaves those that it does not name. A photo that fewer may see than
    before gets another address, so that those who kept the former one have nothing.
    """
    unknown = set(values) - set(PROFILE_FIELDS)
    if unknown:
        raise ValueError(f"Not a part of the profile: {', '.join(sorted(unknown))}.")
    tidied = {name: TIDY[name](value) if name in TIDY else value for name, value in values.items()}
    # The slow part first: nothing is locked while a photo is made.
    portrait = None if photo is None else pictures.square(photo, edge=PHOTO_EDGE, field="photo")
    with transaction.atomic():
        _save_profile(user, tidied, visibility or {}, portrait=portrait, remove_photo=remove_photo)
    return user


def _save_profile(
    user: User, tidied: dict[str, Any], visibility: Mapping[str, str], *, portrait: bytes | None, remove_photo: bool
) -> None:
    """From the row as it stands, and only what was asked for: another page may have saved something else meanwhile."""
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.photo, user.hidden_fields, user.staff_fields = held.photo.name, held.hidden_fields, held.staff_fields
    before, former = user.audience_of("photo"), user.photo.name
    saved = set(tidied)
    if visibility:
        user.hidden_fields, user.staff_fields = _sorted_out(user, visibility)
        saved |= {"hidden_fields", "staff_fields"}
    for name, value in tidied.items():
        setattr(user, name, value)
    if portrait is not None:
        user.photo.save(f"{ids.new_token()}.webp", ContentFile(portrait), save=False)
    elif remove_photo:
        user.photo = ""
    elif former and permissions.NEEDED[user.audience_of("photo")] > permissions.NEEDED[before]:
        _move_photo(user)
    if former != user.photo.name:
        saved.add("photo")
    if saved:
        user.save(update_fields=saved)
    if former and former != user.photo.name:
        storage = user.photo.storage
        transaction.on_commit(lambda: storage.delete(former))


def _move_photo(user: User) -> None:
    try:
        with user.photo.storage.open(str(user.photo.name)) as file:
            content = file.read()
    except OSError:  # there is none any more
        return
    user.photo.save(f"{ids.new_token()}.webp", ContentFile(content), save=False)


def _sorted_out(user: User, visibility: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Which fields nobody sees, and which the staff does, once these choices are made."""
    for field, audience in visibility.items():
        if field not in SHOWN_FIELDS or audience not in Audience.values:
            raise Refused(
                "profile.visibility",
                _("“%(field)s” cannot be shown to “%(audience)s”."),
                values={"field": str(field)[:40], "audience": str(audience)[:40]},
                field="visibility",
                status=400,
            )
    chosen = {field: visibility.get(field, user.audience_of(field)) for field in SHOWN_FIELDS}
    hidden = [field for field in SHOWN_FIELDS if chosen[field] == Audience.NOBODY]
    return hidden, [field for field in SHOWN_FIELDS if chosen[field] == Audience.STAFF]


def _languages(codes: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(str(code).strip().lower() for code in codes if str(code).strip()))
    if len(found) > MOST_LANGUAGES:
        raise _too_many("languages", MOST_LANGUAGES)
    for code in found:
        if code not in tongues.codes():
            message = _("“%(code)s” is no language we know.")
            raise Refused("profile.language", message, values={"code": code[:40]}, field="languages", status=400)
    return found


def _interests(words: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for word in words:
        plain = " ".join(ODD.sub(" ", unicodedata.normalize("NFC", str(word))).split()).strip("#,; ")
        if len(plain) > INTEREST_LENGTH:
            raise Refused(
                "profile.interest_long",
                _("“%(interest)s…” is too long for an interest: %(most)s characters at most."),
                values={"interest": plain[:20], "most": INTEREST_LENGTH},
                field="interests",
                status=400,
            )
        if plain:
            found.setdefault(selectors.folded(plain), plain)
    if len(found) > MOST_INTERESTS:
        raise _too_many("interests", MOST_INTERESTS)
    return list(found.values())


def _links(addresses: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(_link(str(address).strip()) for address in addresses if str(address).strip()))
    if len(found) > MOST_LINKS:
        raise _too_many("links", MOST_LINKS)
    return found


def _link(address: str) -> str:
    """With its host in plain letters, so that no look-alike passes for another; refused where it is no address."""
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
        plain = parts._replace(scheme=parts.scheme.lower(), netloc=f"{host}{port}").geturl()
        if parts.username is not None or parts.password is not None or not host or ODD.search(address):
            raise ValidationError("")
        if len(plain) > LINK_LENGTH or "." not in host or host.rpartition(".")[2].isdigit():
            raise ValidationError("")
        _is_address(plain)
    except (ValidationError, ValueError) as error:
        raise Refused(
            "profile.link",
            _("“%(link)s” cannot be a link here. It begins with https:// and is at most %(most)s characters long."),
            values={"link": address[:60], "most": LINK_LENGTH},
            field="links",
            status=400,
        ) from error
    return plain


def _too_many(field: str, most: int) -> Refused:
    message = _("These are more than %(most)s. Choose those that say most about you.")
    return Refused("profile.too_many", message, values={"most": most}, field=field, status=400)


TIDY = {"languages": _languages, "interests": _interests, "links": _links}
