"""Files in S3: multipart uploads that the browser sends itself, and signed reading (CloudFront where it is set)."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from botocore.exceptions import ClientError
from django.core.cache import cache
from django.core.files.storage import storages
from django.utils.http import content_disposition_header

from apps.core import clock
from apps.media.adapters.storage import content_type_of
from apps.media.registry import WINDOW_SECONDS, Beat, Incomplete, Missing, PartWish, Target

if TYPE_CHECKING:
    from botocore.signers import CloudFrontSigner
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ObjectIdentifierTypeDef

PART_SECONDS = 60 * 60
PUT_THREADS = 8
BLOCK = 1024 * 1024
CHANGED = {"InvalidPart", "NoSuchUpload"}
GONE = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}


_clients: "WeakKeyDictionary[Any, S3Client]" = WeakKeyDictionary()
_one_at_a_time = Lock()


def client_of(storage: Any) -> "S3Client":
    """One client for all threads, which may share it: django-storages would make one for each, and each reads the
    descriptions of the whole service anew (13 MB, and half a second)."""
    with _one_at_a_time:
        if storage not in _clients:
            _clients[storage] = storage.connection.meta.client
        return _clients[storage]


class S3Store:
    """Reads its address and credentials through django-storages, so that every file of the platform agrees."""

    def __init__(self) -> None:
        storage: Any = storages["default"]
        self._domain: str = storage.custom_domain
        self.bucket: str = storage.bucket_name
        self.client = client_of(storage)
        self._signer: CloudFrontSigner | None = storage.cloudfront_signer

    # Uploads --------------------------------------------------------------------------------------------------
    def begin(self, name: str, *, checksums: bool) -> str:
        options: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if checksums else {}
        opened = self.client.create_multipart_upload(
            Bucket=self.bucket, Key=name, ContentType="application/octet-stream", **options
        )
        return opened["UploadId"]

    def targets(self, name: str, upload_id: str, wishes: Sequence[PartWish]) -> list[Target]:
        return [self._target(name, upload_id, wish) for wish in wishes]

    def _target(self, name: str, upload_id: str, wish: PartWish) -> Target:
        # The length is signed: an address takes no more than was announced.
        params: dict[str, Any] = {
            "Bucket": self.bucket,
            "Key": name,
            "UploadId": upload_id,
            "PartNumber": wish.number,
            "ContentLength": wish.size,
        }
        headers = {}
        if wish.sha256:
            params["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = wish.sha256
        url = self.client.generate_presigned_url("upload_part", Params=params, ExpiresIn=PART_SECONDS)
        return Target(wish.number, url, headers)

    def parts(self, name: str, upload_id: str) -> dict[int, int]:
        return {part["PartNumber"]: part["Size"] for part in self._parts(name, upload_id)}

    def _parts(self, name: str, upload_id: str) -> list[Any]:
        pages = self.client.get_paginator("list_parts").paginate(Bucket=self.bucket, Key=name, UploadId=upload_id)
        try:
            return [part for page in pages for part in page.get("Parts", [])]
        except ClientError as error:
            if _code(error) in GONE:
                return []
            raise

    def finish(self, name: str, upload_id: str, *, size: int, count: int) -> None:
        # The list is the storage's own, never the browser's: a part that is not there cannot be claimed.
        found = self._parts(name, upload_id)
        if not found and self._is_whole(name, size):
            return
        if [p["PartNumber"] for p in found] != list(range(1, count + 1)) or sum(p["Size"] for p in found) != size:
            raise Incomplete(name)
        parts: list[CompletedPartTypeDef] = []
        for part in found:
            done: CompletedPartTypeDef = {"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
            if checksum := part.get("ChecksumSHA256"):
                done["ChecksumSHA256"] = checksum
            parts.append(done)
        try:
            self.client.complete_multipart_upload(
                Bucket=self.bucket, Key=name, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            # Since they were listed a part was sent once more, or another tab has joined them.
            if _code(error) in CHANGED:
                raise Incomplete(name) from error
            raise

    def _is_whole(self, name: str, size: int) -> bool:
        try:
            return self.size(name) == size
        except Missing:
            return False

    def abort(self, name: str, upload_id: str) -> None:
        try:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=name, UploadId=upload_id)
        except ClientError as error:
            if _code(error) not in GONE:
                raise

    # Reading and writing --------------------------------------------------------------------------------------
    def read(self, name: str, start: int, length: int) -> bytes:
        try:
            got = self.client.get_object(Bucket=self.bucket, Key=name, Range=f"bytes={start}-{start + length - 1}")
        except ClientError as error:
            if _code(error) in GONE:
                raise Missing(name) from error
            if _code(error) == "InvalidRange":
                return b""
            raise
        return got["Body"].read()

    def size(self, name: str) -> int:
        try:
            return self.client.head_object(Bucket=self.bucket, Key=name)["ContentLength"]
        except ClientError as error:
            if _code(error) in GONE:
                raise Missing(name) from error
            raise

    def fetch(self, name: str, folder: Path, beat: Beat) -> Path:
        # One stream, in this thread: the SDK's own transfer would call `beat`, and its database, from others.
        path, done = folder / "source", 0
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=name)["Body"]
        except ClientError as error:
            if _code(error) in GONE:
                raise Missing(name) from error
            raise
        with path.open("wb") as file:
            for block in body.iter_chunks(BLOCK):
                file.write(block)
                done += len(block)
                beat(done)
        return path

    def put(self, path: Path, name: str, *, content_type: str) -> None:
        self.client.upload_file(
            str(path),
            self.bucket,
            name,
            ExtraArgs={"ContentType": content_type, "CacheControl": "private, max-age=86400, immutable"},
        )

    def copy(self, name: str, to: str) -> None:
        try:
            self.client.copy_object(Bucket=self.bucket, Key=to, CopySource={"Bucket": self.bucket, "Key": name})
        except ClientError as error:
            if _code(error) in GONE:
                raise Missing(name) from error
            raise

    def put_tree(self, folder: Path, name: str, beat: Beat) -> None:
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        done = 0
        with ThreadPoolExecutor(PUT_THREADS, thread_name_prefix="put") as pool:
            running = {
                pool.submit(
                    self.put,
                    path,
                    f"{name}/{path.relative_to(folder).as_posix()}",
                    content_type=content_type_of(path.name),
                ): path.stat().st_size
                for path in files
            }
            try:
                for future in as_completed(running):
                    future.result()
                    done += running[future]
                    beat(done)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=name)

    def delete_tree(self, folder: str) -> None:
        if not folder:
            raise Missing(folder)
        prefix = f"{folder}/"
        for page in self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=prefix):
            for upload in page.get("Uploads", []):
                self.abort(upload["Key"], upload["UploadId"])
        for listed in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            names: list[ObjectIdentifierTypeDef] = [{"Key": item["Key"]} for item in listed.get("Contents", [])]
            if names:
                told = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": names, "Quiet": True})
                if wrong := told.get("Errors"):
                    raise OSError(f"{len(wrong)} files of {folder} were not deleted: {wrong[0].get('Code')}")

    # Addresses ------------------------------------------------------------------------------------------------
    def url(self, name: str, *, file_name: str = "", content_type: str = "", save: bool = False) -> str:
        window = int(clock.now().timestamp()) // WINDOW_SECONDS
        if self._signer:
            return _signed(self._signer, self._plain_url(name, file_name, content_type, save), window)
        params = {"Bucket": self.bucket, "Key": name}
        if file_name:
            params["ResponseContentDisposition"] = content_disposition_header(save, file_name) or "attachment"
        if content_type:
            params["ResponseContentType"] = content_type

        def sign() -> str:
            return self.client.generate_presigned_url("get_object", Params=params, ExpiresIn=2 * WINDOW_SECONDS)

        # A signature carries the time of signing; kept for the window, all readers get one cacheable address.
        mark = hashlib.sha256(f"{name}\n{file_name}\n{content_type}\n{save}".encode()).hexdigest()[:40]
        return str(cache.get_or_set(f"media.url.{window}.{mark}", sign, WINDOW_SECONDS))

    def urls(self, folder: str) -> Callable[[str], str]:
        if not self._signer:
            return lambda name: self.url(f"{folder}/{name}")
        # One RSA signature a folder, not one a segment: a millisecond each, and a talk has a thousand. It stands in
        # the address, for a cookie would bind the distribution to the site's own domain.
        window = int(clock.now().timestamp()) // WINDOW_SECONDS
        signature = _signed(self._signer, self._plain_url(f"{folder}/*"), window, for_all=True).partition("?")[2]
        return lambda name: f"{self._plain_url(f'{folder}/{name}')}?{signature}"

    def _plain_url(self, name: str, file_name: str = "", content_type: str = "", save: bool = False) -> str:
        """At CloudFront, which hands these words of S3's on to the bucket."""
        words = {}
        if file_name:
            words["response-content-disposition"] = content_disposition_header(save, file_name) or "attachment"
        if content_type:
            words["response-content-type"] = content_type
        asked = f"?{urlencode(words, quote_via=quote)}" if words else ""
        return f"https://{self._domain}/{quote(name, safe='/*')}{asked}"


@lru_cache(maxsize=8192)
def _signed(signer: "CloudFrontSigner", url: str, window: int, *, for_all: bool = False) -> str:
    """CloudFront's address of one file, or of all that a `*` in it stands for, which takes a policy of its own.

    The end is that of the next window and RSA signs equal texts equally, so every process gives one address.
    """
    end = datetime.fromtimestamp((window + 2) * WINDOW_SECONDS, UTC)
    if for_all:
        return signer.generate_presigned_url(url, policy=signer.build_policy(url, end))
    return signer.generate_presigned_url(url, date_less_than=end)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
