"""The expo in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.events.serializers.texts import Texts
from apps.exhibitors import selectors
from apps.exhibitors.models import Booth, ContactRequest

MOST_DESCRIPTION = 20_000
MOST_STAFF = 100
MOST_DOCUMENTS = 50
KEY: dict[str, Any] = {"max_length": 80, "allow_null": True, "required": False, "default": None}


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
        found = selectors.documents(booth, self.context["view"].roles)
        return [{"title": doc.title, "size": doc.size, "url": doc.url, "pages": doc.pages} for doc in found]


class BoothQuery(serializers.Serializer[Any]):
    """What a list of booths may be narrowed by."""

    search = serializers.CharField(
        required=False, max_length=80, allow_blank=True, help_text="Words that all stand in name, tagline or text."
    )


class ContactSerializer(serializers.ModelSerializer[ContactRequest]):
    consent = serializers.BooleanField(write_only=True, help_text="That the booth may answer at this address.")

    class Meta:
        model = ContactRequest
        fields = ("id", "message", "name", "email", "company", "consent")

    def validate_consent(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("Without your consent the booth would not know how to answer you."))
        return value


class OwnAskedQuery(serializers.Serializer[Any]):
    """What one's own requests may be narrowed by."""

    booth = serializers.SlugField(max_length=80, required=False, help_text="The slug of a booth.")


class OwnContactSerializer(serializers.ModelSerializer[ContactRequest]):
    """A row of `selectors.requests_in`."""

    booth = serializers.SlugField(source="booth.slug", read_only=True)
    answered_by = serializers.CharField(
        source="answered_by.name", read_only=True, default="", help_text="Empty where nobody wrote an answer."
    )
    handled_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When it was answered, or laid aside without an answer."
    )

    class Meta:
        model = ContactRequest
        fields: tuple[str, ...] = (
            *("id", "booth", "message", "name", "email", "company", "answer", "answered_by", "created_at"),
            "handled_at",
        )
        read_only_fields: tuple[str, ...] = fields


class ContactAskedSerializer(OwnContactSerializer):
    """The same for those who answer: with the number of who asked."""

    person = serializers.IntegerField(source="user_id", read_only=True)

    class Meta(OwnContactSerializer.Meta):
        fields = ("person", *OwnContactSerializer.Meta.fields)
        read_only_fields = fields


class AskedQuery(serializers.Serializer[Any]):
    """What a booth's requests may be narrowed by."""

    is_handled = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether it was answered or laid aside."
    )


class DeskAskedQuery(AskedQuery):
    booth = serializers.SlugField(max_length=80, required=False, help_text="The slug of a booth.")
    q = serializers.CharField(max_length=80, required=False, help_text="In a name, company, address or message.")


class ContactAnswerIn(serializers.Serializer[Any]):
    answer = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Left out: it is laid aside."
    )


class NumbersField(serializers.ListField):
    def to_representation(self, data: Any) -> list[int]:
        return [member.user_id for member in data.all()]


class KeysField(serializers.ListField):
    def to_representation(self, data: Any) -> list[str]:
        return [document.asset.key for document in data.all()]


class DeskBoothSerializer(serializers.ModelSerializer[Booth]):
    """A booth as organisers write it. Needs `event` in the context."""

    slug = serializers.SlugField(
        max_length=80, required=False, help_text="Stands in its address; left out: made from the name."
    )
    tagline = Texts(max_length=200, blank=True, required=False)
    description = Texts(max_length=MOST_DESCRIPTION, blank=True, required=False)
    position = serializers.IntegerField(min_value=0, max_value=32767, required=False)
    logo = serializers.CharField(source="logo.key", help_text="An image's key.", **KEY)
    cover = serializers.CharField(source="cover.key", help_text="An image's key.", **KEY)
    film = serializers.CharField(source="film.key", help_text="A film's key.", **KEY)
    staff = NumbersField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST_STAFF,
        required=False,
        help_text="Numbers of people of the event. They become exhibitors. Whoever is taken off the booth stays one,"
        " until the role is taken away.",
    )
    documents = KeysField(
        child=serializers.CharField(max_length=80),
        max_length=MOST_DOCUMENTS,
        required=False,
        help_text="Keys of documents, in their order.",
    )

    class Meta:
        model = Booth
        fields = (
            *("slug", "name", "tagline", "description", "brand", "website", "position", "is_published"),
            *("logo", "cover", "film", "staff", "documents"),
        )


class DeskBoothQuery(serializers.Serializer[Any]):
    """What the organisers' list may be narrowed by."""

    is_published = serializers.BooleanField(required=False, allow_null=True, default=None)


BOOTH = {
    "slug": "lakeside-water", "name": "Lakeside Water", "tagline": {"en": "Gauges that last"}, "description": {},
    "brand": "#0b4f5c", "website": "https://lakeside.example", "position": 0, "is_published": True, "logo": None,
    "cover": None, "film": None, "staff": [31], "documents": ["3Ckq0Xc2"],
}  # fmt: skip
OWN_ASKED = {
    "id": 12, "booth": "lakeside-water", "message": "Which of your gauges show the year 1953?", "name": "Nadia Okello",
    "email": "nadia@lakeside.example", "company": "", "answer": "All of them.", "answered_by": "Bea Lindqvist",
    "created_at": "2026-05-04T10:30:00Z", "handled_at": "2026-05-04T11:02:00Z",
}  # fmt: skip
ASKED = {"person": 31, **OWN_ASKED}
