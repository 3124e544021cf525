"""Pictures and PDFs that go with messages: looked at by their content, written anew where they are pictures, kept by
the default storage, and handed over to a message when that is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from PIL import Image

from apps.accounts.models import User
from apps.chat import registry
from apps.chat.models import Attachment, Message, Room
from apps.chat.services.plain import line
from apps.chat.services.rules import Rules
from apps.core import clock, documents, ids, pictures
from apps.core.errors import Refused

MOST_FILES = 4
MOST_BYTES = 10 * 1024 * 1024
MOST_UNSENT = 20
MOST_BYTES_PERSON = 300 * 1024 * 1024
"""Of one person in one event, sent or not."""
UNSENT_FOR = timedelta(hours=24)
EDGE, PREVIEW_EDGE = 2400, 720
SWEPT_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that was attached before, and what a picture shows, in words."""

    key: str
    alt: str = ""


def attach(room: Room, *, user: User, roles: frozenset[str], name: str, file: IO[bytes]) -> Attachment:
    """Takes a picture or a PDF in, for a message that this person is still writing. Raises Refused."""
    if not registry.may_write(room, user.pk, roles):
        raise Refused("chat.read_only", _("You can read along here, but not write."), status=403)
    Rules([room], [user.pk], clock.now()).admit(room, user, roles)
    _must_have_room(room, user)
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(
            "chat.file_size", _("The file is larger than 10 MB. Choose a smaller one."), field="file", status=413
        )
    row = Attachment(room=room, by=user, name=_name(name), size=len(content))
    stem = f"chat/{room.event_id}/{room.pk}/{ids.new_token()}"
    if documents.is_pdf(content):
        documents.check_pdf(content, field="file")
        row.kind = Attachment.Kind.PDF
        row.file.name = default_storage.save(f"{stem}.pdf", ContentFile(content))
    else:
        row.kind = Attachment.Kind.IMAGE
        whole = pictures.within(BytesIO(content), edge=EDGE, field="file", most_bytes=MOST_BYTES)
        preview = pictures.within(BytesIO(whole), edge=PREVIEW_EDGE, field="file")
        with Image.open(BytesIO(preview)) as drawn:
            row.width, row.height = drawn.size
        row.size = len(whole)
        row.file.name = default_storage.save(f"{stem}.webp", ContentFile(whole))
        row.preview.name = default_storage.save(f"{stem}-s.webp", ContentFile(preview))
    try:
        with transaction.atomic():
            # Of several at once each counts those before it.
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            _must_have_room(room, user)
            row.save()
    except Refused:
        for kept in filter(None, (row.file.name, row.preview.name)):
            default_storage.delete(kept)
        raise
    return row


def _must_have_room(room: Room, user: User) -> None:
    """Whether this person may have one more file here."""
    theirs = Attachment.objects.filter(by=user, room__event=room.event_id)
    held = theirs.aggregate(unsent=Count("pk", filter=Q(message=None)), size=Sum("size"))
    if held["unsent"] >= MOST_UNSENT:
        raise Refused(
            "chat.too_many_files",
            _("Many of your files wait to be sent. Send some of them first."),
            field="file",
            status=429,
            retry_after=60,
        )
    if (held["size"] or 0) >= MOST_BYTES_PERSON:
        raise Refused(
            "chat.files_full",
            _("Your files here take 300 MB, and more are not taken. Put a link into the message instead."),
            field="file",
            status=422,
        )


def _name(name: str) -> str:
    """The file's name without any folder, and bounded; its ending is not believed."""
    cleaned = " ".join(line(PurePath(name.replace("\\", "/")).name).split())
    return cleaned[-120:] or "file"


def waiting(people: Collection[int], keys: Collection[str], *, rooms: Collection[int]) -> dict[str, Attachment]:
    """By key: those of these files that wait for their message, locked until the transaction ends."""
    if not keys:
        return {}
    rows = Attachment.objects.filter(key__in=keys, by__in=people, room__in=rooms, message=None)
    return {row.key: row for row in rows.select_for_update(no_key=True).order_by("pk")}


def chosen(known: dict[str, Attachment], wanted: Sequence[Wanted], room: Room, user_id: int) -> list[dict[str, Any]]:
    """What goes out with the message; refused where one of the files is not this person's to send here."""
    if len(wanted) > MOST_FILES:
        raise Refused(
            "chat.too_many_files",
            _("A message takes at most four files. Send the others with the next."),
            field="files",
        )
    found = []
    for wish in wanted:
        row = known.get(wish.key)
        if row is None or row.room_id != room.pk or row.by_id != user_id:
            raise Refused(
                "chat.file_gone",
                _("An attached file is not there any more. Attach it again."),
                field="files",
                status=422,
            )
        row.alt = line(wish.alt)[:300]
        found.append(
            {
                "key": row.key,
                "kind": str(row.kind),
                "name": row.name,
                "alt": row.alt,
                "size": row.size,
                "width": row.width,
                "height": row.height,
            }
        )
    return found


def hand_over(messages: Sequence[Message], known: dict[str, Attachment]) -> None:
    """The files belong to their messages now."""
    taken = []
    for message in messages:
        for file in message.extras.get("files", ()):
            row = known[file["key"]]
            row.message = message
            taken.append(row)
    if taken:
        Attachment.objects.bulk_update(taken, ["message", "alt"])


def sweep() -> int:
    """Lets go of files whose message was never sent; how many."""
    stale = Attachment.objects.filter(message=None, created_at__lt=clock.now() - UNSENT_FOR)
    with transaction.atomic():
        rows = list(stale.select_for_update(skip_locked=True).order_by("created_at")[:SWEPT_AT_ONCE])
        names = [name for row in rows for name in (row.file.name, row.preview.name) if name]
        stale.model.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for name in names:
        default_storage.delete(name)
    return len(rows)
