"""What those who run a quiz did, for the audit log, where its own row stays as it is. Tables of those who play are not
watched, since they write in them for themselves."""

from typing import Any

from django.db.models import Model

from apps.audit import services as audit
from apps.audit.models import Entry
from apps.quizzes.models import Game


def keep(game: Game, thing: Model, *, words: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit.record(
        words,
        thing=thing,
        kind=Entry.Kind.CHANGED,
        event_id=game.quiz.event_id,
        organisation_id=game.quiz.event.organisation_id,
        before=before,
        after=after,
    )
