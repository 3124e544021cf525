"""Links that were mailed, as organisers know them: that they are there, never where they lead."""

from rest_framework import serializers

from apps.core import clock
from apps.events.models import JoinLink


class JoinLinkSerializer(serializers.ModelSerializer[JoinLink]):
    works = serializers.SerializerMethodField(help_text="Neither ended nor over.")

    class Meta:
        model = JoinLink
        fields = ("id", "created_at", "expires_at", "used_at", "revoked_at", "works")
        read_only_fields = fields

    def get_works(self, link: JoinLink) -> bool:
        return link.revoked_at is None and link.expires_at > clock.now()


LINK = {
    "id": 88, "created_at": "2026-04-02T08:11:00Z", "expires_at": "2026-07-04T17:00:00Z", "used_at": None,
    "revoked_at": None, "works": True,
}  # fmt: skip
