"""Wishes for an organisation of one's own, as whoever asked sees them."""

from rest_framework import serializers

from apps.events.models import OrganisationWish


class OrganisationWishSerializer(serializers.ModelSerializer[OrganisationWish]):
    name = serializers.CharField(max_length=120, help_text="Of the organisation.")
    words = serializers.CharField(
        max_length=1000, help_text="What you want to organise: a sentence or two, so that whoever reads it knows you."
    )
    organisation = serializers.SlugField(
        source="organisation.slug", read_only=True, default=None, allow_null=True, help_text="What was made of it."
    )

    class Meta:
        model = OrganisationWish
        fields = ("id", "name", "words", "state", "answer", "organisation", "created_at", "decided_at")
        read_only_fields = ("id", "state", "answer", "organisation", "created_at", "decided_at")


ORGANISATION_WISH = {
    "id": 4, "name": "Lakeside Trust", "words": "Two days on rivers, for the towns along them.", "state": "open",
    "answer": "", "organisation": None, "created_at": "2026-04-02T08:11:00Z", "decided_at": None,
}  # fmt: skip
