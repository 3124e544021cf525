"""The shapes of folders, and of what lies on an organisation's shelf."""

from typing import Any

from rest_framework import serializers

from apps.media.models import Folder, ShelfFile


class FolderSerializer(serializers.ModelSerializer[Folder]):
    parent = serializers.PrimaryKeyRelatedField(  # type: ignore[assignment]
        queryset=Folder.objects.none(),
        required=False,
        allow_null=True,
        help_text="The folder in which it lies; null where it lies on top.",
    )

    class Meta:
        model = Folder
        fields = ("id", "name", "parent")
        validators: tuple[Any, ...] = ()  # whether the name is taken there the service says, also to whom was slower

    def get_fields(self) -> Any:
        fields = super().get_fields()
        if event := self.context.get("event"):
            fields["parent"].queryset = event.folders.all()  # type: ignore[attr-defined]
        return fields


class ShelfFileSerializer(serializers.ModelSerializer[ShelfFile]):
    kept_by = serializers.SerializerMethodField()

    class Meta:
        model = ShelfFile
        fields = (
            "key", "kind", "title", "file_name", "content_type", "size", "width", "height", "seconds", "kept_by",
            "kept_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_kept_by(self, kept: ShelfFile) -> str:
        """Empty where their account is no more."""
        return str(kept.kept_by or "")


class ShelfFileIn(serializers.ModelSerializer[ShelfFile]):
    """What of it can be changed."""

    class Meta:
        model = ShelfFile
        fields = ("title",)


class ShelfTakeIn(serializers.Serializer[Any]):
    """What is taken from the shelf."""

    key = serializers.CharField(max_length=40)


FOLDER = {"id": 7, "name": "Slides", "parent": None}
SHELVED = {
    "key": "9dQk2Lm1", "kind": "image", "title": "Our sign", "file_name": "sign.png", "content_type": "image/webp",
    "size": 48213, "width": 1600, "height": 900, "seconds": None, "kept_by": "Ines Marl",
    "kept_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
