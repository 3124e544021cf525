"""People who are invited by file: how far a list is, and what became of its lines."""

from typing import Any

from rest_framework import serializers

from apps.events import selectors
from apps.events.models import GuestList

MOST_LINES = 500
RESULTS = [(name, name) for name in selectors.GUEST_RESULTS]


class GuestListSerializer(serializers.ModelSerializer[GuestList]):
    """A row of `selectors.guest_lists`."""

    by = serializers.CharField(source="by.email", read_only=True, default="")
    people = serializers.IntegerField(read_only=True, help_text="Lines that name somebody who can be invited.")
    wrong = serializers.IntegerField(read_only=True, help_text="Lines that cannot be read as somebody.")
    done = serializers.IntegerField(read_only=True, help_text="Of the people, how many it has come to.")
    invited = serializers.IntegerField(read_only=True, help_text="Of those, how many have a place by it.")
    known = serializers.IntegerField(read_only=True, help_text="Of those, how many had one before.")
    forgotten_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When its lines were let go, six weeks after it was done."
    )

    class Meta:
        model = GuestList
        fields: tuple[str, ...] = (
            *("id", "name", "state", "by", "people", "wrong", "done", "invited", "known", "created_at", "forgotten_at"),
        )
        read_only_fields: tuple[str, ...] = fields


class GuestLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    email = serializers.CharField()
    result = serializers.ChoiceField(choices=RESULTS)
    why = serializers.CharField(help_text="In words; mostly empty.")


class GuestLinesQuery(serializers.Serializer[Any]):
    """Which lines of a file are wanted."""

    result = serializers.ChoiceField(choices=RESULTS, required=False)
    after = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text="Only lines behind this one: `next_after` of the answer."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_LINES, default=100, help_text="How many at most.")


class GuestLinesSerializer(serializers.Serializer[Any]):
    lines = GuestLineSerializer(many=True)
    next_after = serializers.IntegerField(allow_null=True, help_text="Where the next ones begin; null at the end.")


class GuestListDetailSerializer(GuestListSerializer):
    report = serializers.SerializerMethodField()

    class Meta(GuestListSerializer.Meta):
        fields = (*GuestListSerializer.Meta.fields, "report")
        read_only_fields = fields

    def get_report(self, guests: GuestList) -> GuestLineSerializer(many=True):  # type: ignore[valid-type]
        """The first 500 lines that did not simply go well: wrong and refused ones, then those it has not come to."""
        shown: Any = GuestLineSerializer(selectors.guest_remarks(guests, limit=MOST_LINES), many=True).data
        return shown


class GuestFileIn(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=200,
        help_text="CSV or XLSX, 5 MB, 20,000 lines: `email`, and if wanted `name`, `company`, `title` and `ticket`.",
    )


GUESTS = {
    "id": 5, "name": "guests.csv", "state": "read", "by": "ines@lakeside.example", "people": 2, "wrong": 1, "done": 0,
    "invited": 0, "known": 0, "created_at": "2026-04-02T08:11:00Z", "forgotten_at": None,
    "report": [
        {"line": 4, "email": "", "result": "wrong", "why": "Enter a valid email address."},
        {"line": 2, "email": "nadia@lakeside.example", "result": "not yet", "why": ""},
        {"line": 3, "email": "otto@lakeside.example", "result": "not yet", "why": ""},
    ],
}  # fmt: skip
GUEST_LINES = {
    "lines": [{"line": 2, "email": "nadia@lakeside.example", "result": "invited", "why": ""}],
    "next_after": None,
}
