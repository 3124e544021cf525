"""The shapes of what machines do on transcripts."""

from typing import Any

from rest_framework import serializers

from apps.media import selectors
from apps.media.models import WordJob


class WordJobSerializer(serializers.ModelSerializer[WordJob]):
    """`progress` is in percent; `reason` says in the caller's language why it failed."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = WordJob
        fields = ("id", "kind", "source", "language", "state", "progress", "reason", "created_at", "keep_until")
        read_only_fields = fields

    def get_reason(self, job: WordJob) -> str:
        return selectors.word_reason(job.error) if job.error else ""


class WordJobIn(serializers.Serializer[Any]):
    """`speech` names the language that is spoken; `translation` a transcript and the language into which; `burn` a
    transcript."""

    kind = serializers.ChoiceField(choices=WordJob.Kind.choices)
    language = serializers.CharField(max_length=10, required=False, default="")
    source = serializers.IntegerField(  # type: ignore[assignment]
        min_value=1, max_value=2**63 - 1, required=False
    )


WORD_JOB = {
    "id": 12, "kind": "speech", "source": None, "language": "en", "state": "running", "progress": 40, "reason": "",
    "created_at": "2026-04-02T08:11:00Z", "keep_until": None,
}  # fmt: skip
