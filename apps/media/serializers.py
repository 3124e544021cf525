"""The shapes of the media API: uploads in parts, and assets."""

from typing import Any

from rest_framework import serializers

from apps.media import selectors
from apps.media.models import Asset, Upload
from apps.media.services.uploads import MOST_TARGETS


class AssetSerializer(serializers.ModelSerializer[Asset]):
    progress = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = (
            "id", "key", "kind", "title", "state", "content_type", "size", "width", "height", "seconds", "is_public",
            "created_at", "progress", "words", "reason",
        )  # fmt: skip
        read_only_fields = fields

    def get_progress(self, asset: Asset) -> int:
        """In percent."""
        return selectors.row(asset)["percent"]

    def get_words(self, asset: Asset) -> str:
        """How far it is, in a few words of the caller's language."""
        return selectors.row(asset)["words"]

    def get_reason(self, asset: Asset) -> str:
        """Why it failed, in the caller's language; empty where it did not."""
        return selectors.reason(asset.error) if asset.error else ""


class AssetIn(serializers.ModelSerializer[Asset]):
    """What of a file can be changed."""

    class Meta:
        model = Asset
        fields = ("title", "is_public")


class AssetQuery(serializers.Serializer[Any]):
    """What a list of files may be narrowed by."""

    kind = serializers.ChoiceField(choices=Asset.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=Asset.State.choices, required=False)


class UploadRequest(serializers.Serializer[Any]):
    file_name = serializers.CharField(max_length=200)
    size = serializers.IntegerField(min_value=0, max_value=2**50)
    fingerprint = serializers.CharField(max_length=100)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    checksums = serializers.BooleanField(default=False)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """`parts` are those that have arrived, number to size."""

    parts = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    asset = AssetSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Upload
        fields = (
            "key", "title", "file_name", "size", "part_size", "part_count", "has_checksums", "state", "reason", "parts",
            "asset",
        )  # fmt: skip
        read_only_fields = fields

    def get_parts(self, upload: Upload) -> dict[int, int]:
        return selectors.parts_arrived(upload)

    def get_reason(self, upload: Upload) -> str:
        return selectors.reason(upload.error) if upload.error else ""


class PartRequest(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=10_000)
    sha256 = serializers.RegexField(r"^([A-Za-z0-9+/]{43}=)?$", default="", allow_blank=True)


class TargetsRequest(serializers.Serializer[Any]):
    parts = serializers.ListField(child=PartRequest(), min_length=1, max_length=MOST_TARGETS)


class TargetSerializer(serializers.Serializer[Any]):
    """Where to PUT a part, and with which headers."""

    number = serializers.IntegerField()
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class TargetsSerializer(serializers.Serializer[Any]):
    targets = TargetSerializer(many=True)


ASSET = {
    "id": 41, "key": "3Ckq0Xc2", "kind": "video", "title": "Reading a river", "state": "ready",
    "content_type": "video/mp4", "size": 73400320, "width": 1920, "height": 1080, "seconds": 1812.4, "is_public": False,
    "created_at": "2026-04-02T08:11:00Z", "progress": 100, "words": "Ready", "reason": "",
}  # fmt: skip
