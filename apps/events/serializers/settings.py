"""An event's settings, its making, and the steps of its life."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as Wrong
from rest_framework import serializers

from apps.core.moments import validate_moment
from apps.events.models import Event
from apps.events.serializers.texts import Texts
from apps.events.services import STAGES
from apps.events.services import settings as rules

MOST_DESCRIPTION = 20_000
LANGUAGES = settings.LANGUAGES
STEPS = [(name, name) for name in STAGES]


def _line_by_line(rule: Any, text: str) -> str:
    try:
        found: str = rule(text)
    except Wrong as wrong:
        raise serializers.ValidationError(wrong.messages) from wrong
    return found


class LanguagesIn(serializers.Serializer[Any]):
    """In which languages an event has its texts: read before these."""

    default_language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=LANGUAGES),
        max_length=30,
        required=False,
        help_text="None: all that the platform speaks.",
    )


class SettingsSerializer(LanguagesIn, serializers.ModelSerializer[Event]):
    """Needs `event` in the context: one that has the languages which are meant."""

    name = Texts(max_length=200)
    tagline = Texts(max_length=300, blank=True, required=False)
    description = Texts(max_length=MOST_DESCRIPTION, blank=True, required=False)
    organisation = serializers.CharField(source="organisation.slug", read_only=True)
    left_out = serializers.ListField(
        child=serializers.ChoiceField(choices=Event.Part.choices),
        max_length=len(Event.Part.choices),
        required=False,
        help_text="Parts that it goes without.",
    )
    capacity = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, allow_null=True, required=False, help_text="Null: no limit."
    )

    logo = serializers.CharField(source="logo_url", read_only=True, help_text="Its address; a call of its own sets it.")

    class Meta:
        model = Event
        fields = (
            *("slug", "organisation", "state", "kind", "name", "tagline", "description", "left_out", "time_zone"),
            *("starts_at", "ends_at", "place", "default_language", "languages", "visibility", "capacity"),
            *("waiting_list", "admission", "registration_opens_at", "registration_closes_at", "allowed_domains"),
            *("refused_domains", "passes_on", "brand", "accent", "logo", "embed_origins"),
        )
        read_only_fields = ("state",)

    def validate_allowed_domains(self, value: str) -> str:
        return _line_by_line(rules.domains, value)

    def validate_refused_domains(self, value: str) -> str:
        return _line_by_line(rules.domains, value)

    def validate_embed_origins(self, value: str) -> str:
        return _line_by_line(rules.origins, value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        event: Event = self.context["event"]
        said = {name: attrs.get(name, getattr(event, name)) for name in rules.TOGETHER}
        if wrong := {field: [words] for field, words in rules.contradictions(said)}:
            raise serializers.ValidationError(wrong)
        return attrs


class NewEventSerializer(SettingsSerializer):
    """A new event begins with what its kind has; what is said here comes before it."""

    kind = serializers.ChoiceField(choices=Event.Kind.choices)
    slug = serializers.SlugField(
        max_length=60, required=False, help_text="Stands in its addresses; left out: made from the name."
    )
    ends_at = serializers.DateTimeField(
        required=False, help_text="Left out: as long as such events last.", validators=[validate_moment]
    )


class StateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Event.State.choices)
    steps = serializers.ListField(
        child=serializers.ChoiceField(choices=STEPS), help_text="Those that can be taken next."
    )
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Of a draft: what to look at before it is published, in words."
    )


class LifeIn(serializers.Serializer[Any]):
    do = serializers.ChoiceField(choices=STEPS)


SETTINGS = {
    "slug": "freshet", "organisation": "weir-society", "state": "draft", "kind": "conference",
    "name": {"en": "Freshet 2026"}, "tagline": {"en": "Two days about water"}, "description": {}, "left_out": [],
    "time_zone": "Europe/Berlin", "starts_at": "2026-05-04T07:00:00Z", "ends_at": "2026-05-05T16:00:00Z",
    "place": "Lakeside hall", "default_language": "en", "languages": ["en", "de"], "visibility": "public",
    "capacity": 1200, "waiting_list": True, "admission": "open", "registration_opens_at": None,
    "registration_closes_at": None, "allowed_domains": "", "refused_domains": "", "brand": "#0b4f5c",
    "accent": "#f07030", "logo": "", "embed_origins": "", "passes_on": True,
}  # fmt: skip
STATE = {"state": "draft", "steps": ["publish"], "missing": ["The description is empty."]}
