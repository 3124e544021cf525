"""Uploads: opened here, carried by the browser straight to storage in parts, closed here by what the bytes say."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events.models import Event, Organisation
from apps.media.adapters.storage import part_size_for
from apps.media.models import Asset, Folder, Leftover, Upload
from apps.media.registry import Incomplete, Missing, PartWish, Target, store
from apps.media.services import library, quota

STALE_AFTER = timedelta(hours=48)
FORGET_AFTER = timedelta(days=7)
MOST_OPEN = 50
MOST_TARGETS = 20


def create_upload(
    event: Event,
    *,
    by: User,
    file_name: str,
    size: int,
    fingerprint: str,
    title: str = "",
    checksums: bool = False,
    folder: Folder | None = None,
    replaces: Asset | None = None,
) -> Upload:
    """Open an upload, or find again the open one of the same file and person, so that it goes on where it stopped.

    It comes to lie in `folder`, or takes the place of the bytes that `replaces` has. Raises `Refused` for a size that
    is not taken, where person or event would have too much, or when a person has very many open.
    """
    _check_size(size)
    mine = event.uploads.filter(by=by, state=Upload.State.OPEN)
    same = mine.filter(fingerprint=fingerprint, size=size, has_checksums=checksums, replaces=replaces)
    if known := same.first():
        return known
    if mine.count() >= MOST_OPEN:
        raise Refused(
            "media.too-many-uploads",
            gettext_lazy("Too many uploads are open. Let some of them end, or cancel them, and try again."),
            status=429,
            retry_after=60,
        )
    quota.check(event, by=by, size=size)
    upload = Upload(
        event=event,
        by=by,
        fingerprint=fingerprint,
        title=title.strip() or _title_from(file_name),
        file_name=file_name,
        size=size,
        part_size=part_size_for(size),
        has_checksums=checksums,
        library_folder=folder,
        replaces=replaces,
    )
    # Owed from before storage knows of it: whatever happens until its row is there, nothing stays for ever.
    owed = Leftover.objects.create(folder=f"assets/{upload.key}", due_at=clock.now() + STALE_AFTER)
    upload.multipart_id = store().begin(upload.original, checksums=checksums)
    try:
        with transaction.atomic():
            # Held, so that uploads that begin at the same moment cannot share what is left, and two tabs have one.
            Organisation.objects.select_for_update(no_key=True).get(pk=event.organisation_id)
            Event.objects.select_for_update(no_key=True).get(pk=event.pk)
            if (known := same.first()) is None:
                quota.check(event, by=by, size=size)
                upload.save(force_insert=True)
                owed.delete()
    except Refused:
        store().abort(upload.original, upload.multipart_id)
        raise
    if known:
        store().abort(upload.original, upload.multipart_id)
    return known or upload


def _check_size(size: int) -> None:
    if size <= 0:
        raise library.refusal("empty")
    if size > settings.UPLOAD_MOST_BYTES:
        raise Refused(
            "media.size",
            _("The file is too large: up to %(most).1f GB are taken."),
            values={"most": settings.UPLOAD_MOST_BYTES / 1024**3},
            field="file",
            status=422,
        )


def _title_from(file_name: str) -> str:
    stem = file_name.rpartition(".")[0] or file_name
    return stem.replace("_", " ").strip()[:200] or _("Untitled")


def part_targets(upload: Upload, *, checksums: Mapping[int, str]) -> list[Target]:
    """Addresses for those parts (number → base64 SHA-256, empty where the browser has none)."""
    _require_open(upload)
    if len(checksums) > MOST_TARGETS or not all(1 <= number <= upload.part_count for number in checksums):
        raise Refused("media.part", gettext_lazy("There is no such part of this file."), status=422)
    if upload.has_checksums and not all(checksums.values()):
        raise Refused("media.checksum", gettext_lazy("Every part of this upload needs its checksum."), status=422)
    Upload.objects.filter(pk=upload.pk).update(touched_at=clock.now())
    wishes = [
        PartWish(number, (number - 1) * upload.part_size, upload.size_of_part(number), sha256)
        for number, sha256 in checksums.items()
    ]
    return store().targets(upload.original, upload.multipart_id, wishes)


def complete_upload(upload: Upload) -> Upload:
    """Join the parts and make an asset of them, or refuse and put the file out. Asking again gives the same answer.

    Raises `Refused`: `media.incomplete` when parts are missing (send them and ask again), else what the bytes are.
    """
    if upload.state == Upload.State.REFUSED:
        raise library.refusal(upload.error)
    if upload.state == Upload.State.DONE:
        return upload
    try:
        store().finish(upload.original, upload.multipart_id, size=upload.size, count=upload.part_count)
    except Incomplete as error:
        raise Refused(
            "media.incomplete", gettext_lazy("Some parts have not arrived yet. They are sent again.")
        ) from error
    with transaction.atomic():
        # Two tabs may ask at once; the second waits here, and finds it done.
        held = Upload.objects.select_for_update(of=("self",))
        found = held.select_related("event", "by", "library_folder", "replaces").filter(pk=upload.pk).first()
        if found is None:  # cancelled at this moment
            raise _closed()
        upload = found
        if upload.state == Upload.State.OPEN:
            _take_in(upload)
    if upload.state == Upload.State.REFUSED:
        raise library.refusal(upload.error)
    return upload


def _take_in(upload: Upload) -> None:
    try:
        asset = library.take_in(
            upload.event,
            key=upload.key,
            title=upload.title,
            file_name=upload.file_name,
            by=upload.by,
            folder=upload.library_folder,
            replaces=upload.replaces,
        )
        upload.asset = None if upload.replaces else asset
        upload.state = Upload.State.DONE
    except Refused as refused:
        upload.state, upload.error = Upload.State.REFUSED, refused.code.removeprefix("media.")
    upload.save(update_fields=["asset", "state", "error"])


def abandon_upload(upload: Upload) -> None:
    """The person changed their mind: nothing stays behind. An upload that is done is left alone."""
    with transaction.atomic():
        gone, _rows = Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).delete()
    if gone:
        try:
            store().abort(upload.original, upload.multipart_id)
        except Missing:
            return


def owe_sweep_of_upload(upload: Upload) -> None:
    """Called when its row goes, by whatever way (its person closes the account): of one that was open, parts lie in
    storage."""
    if upload.state == Upload.State.OPEN:
        Leftover.objects.get_or_create(folder=f"assets/{upload.key}")


def close_stale_uploads(*, limit: int = 100) -> int:
    """Let go of uploads that nobody continued, and forget the answers of old ones; returns how many were let go."""
    now = clock.now()
    Upload.objects.exclude(state=Upload.State.OPEN).filter(touched_at__lt=now - FORGET_AFTER).delete()
    stale = list(Upload.objects.filter(state=Upload.State.OPEN, touched_at__lt=now - STALE_AFTER)[:limit])
    for upload in stale:
        abandon_upload(upload)
    return len(stale)


def _require_open(upload: Upload) -> None:
    if upload.state != Upload.State.OPEN:
        raise _closed()


def _closed() -> Refused:
    return Refused("media.closed", gettext_lazy("This upload has ended. Choose the file again."))
