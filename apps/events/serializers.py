"""Events, registration and announcements as the API writes them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.accounts.models import (
    INTEREST_LENGTH,
    LINK_LENGTH,
    MOST_INTERESTS,
    MOST_LANGUAGES,
    MOST_LINKS,
    SHOWN_FIELDS,
    Audience,
    User,
    validate_person_name,
)
from apps.accounts.selectors import visibility_of
from apps.events.models import Announcement, Event

MOST_ANSWERS = 200


class EventSerializer(serializers.ModelSerializer[Event]):
    name = serializers.CharField(read_only=True)
    tagline = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Event
        fields = (
            "slug", "name", "tagline", "description", "kind", "state", "place", "time_zone",
            "starts_at", "ends_at", "default_language", "organisation", "url",
        )  # fmt: skip
        read_only_fields = fields


class EventQuery(serializers.Serializer[Any]):
    """What a list of events may be narrowed by."""

    state = serializers.ChoiceField(choices=Event.State.choices, required=False)
    kind = serializers.ChoiceField(choices=Event.Kind.choices, required=False)
    organisation = serializers.SlugField(max_length=80, required=False, help_text="The slug of an organisation.")
    ends_after = serializers.DateTimeField(required=False, help_text="Events that are not over by then.")
    starts_before = serializers.DateTimeField(required=False, help_text="Events that have begun by then.")


class RegistrationRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, validators=[validate_person_name])
    email = serializers.EmailField(max_length=254)
    company = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")

    ticket = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    ref = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    """The label of the link that brought them; one that is none is left out."""
    answers = serializers.DictField(child=serializers.JSONField(), required=False, default=dict)
    """By the questions' `field`: a text, a choice's id, a list of them, or true for a consent."""

    def validate_email(self, value: str) -> str:
        return value.lower()

    def validate_answers(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > MOST_ANSWERS:
            raise serializers.ValidationError(_("These are more answers than there are questions."))
        return value


class RegistrationAnswer(serializers.Serializer[Any]):
    """The same for every address: whoever reads that mailbox knows more."""

    sent_to = serializers.EmailField()


class VisibilitySerializer(serializers.Serializer[User]):
    """Whom each part of a profile is for; the name is for everybody."""

    def get_fields(self) -> dict[str, Any]:
        return {field: serializers.ChoiceField(choices=Audience.choices, required=False) for field in SHOWN_FIELDS}

    def to_representation(self, instance: User) -> dict[str, str]:
        return {field: str(audience) for field, audience in visibility_of(instance).items()}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return {"visibility": super().to_internal_value(data)}


class MeSerializer(serializers.ModelSerializer[User]):
    # Each language that is ever activated stays in the memory of the process: it is one of ours, or none.
    name = serializers.CharField(max_length=120, required=False, validators=[validate_person_name])
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, allow_blank=True)
    photo = serializers.CharField(source="own_photo_url", read_only=True, help_text="An address, or empty.")
    languages = serializers.ListField(
        child=serializers.CharField(max_length=12),
        max_length=MOST_LANGUAGES,
        required=False,
        help_text="Which they speak: codes of ISO 639-1.",
    )
    interests = serializers.ListField(
        child=serializers.CharField(max_length=INTEREST_LENGTH), max_length=MOST_INTERESTS, required=False
    )
    links = serializers.ListField(
        child=serializers.CharField(max_length=LINK_LENGTH),
        max_length=MOST_LINKS,
        required=False,
        help_text="Addresses that begin with https://.",
    )
    visibility = VisibilitySerializer(
        source="*", required=False, help_text="Who sees which field; what is not named stays as it is."
    )

    class Meta:
        model = User
        fields = (
            *("email", "name", "title", "company", "pronouns", "bio", "time_zone", "language"),
            *("photo", "languages", "interests", "links", "visibility"),
        )
        read_only_fields = ("email",)


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    text = serializers.CharField(read_only=True)
    by = serializers.CharField(source="by.name", read_only=True, default="")
    audience = serializers.CharField(
        read_only=True, help_text="Empty: everybody. Else role/speaker, role/exhibitor, role/staff or ticket/7."
    )

    class Meta:
        model = Announcement
        fields = ("id", "seq", "audience", "text", "by", "created_at")
        read_only_fields = fields
