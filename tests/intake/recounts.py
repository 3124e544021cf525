"""Answers of each kind of poll, and its results counted by hand: from what a kind promises, not from its code."""

from collections import Counter

from apps.polls.kinds import Said, Share
from apps.polls.models import Kind

WITH_OPTIONS = {Kind.SINGLE, Kind.MULTIPLE, Kind.IMAGE, Kind.RANKING, Kind.POINTS}
PLURALS = {"rivers": "river"}
"""Of the words that are said here."""


def answers(kind, options):
    """Three that differ: as somebody sends them, and as they are kept."""
    if kind in (Kind.SINGLE, Kind.IMAGE):
        return [(Said(option=one), {"option": one}) for one in options]
    if kind == Kind.SCALE:
        return [(Said(value=value), {"value": value}) for value in (1, 3, 5)]
    if kind == Kind.WORDS:
        # Spellings and plurals come together, and a comma is no separator of ours.
        given = (["River", "reeds"], ["rivers"], ["RIVER", "mud, deep"])
        return [(Said(words=words), {"words": words}) for words in given]
    if kind == Kind.TEXT:
        return [(Said(text=text), {"text": text}) for text in ("Let it flood.", "let it flood.", "Build = dig")]
    a, b, c = options
    if kind == Kind.MULTIPLE:
        return [(Said(options=list(chosen)), {"options": sorted(chosen)}) for chosen in ([c], [b, a], [c, b, a])]
    if kind == Kind.RANKING:
        return [(Said(order=order), {"order": order}) for order in ([a, b, c], [c, a, b], [b, c, a])]
    shares = ({a: 100}, {a: 60, b: 40}, {b: 25, c: 75})
    return [
        (Said(points=[Share(option, points) for option, points in given.items()]), {"points": _named(given)})
        for given in shares
    ]


def _named(given):
    return {str(option): points for option, points in given.items()}


def recounted(kind, options, said):
    """From what stands in the rows: `votes` by option or value, `words`, `texts`, `mean`, and of how many people."""
    votes, words, mean = dict.fromkeys(options, 0), {}, None
    texts = [body["text"] for body in said] if kind == Kind.TEXT else []
    if kind == Kind.SCALE:
        votes = {value: sum(body["value"] == value for body in said) for value in range(1, 6)}
        mean = round(sum(body["value"] for body in said) / len(said), 2) if said else None
    elif kind == Kind.WORDS:
        spoken = Counter(word for body in said for word in body["words"])
        roots = {word.lower() for word in spoken}
        together = {}
        for word, number in spoken.items():
            root = PLURALS.get(word.lower(), word.lower())
            together.setdefault(root if root in roots else word.lower(), []).append((-number, word))
        # Each as most people spelled it, the first of the alphabet where as many did.
        words = {min(forms)[1].lower(): -sum(number for number, _word in forms) for forms in together.values()}
    else:
        for option in options:
            votes[option] = sum(_given(body, option) for body in said)
    return {"votes": votes, "words": words, "texts": sorted(texts), "mean": mean, "total": len(said)}


def _given(body, option):
    if "order" in body:  # Borda: one point for each option that it stands before
        return sum(other != option and body["order"].index(option) < place for place, other in enumerate(body["order"]))
    if "points" in body:
        return body["points"].get(str(option), 0)
    return int(option in body.get("options", [body.get("option")]))


def shown(results):
    return {
        "votes": {tally.option: tally.votes for tally in results.votes},
        "words": {word.text.lower(): word.votes for word in results.words},
        "texts": sorted(results.texts),
        "mean": results.mean,
        "total": results.total,
    }
