"""In which form a table is wanted."""

from typing import Any

from rest_framework import serializers


class TableQuery(serializers.Serializer[Any]):
    form = serializers.ChoiceField(choices=["csv", "xlsx"], default="csv")
