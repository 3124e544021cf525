"""Who runs an event or belongs to an organisation, and who was put out."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import validate_person_name
from apps.events.models import Ban, EventRole, MemberInvitation, Membership, Organisation
from apps.events.serializers.registrations import NUMBER


class _Address(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)

    def validate_email(self, value: str) -> str:
        return value.lower()


class RoleQuery(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=EventRole.Role.choices, required=False)


class RoleSerializer(serializers.ModelSerializer[EventRole]):
    """A row of `selectors.as_known`: who never came by is shown as they were typed in."""

    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)

    class Meta:
        model = EventRole
        fields = ("id", "person", "name", "email", "role")
        read_only_fields = fields


class RoleIn(_Address):
    name = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        default="",
        validators=[validate_person_name],
        help_text="Used where the address is new here.",
    )
    role = serializers.ChoiceField(choices=EventRole.Role.choices)


class BanQuery(serializers.Serializer[Any]):
    standing = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether it still stands."
    )


class BanSerializer(serializers.ModelSerializer[Ban]):
    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)
    by = serializers.CharField(source="by.email", read_only=True, default="")

    class Meta:
        model = Ban
        fields = ("id", "person", "name", "email", "reason", "by", "created_at", "lifted_at")
        read_only_fields = fields


class BanIn(serializers.Serializer[Any]):
    person = serializers.IntegerField(help_text="As registrations and roles name somebody.", **NUMBER)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """A row of `selectors.organisations_with_role`."""

    role = serializers.ChoiceField(
        choices=Membership.Role.choices, read_only=True, allow_null=True, help_text="The caller's."
    )

    class Meta:
        model = Organisation
        fields = ("slug", "name", "role")
        read_only_fields = fields


class OrganisationIn(serializers.ModelSerializer[Organisation]):
    name = serializers.CharField(max_length=120)
    slug = serializers.SlugField(
        max_length=60, required=False, help_text="Stands in its address; left out: made from the name."
    )

    class Meta:
        model = Organisation
        fields = ("name", "slug")


class MemberSerializer(serializers.ModelSerializer[Membership]):
    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "person", "name", "email", "role")
        read_only_fields = ("id", "person", "name", "email")


class MemberIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class MemberAddIn(_Address):
    name = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        default="",
        validators=[validate_person_name],
        help_text="Used where the address is new here.",
    )
    role = serializers.ChoiceField(choices=Membership.Role.choices, default=Membership.Role.MANAGER)


class MemberInvitationSerializer(serializers.ModelSerializer[MemberInvitation]):
    by = serializers.CharField(source="by.email", read_only=True, default="")
    is_open = serializers.BooleanField(read_only=True)

    class Meta:
        model = MemberInvitation
        fields = (
            *("id", "email", "role", "by", "is_open", "created_at", "sent_at", "expires_at", "accepted_at"),
            "revoked_at",
        )
        read_only_fields = fields


class MemberInvitationIn(_Address):
    role = serializers.ChoiceField(choices=Membership.Role.choices, default=Membership.Role.MANAGER)


ROLE = {"id": 12, "person": 31, "name": "Nadia Okello", "email": "nadia@lakeside.example", "role": "speaker"}
BAN = {
    "id": 3, "person": 31, "name": "Nadia Okello", "email": "nadia@lakeside.example", "reason": "Spam in the lobby",
    "by": "ines@lakeside.example", "created_at": "2026-05-04T10:30:00Z", "lifted_at": None,
}  # fmt: skip
ORGANISATION = {"slug": "lakeside", "name": "Lakeside Trust", "role": "owner"}
MEMBER = {"id": 5, "person": 8, "name": "Inês Falcão", "email": "ines@lakeside.example", "role": "owner"}
INVITATION = {
    "id": 2, "email": "bram@lakeside.example", "role": "manager", "by": "ines@lakeside.example", "is_open": True,
    "created_at": "2026-04-02T08:11:00Z", "sent_at": "2026-04-02T08:11:00Z", "expires_at": "2026-04-09T08:11:00Z",
    "accepted_at": None, "revoked_at": None,
}  # fmt: skip
