"""People of an event, as its organisers find them."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import User
from apps.events.models import EventRole, Registration


class PeopleQuery(serializers.Serializer[Any]):
    """What the list may be narrowed by."""

    role = serializers.ChoiceField(choices=EventRole.Role.choices, required=False)
    state = serializers.ChoiceField(choices=Registration.State.choices, required=False, help_text="Of their place.")
    q = serializers.CharField(max_length=100, required=False, help_text="In a name, a company or an address.")


class AttendingSerializer(serializers.ModelSerializer[User]):
    """A row of `selectors.people_where`."""

    company = serializers.CharField(source="known_company", read_only=True)
    title = serializers.CharField(source="known_title", read_only=True)
    roles = serializers.SerializerMethodField(help_text="Members of the organisation are organisers.")
    state = serializers.ChoiceField(
        choices=Registration.State.choices, read_only=True, allow_null=True, help_text="Of their place; null: none."
    )

    class Meta:
        model = User
        fields = ("id", "name", "email", "company", "title", "roles", "state", "created_at")
        read_only_fields = fields

    def get_roles(self, person: Any) -> list[str]:
        held = {*person.roles_here} | ({EventRole.Role.ORGANISER.value} if person.is_member else set())
        return [role for role in EventRole.Role.values if role in held]
