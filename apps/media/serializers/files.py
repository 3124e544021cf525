"""The shapes of files."""

from typing import Any

from rest_framework import serializers

from apps.media import selectors
from apps.media.models import Asset, Folder

DOWNLOADS = [choice for choice in Asset.Download.choices if choice[0]]


class AssetSerializer(serializers.ModelSerializer[Asset]):
    progress = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    folder = serializers.IntegerField(source="library_folder_id", read_only=True, allow_null=True)
    may_download = serializers.ChoiceField(source="downloaded_by", choices=DOWNLOADS, read_only=True)
    pages = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = (
            "id", "key", "kind", "title", "state", "file_name", "content_type", "size", "width", "height", "seconds",
            "is_public", "may_download", "folder", "tags", "pages", "created_at", "progress", "words", "reason",
        )  # fmt: skip
        read_only_fields = fields

    def get_pages(self, asset: Asset) -> str:
        """The address at which its pages are looked at; empty where it has none."""
        return selectors.pages_url(asset)

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

    folder = serializers.PrimaryKeyRelatedField(
        source="library_folder",
        queryset=Folder.objects.none(),
        required=False,
        allow_null=True,
        help_text="The number of a folder of the event; null puts it on top.",
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=Asset.TAG_LENGTH),
        max_length=Asset.MOST_TAGS,
        required=False,
        help_text="They are kept in small letters, each once.",
    )
    may_download = serializers.ChoiceField(
        choices=Asset.Download.choices,
        required=False,
        allow_blank=True,
        help_text="Empty: as is usual for its kind.",
    )

    class Meta:
        model = Asset
        fields = ("title", "is_public", "folder", "tags", "may_download")

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if event := self.context.get("event"):
            fields["folder"].queryset = event.folders.all()  # type: ignore[attr-defined]
        return fields


class AssetQuery(serializers.Serializer[Any]):
    """What a list of files may be narrowed by."""

    kind = serializers.ChoiceField(choices=Asset.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=Asset.State.choices, required=False)
    folder = serializers.IntegerField(
        source="library_folder_id", required=False, min_value=0, max_value=2**63 - 1, help_text="0: those on top."
    )
    tag = serializers.CharField(required=False, max_length=Asset.TAG_LENGTH)
    search = serializers.CharField(
        required=False, max_length=100, help_text="Words that all stand in title, name of the file, tags or folder."
    )


class UsageSerializer(serializers.Serializer[Any]):
    """Something that shows a file."""

    kind = serializers.CharField()
    title = serializers.CharField()


class VersionSerializer(serializers.Serializer[Any]):
    """An earlier version of a file; `url` gives it for some hours, and is empty where there is no
    file to be had."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Asset.Kind.choices)
    file_name = serializers.CharField()
    size = serializers.IntegerField()
    brought_by = serializers.CharField()
    brought_at = serializers.DateTimeField()
    replaced_by = serializers.CharField()
    replaced_at = serializers.DateTimeField()
    url = serializers.CharField()


class TrashedSerializer(serializers.ModelSerializer[Asset]):
    """What lies in the trash, and since when."""

    class Meta:
        model = Asset
        fields = ("id", "key", "kind", "title", "file_name", "size", "deleted_at")
        read_only_fields = fields


ASSET = {
    "id": 41, "key": "3Ckq0Xc2", "kind": "video", "title": "Reading a river", "state": "ready",
    "file_name": "river.mp4", "content_type": "video/mp4", "size": 73400320, "width": 1920, "height": 1080,
    "seconds": 1812.4, "is_public": False,
    "may_download": "nobody", "folder": 7, "tags": ["water"], "pages": "",
    "created_at": "2026-04-02T08:11:00Z", "progress": 100, "words": "Ready", "reason": "",
}  # fmt: skip
