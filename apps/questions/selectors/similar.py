"""What resembles a question that somebody is typing: candidates by their words, judged by their letters."""

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from apps.core import folding
from apps.questions.models import Board, Question
from apps.tracks.models import Session

CONFIGS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""PostgreSQL's own dictionaries: they know stems and words that say nothing."""
LEAST_TYPED, MOST_TYPED = 8, 300
MOST_WORDS = 12
CANDIDATES, MOST = 30, 3
ALIKE = 0.34
"""How much of two texts' trigrams must be common; found by trying: reworded questions lie above, other ones below."""


def config_of(session: Session) -> str:
    language = session.language or session.event.default_language
    return CONFIGS.get(language.lower()[:2], "simple")


def similar(board: Board, text: str) -> list[Question]:
    """Shown questions of this board that may be the same, the likeliest first. Two texts are compared, not their
    readers: everybody who types this gets these. `board` needs `session.event`."""
    typed = text[:MOST_TYPED]
    words = folding.words_of(typed)[:MOST_WORDS]
    if board.pk is None or board.session is None or len(typed.strip()) < LEAST_TYPED or not words:
        return []
    config = config_of(board.session)
    query = SearchQuery(words[0], config=config)
    for word in words[1:]:
        query |= SearchQuery(word, config=config)
    rows = board.questions.shown().filter(words=query).annotate(rank=SearchRank(F("words"), query))
    found = rows.select_related("author", "replied_by").order_by("-rank", "-votes", "pk")[:CANDIDATES]
    ours = trigrams(typed)
    judged = [(likeness(ours, trigrams(row.text)), row) for row in found]
    chosen = sorted((pair for pair in judged if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [row for _likeness, row in chosen[:MOST]]


def trigrams(text: str) -> frozenset[str]:
    """Of each word, with its edges: "gauge" holds "  g", " ga", … "ge "."""
    return frozenset(
        padded[place : place + 3]
        for word in folding.words_of(text)
        for padded in [f"  {word} "]
        for place in range(len(padded) - 2)
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Common trigrams by those of the shorter text, softened by the longer: 0 to 1 (the mean of overlap and Dice)."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return (common / min(len(one), len(other)) + 2 * common / (len(one) + len(other))) / 2
