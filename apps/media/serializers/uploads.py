"""The shapes of uploads in parts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.media import selectors
from apps.media.models import Asset, Folder, Upload
from apps.media.serializers.files import AssetSerializer
from apps.media.services.uploads import MOST_TARGETS


class UploadRequest(serializers.Serializer[Any]):
    file_name = serializers.CharField(max_length=200)
    size = serializers.IntegerField(min_value=0, max_value=2**50)
    fingerprint = serializers.CharField(max_length=100)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    checksums = serializers.BooleanField(default=False)
    folder = serializers.PrimaryKeyRelatedField(
        queryset=Folder.objects.none(),
        required=False,
        allow_null=True,
        default=None,
        help_text="The number of the folder that it is to lie in.",
    )
    replaces = serializers.SlugRelatedField(
        slug_field="key",
        queryset=Asset.objects.none(),
        required=False,
        allow_null=True,
        default=None,
        help_text="The key of a file of the event whose bytes these are to be; for organisers.",
    )

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if event := self.context.get("event"):
            fields["folder"].queryset = event.folders.all()  # type: ignore[attr-defined]
            fields["replaces"].queryset = event.assets.all()  # type: ignore[attr-defined]
        return fields


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """`parts` are those that have arrived, number to size."""

    parts = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    asset = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = (
            "key", "title", "file_name", "size", "part_size", "part_count", "has_checksums", "state", "reason", "parts",
            "asset",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AssetSerializer(allow_null=True))
    def get_asset(self, upload: Upload) -> Any:
        """What it became. What is to replace another is told of while it is prepared, then the other is."""
        found = selectors.became(upload)
        return AssetSerializer(found, context=self.context).data if found else None

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
