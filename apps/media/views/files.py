"""Downloads, and the files of a disk store."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from django.conf import settings
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.generic.base import View

from apps.core.access import Access
from apps.media import permissions, selectors
from apps.media.adapters.disk import BadPart, DiskStore, How
from apps.media.registry import Missing
from apps.media.views.playing import Film

BLOCK = 256 * 1024


RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Download(Film):
    """To the file itself, for whom it says (`Asset.may_download`) of those who may see it."""

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset(key)
        if not permissions.can_download(asset, self.roles) or not asset.has_file:
            raise Http404
        is_waiting = asset.state != asset.State.READY and not asset.is_played
        if is_waiting and not permissions.can_manage(self.roles):
            raise Http404
        return redirect(selectors.file_url(asset, save="open" not in request.GET))


class _DiskDoor(View):
    """The signature in the address is the permission, as in a presigned address of S3; it opens nothing else."""

    access: ClassVar[Access] = Access.ANYONE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.AWS_STORAGE_BUCKET_NAME:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class LocalFile(_DiskDoor):
    """A file of this machine, whole or a range of it (RFC 9110, 14), by nginx where `ACCEL_PREFIX` is set."""

    def get(self, request: HttpRequest, signature: str, name: str) -> HttpResponseBase:
        how = How(request.GET.get("as", ""), request.GET.get("type", ""), "save" in request.GET)
        try:
            path = DiskStore().open_signed(signature, name, how)
        except Missing as error:
            raise Http404 from error
        kind = how.content_type or mimetypes.guess_type(name)[0] or _OURS.get(path.suffix, "application/octet-stream")
        response = self._send(request, path, name, kind)
        patch_cache_control(response, private=True, max_age=24 * 60 * 60, immutable=True)
        response["X-Content-Type-Options"] = "nosniff"
        # Whatever a document holds, it runs nothing here.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
        if how.file_name:
            response["Content-Disposition"] = content_disposition_header(how.save, how.file_name) or "attachment"
        else:
            del response["Content-Disposition"]  # Django's own names it by the file on disk
        return response

    def _send(self, request: HttpRequest, path: Path, name: str, kind: str) -> HttpResponseBase:
        if settings.ACCEL_PREFIX:
            return HttpResponse(
                content_type=kind, headers={"X-Accel-Redirect": f"{settings.ACCEL_PREFIX.rstrip('/')}/{name}"}
            )
        size = path.stat().st_size
        asked = _range(request.headers.get("Range", ""), size)
        if asked is None:
            response: HttpResponseBase = FileResponse(path.open("rb"), content_type=kind)
        elif asked[0] >= size:
            response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        else:
            first, last = asked
            response = FileResponse(_Slice(path.open("rb"), first, last - first + 1), content_type=kind, status=206)
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
            response["Content-Length"] = str(last - first + 1)
        response["Accept-Ranges"] = "bytes"
        return response


_OURS = {".m4s": "video/iso.segment", ".vtt": "text/vtt"}


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for none, or one that is not understood and may be ignored."""
    found = RANGE.fullmatch(header.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size)
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last), size - 1) if last else size - 1


class _Slice:
    """Some bytes of an open file, as a file."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        take = self._left if size < 0 else min(size, self._left)
        block = self._file.read(take)
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._file.close()


@method_decorator(csrf_exempt, name="dispatch")
class LocalPart(_DiskDoor):
    """One part of an upload on its way to disk, block by block: its body is never held in memory."""

    http_method_names = ["put", "options"]
    takes_large_bodies: ClassVar[bool] = True

    def put(self, request: HttpRequest, signed: str) -> HttpResponse:
        store = DiskStore()
        try:
            store.write_part(store.read_note(signed), _blocks(request))
        except signing.BadSignature as error:
            raise Http404 from error
        except BadPart as error:
            return HttpResponse(error.reason, status=400, content_type="text/plain")
        except Missing:
            return HttpResponse("gone", status=410, content_type="text/plain")
        return HttpResponse(status=204)


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(BLOCK):
        yield block
