"""Events, registration and announcements as the API writes them."""

from typing import Any

from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from i18nfield.strings import LazyI18nString
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
from apps.accounts.selectors import Profile, visibility_of
from apps.events.models import Announcement, Event
from apps.events.registry.copying import parts
from apps.events.selectors import NAMES
from apps.events.services.announcing import MOST_CHARS

MOST_ANSWERS = 200


class Answers(serializers.DictField):
    """In a form, what stands several times under one name is a list."""

    def get_value(self, dictionary: Any) -> Any:
        found = super().get_value(dictionary)
        if not isinstance(found, MultiValueDict):
            return found
        return {name: values if len(values) > 1 else values[0] for name, values in found.lists()}


class InLanguages(serializers.Field[Any, Any, Any, Any]):
    """A text in the event's main language, or in several by their codes. Needs `event` in the context."""

    default_error_messages = {
        "kind": _("Write a text, or one for each language."),
        "language": _("The event has no texts in this language."),
        "empty": _("This needs some words."),
    }

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._text = serializers.CharField(max_length=max_length, allow_blank=True)

    def to_internal_value(self, data: Any) -> LazyI18nString:
        event: Event = self.context["event"]
        given = {event.default_language: data} if isinstance(data, str) else data
        if not isinstance(given, dict):
            self.fail("kind")
        if not given.keys() <= {*event.offered_languages}:
            self.fail("language")
        texts = {code: text for code, words in given.items() if (text := self._text.run_validation(words))}
        if not texts:
            self.fail("empty")
        return LazyI18nString(texts)


def in_languages(most: int) -> dict[str, Any]:
    """How `InLanguages` is described."""
    text = {"type": "string", "maxLength": most}
    codes = [code for code, _name in settings.LANGUAGES]
    several = {"type": "object", "propertyNames": {"enum": codes}, "additionalProperties": text, "minProperties": 1}
    return {
        "oneOf": [{**text, "minLength": 1}, several],
        "description": "In the event's main language; or an object with one text for each language, by its code.",
    }


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
    answers = Answers(child=serializers.JSONField(), required=False, default=dict)
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


class PhotoIn(serializers.Serializer[Any]):
    photo = serializers.FileField(max_length=400, allow_empty_file=True)


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


# What organisers announce --------------------------------------------------------------------------------------------
@extend_schema_field(in_languages(MOST_CHARS))
class SaidText(InLanguages):
    pass


class AnnouncingQuery(serializers.Serializer[Any]):
    """What the list of an organiser may be narrowed by."""

    state = serializers.ChoiceField(choices=Announcement.State.choices, required=False)
    audience = serializers.CharField(max_length=40, allow_blank=True, required=False, help_text="Empty: everybody.")
    on_screen = serializers.BooleanField(allow_null=True, required=False, default=None)
    by_mail = serializers.BooleanField(allow_null=True, required=False, default=None)


class AnnouncementIn(serializers.Serializer[Any]):
    text = SaidText(max_length=MOST_CHARS)
    audience = serializers.CharField(
        max_length=40,
        allow_blank=True,
        default="",
        help_text="The key of a segment, as the list of audiences has it; empty: everybody.",
    )
    on_screen = serializers.BooleanField(default=True)
    by_mail = serializers.BooleanField(default=False)
    due_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="When it is said, at most 400 days from now; empty: at once."
    )


class SaidSerializer(serializers.ModelSerializer[Announcement]):
    text = serializers.CharField(read_only=True)
    texts = serializers.SerializerMethodField(help_text="By language.")
    audience = serializers.CharField(read_only=True, help_text="Empty: everybody.")
    audience_name = serializers.SerializerMethodField()
    said_at = serializers.DateTimeField(read_only=True, allow_null=True)
    by = serializers.CharField(source="by.name", read_only=True, default="")
    reached = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="How many it was for when it was said."
    )

    class Meta:
        model = Announcement
        fields = (
            *("id", "state", "text", "texts", "audience", "audience_name", "on_screen", "by_mail"),
            *("due_at", "said_at", "reached", "mailed", "by"),
        )
        read_only_fields = fields

    def get_texts(self, announcement: Announcement) -> dict[str, str]:
        data = announcement.text.data
        if not isinstance(data, dict):
            return {announcement.event.default_language: str(data or "")}
        return {code: words for code, words in data.items() if words}

    def get_audience_name(self, announcement: Announcement) -> str:
        named = NAMES.get(announcement.audience, announcement.audience_name or announcement.audience)
        return str(named)


class SegmentSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="What an announcement says as its `audience`.")
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField(allow_null=True, help_text="How many they are at this moment.")
    on_screen = serializers.BooleanField(help_text="Whether they can be told on screen.")
    by_mail = serializers.BooleanField(help_text="Whether they can be told by mail.")


SEGMENTS = [
    {"key": "", "label": "Everybody", "count": 1200, "on_screen": True, "by_mail": True},
    {"key": "role/speaker", "label": "Speakers", "count": 31, "on_screen": True, "by_mail": True},
]
SAID = {
    "id": 7, "state": "scheduled", "text": "Lunch is ready.",
    "texts": {"en": "Lunch is ready.", "de": "Das Essen ist fertig."}, "audience": "", "audience_name": "Everybody",
    "on_screen": True, "by_mail": False, "due_at": "2026-05-04T10:30:00Z", "said_at": None, "reached": None,
    "mailed": 0, "by": "Nadia Okello",
}  # fmt: skip


# An event after another ----------------------------------------------------------------------------------------------
MOST_NAME = 200
MOST_PARTS = 40


@extend_schema_field(in_languages(MOST_NAME))
class EventName(InLanguages):
    pass


class CopyIn(serializers.Serializer[Any]):
    name = EventName(max_length=MOST_NAME)
    starts_on = serializers.DateField(help_text="Its first day. What began at nine begins at nine.")
    organisation = serializers.SlugField(
        max_length=80, allow_blank=True, default="", help_text="The slug of one of your own; empty: the event's."
    )
    slug = serializers.SlugField(
        max_length=60, allow_blank=True, default="", help_text="Stands in its addresses; empty: made from the name."
    )
    parts = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=MOST_PARTS,
        required=False,
        help_text="What goes along, by name; none: the settings alone. Left out: what is `chosen` in the offer.",
    )

    def validate_parts(self, value: list[str]) -> list[str]:
        if unknown := sorted({*value} - {part.name for part in parts.all()}):
            words = _("There is no part %(names)s to go along.")
            raise serializers.ValidationError(words % {"names": ", ".join(unknown)[:200]})
        return value


class CopyPartSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField(help_text="What goes along, and what of it does not.")
    count = serializers.IntegerField(help_text="How much of it there is.")
    chosen = serializers.BooleanField(help_text="Whether it goes along where nobody says otherwise.")


class CopyOfferSerializer(serializers.Serializer[Any]):
    starts_on = serializers.DateField(help_text="The next day of the same name that is to come.")
    parts = CopyPartSerializer(many=True)


COPY_OFFER = {
    "starts_on": "2027-05-03",
    "parts": [
        {
            "name": "roles", "label": "People with a role", "count": 12, "chosen": False,
            "words": "Organisers, moderators, speakers, exhibitors and the people at booths; they see the draft.",
        }
    ],
}  # fmt: skip


# Its people ----------------------------------------------------------------------------------------------------------
class PersonSerializer(serializers.Serializer[Any]):
    """A `Profile`: what is not for the caller is empty. Needs `roles` in the context."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    photo = serializers.CharField(source="photo_url", help_text="An address, or empty.")
    title = serializers.CharField()
    company = serializers.CharField()
    pronouns = serializers.CharField()
    bio = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes of ISO 639-1.")
    interests = serializers.ListField(child=serializers.CharField())
    links = serializers.SerializerMethodField()
    time_zone = serializers.CharField()
    roles = serializers.SerializerMethodField(help_text="In the event; empty for whoever attends.")

    def get_links(self, person: Profile) -> list[str]:
        return [link.url for link in person.links]

    def get_roles(self, _person: Profile) -> list[str]:
        return [str(role) for role in self.context.get("roles", ())]


PERSON = {
    "id": 31, "name": "Nadia Okello", "photo": "", "title": "Hydrologist", "company": "Weir Society",
    "pronouns": "she/her", "bio": "", "languages": ["en", "sw"], "interests": ["Rivers"],
    "links": ["https://example.org/nadia"], "time_zone": "Africa/Nairobi", "roles": ["speaker"],
}  # fmt: skip
