"""The expo in the API."""

from typing import Any

from rest_framework import serializers

from apps.exhibitors import selectors
from apps.exhibitors.models import Booth, ContactRequest


class BoothSerializer(serializers.ModelSerializer[Booth]):
    tagline = serializers.CharField()
    description = serializers.CharField()
    website = serializers.CharField(read_only=True, help_text="Empty where there is none.")
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Booth
        fields = ("slug", "name", "tagline", "description", "website", "url")


class BoothDetailSerializer(BoothSerializer):
    staff = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    class Meta(BoothSerializer.Meta):
        fields = (*BoothSerializer.Meta.fields, "staff", "documents")  # type: ignore[assignment]

    def get_staff(self, booth: Booth) -> list[str]:
        return [member.user.name for member in booth.staff.all()]

    def get_documents(self, booth: Booth) -> list[dict[str, Any]]:
        return [{"title": doc.title, "size": doc.size, "url": doc.url} for doc in selectors.documents(booth)]


class BoothQuery(serializers.Serializer[Any]):
    """What a list of booths may be narrowed by."""

    search = serializers.CharField(
        required=False, max_length=80, allow_blank=True, help_text="Words that all stand in name, tagline or text."
    )


class ContactSerializer(serializers.ModelSerializer[ContactRequest]):
    consent = serializers.BooleanField(write_only=True, help_text="That the booth may answer at this address.")

    class Meta:
        model = ContactRequest
        fields = ("message", "name", "email", "company", "consent")

    def validate_consent(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("Without consent the booth would not know how to answer.")
        return value
