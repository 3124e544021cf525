"""What resembles a question that somebody is typing: candidates by their stems, judged by the letters of these."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Func, TextField

from apps.questions.models import Board, Question
from apps.tracks.models import Session

CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""PostgreSQL's own dictionaries: they know stems and words that say nothing."""
LEAST_TYPED, MOST_TYPED = 8, 300
MOST_STEMS = 20
CANDIDATES, MOST = 30, 3
ALIKE = 0.34
"""How much of two questions' trigrams must be common; found by trying: reworded ones lie above, other ones below."""


def config_of(session: Session) -> str:
    language = session.language or session.event.default_language
    return CONFIGS.get(language.lower()[:2], "simple")


def similar(board: Board, text: str) -> list[Question]:
    """Shown questions of this board that may be the same, the likeliest first. Two texts are compared, not their
    readers: everybody who types this gets these. `board` needs `session.event`."""
    typed = text.strip()[:MOST_TYPED]
    if board.pk is None or board.session is None or len(typed) < LEAST_TYPED:
        return []
    stems = _stems(typed, config_of(board.session))[:MOST_STEMS]
    if not stems:
        return []
    query = SearchQuery(" | ".join(_quoted(stem) for stem in stems), search_type="raw", config="simple")
    listed = Func(F("words"), function="tsvector_to_array", output_field=ArrayField(TextField()))
    rows = board.questions.shown().filter(words=query).annotate(rank=SearchRank(F("words"), query), stems=listed)
    found = rows.select_related("author", "replied_by").order_by("-rank", "-votes", "pk")[:CANDIDATES]
    ours = trigrams(stems)
    judged = [(likeness(ours, trigrams(row.stems)), row) for row in found]
    chosen = sorted((pair for pair in judged if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [row for _likeness, row in chosen[:MOST]]


def _stems(text: str, config: str) -> list[str]:
    """The words of a text that say something, without their endings, as PostgreSQL keeps them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))", [config, text])
        return list(cursor.fetchone()[0])


def _quoted(stem: str) -> str:
    doubled = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def trigrams(stems: Iterable[str]) -> frozenset[str]:
    """Of each word, with its edges: "gauge" holds "  g", " ga", … "ge "."""
    return frozenset(
        padded[place : place + 3] for stem in stems for padded in [f"  {stem} "] for place in range(len(padded) - 2)
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Common trigrams by those of the shorter text, softened by the longer: 0 to 1 (the mean of overlap and Dice)."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return (common / min(len(one), len(other)) + 2 * common / (len(one) + len(other))) / 2
