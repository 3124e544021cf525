"""The event's lists of words that messages may not hold: kept by organisers, asked for every message."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _

from apps.chat.models import Act, Message, Word
from apps.chat.services.recording import Actor, record
from apps.core import folding
from apps.core.errors import Refused

MOST_WORDS = 3000
MOST_LINES = 2000
MOST_CHARS = 60
REMEMBERED_LISTS = 64
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that a text holds, and what that means for it."""

    text: str
    refuse: bool


class Matcher:
    """The lists of one event, made ready: a text is looked through once, whatever the number of words."""

    def __init__(self, words: Iterable[tuple[str, str, str]]) -> None:
        self._phrases: dict[tuple[str, ...], Hit] = {}
        self._anywhere: dict[str, Hit] = {}
        for text, folded, action in words:
            hit = Hit(text, refuse=action == Word.Action.REFUSE)
            if folding.is_unspaced(folded):
                self._keep(self._anywhere, folded.replace(" ", ""), hit)
            else:
                self._keep(self._phrases, tuple(folded.split()), hit)
        self._lengths = sorted({len(phrase) for phrase in self._phrases})

    @staticmethod
    def _keep(known: dict[K, Hit], key: K, hit: Hit) -> None:
        """Of the same word in two lists the stricter one holds."""
        if key not in known or hit.refuse:
            known[key] = hit

    def find(self, text: str) -> Hit | None:
        """The strictest word that the text holds."""
        if not self._phrases and not self._anywhere:
            return None
        words = folding.words_of(text)
        found: Hit | None = None
        for length in self._lengths:
            for start in range(len(words) - length + 1):
                hit = self._phrases.get(tuple(words[start : start + length]))
                if hit is not None and (found is None or hit.refuse):
                    found = hit
                    if hit.refuse:
                        return hit
        together = "".join(words) if self._anywhere else ""
        for folded, hit in self._anywhere.items():
            if folded in together and (found is None or hit.refuse):
                found = hit
        return found


def matcher_of(event_id: int) -> Matcher:
    """The event's lists as they are now, in one small query where they have not changed.

    Rows are added and deleted, never changed; therefore their number and the greatest id name a state of the list.
    """
    state = Word.objects.filter(event=event_id).aggregate(count=Count("pk"), newest=Max("pk"))
    return _matcher(event_id, state["count"], state["newest"])


@lru_cache(maxsize=REMEMBERED_LISTS)
def _matcher(event_id: int, count: int, newest: int | None) -> Matcher:
    listed = Word.objects.filter(event=event_id).values_list("text", "folded", "action")
    return Matcher(listed if count else ())


def texts_of(files: Iterable[Mapping[str, Any]]) -> list[str]:
    """What people read of a message's files: their names and descriptions."""
    return [file[part] for file in files for part in ("name", "alt") if file[part]]


def words_in(event_id: int, messages: Iterable[Message]) -> dict[int, str]:
    """By message: the listed word that it holds, in its words or in what its files are called."""
    matcher = matcher_of(event_id)
    found = {}
    for message in messages:
        texts = [message.text, *texts_of(message.extras.get("files", ()))]
        if hit := next(filter(None, map(matcher.find, texts)), None):
            found[message.pk] = hit.text
    return found


@dataclass(frozen=True, slots=True)
class Import:
    """What became of pasted lines."""

    added: int
    changed: int
    known: int
    too_long: list[str]


@transaction.atomic
def add_words(actor: Actor, *, language: str, lines: str, action: str) -> Import:
    """Adds a word or phrase per line to the list of a language. One that stands there with another action gets this
    one. Empty lines and those beginning with # are passed over."""
    actor.must_moderate()
    if language not in dict(settings.LANGUAGES):
        raise Refused("chat.language_unknown", _("Choose one of the offered languages."), field="language", status=400)
    if action not in Word.Action.values:
        raise Refused("chat.action_unknown", _("Choose what happens to the message."), field="action", status=400)
    rows = [line.strip() for line in lines.splitlines()]
    wanted = [line for line in rows if line and not line.startswith("#")]
    if not wanted:
        raise Refused("chat.no_words", _("Write a word or phrase on each line."), field="lines", status=400)
    if len(wanted) > MOST_LINES:
        raise Refused(
            "chat.too_many_words",
            _("These are %(count)s lines; at most %(most)s fit at once. Nothing was added."),
            values={"count": len(wanted), "most": MOST_LINES},
            field="lines",
            status=400,
        )
    fresh: dict[str, Word] = {}
    too_long = []
    for line in wanted:
        folded = " ".join(folding.words_of(line))
        if len(line) > MOST_CHARS or len(folded) > MOST_CHARS * 3 or not folded:
            too_long.append(line[:MOST_CHARS])
            continue
        fresh.setdefault(
            folded, Word(event_id=actor.event_id, language=language, text=line, folded=folded, action=action)
        )
    listed = Word.objects.filter(event=actor.event_id)
    same = {word.folded: word for word in listed.filter(language=language, folded__in=fresh)}
    changed = [word for word in same.values() if word.action != action]
    new = [word for folded, word in fresh.items() if folded not in same]
    _must_fit(listed.count() + len(new))
    listed.filter(pk__in=[word.pk for word in changed]).delete()
    Word.objects.bulk_create([*new, *(fresh[word.folded] for word in changed)])
    if new or changed:
        record(
            actor,
            Act.Kind.WORDS,
            language=language,
            action=action,
            added=[word.text for word in new],
            changed=[[word.text, word.action] for word in changed],
        )
    return Import(len(new), len(changed), len(same) - len(changed), too_long)


def _must_fit(count: int) -> None:
    if count > MOST_WORDS:
        raise Refused(
            "chat.list_full",
            _("An event’s lists hold at most %(most)s words together. Take some out first; nothing was added."),
            values={"most": MOST_WORDS},
            field="lines",
            status=400,
        )


def undo_words(actor: Actor, act: Act) -> int:
    """Words that this act added go, those that it gave another action have theirs again, and those that it took out
    come back; how many. What was changed since is left."""
    listed = Word.objects.filter(event=actor.event_id)
    count, back = 0, [tuple(row) for row in act.detail.get("gone", [])]
    if added := act.detail.get("added"):
        theirs = listed.filter(language=act.detail["language"], action=act.detail["action"])
        count += theirs.filter(text__in=added).delete()[0]
    for text, before in act.detail.get("changed", []):
        theirs = listed.filter(language=act.detail["language"], action=act.detail["action"])
        # Deleted and made anew, as when it was changed: that is how processes see that the list is another.
        if theirs.filter(folded=" ".join(folding.words_of(text))).delete()[0]:
            back.append((act.detail["language"], text, before))
    words = [
        Word(event_id=actor.event_id, language=language, text=text, folded=folded, action=action)
        for language, text, action in back
        if not listed.filter(language=language, folded=(folded := " ".join(folding.words_of(text)))).exists()
    ]
    _must_fit(listed.count() + len(words))
    return count + len(Word.objects.bulk_create(words))


def add_word(actor: Actor, *, language: str, text: str, action: str) -> Word:
    """One word or phrase; as it stands in the list afterwards, also where it was there. Refused where nothing of it
    would be compared."""
    folded = " ".join(folding.words_of(text))
    if folded and not text.strip().startswith("#"):
        add_words(actor, language=language, lines=" ".join(text.split()), action=action)
    listed = Word.objects.filter(event=actor.event_id, language=language, folded=folded).first() if folded else None
    if listed is None:
        raise Refused(
            "chat.no_words", _("This holds no letter or digit that could be looked for."), field="text", status=400
        )
    return listed


@transaction.atomic
def remove_words(actor: Actor, *, words: Sequence[int]) -> int:
    """Takes these out of the lists; how many there were."""
    actor.must_moderate()
    found = list(Word.objects.filter(event=actor.event_id, pk__in=words))
    if found:
        Word.objects.filter(pk__in=[word.pk for word in found]).delete()
        gone = [[word.language, word.text, word.action] for word in found]
        record(actor, Act.Kind.WORDS, gone=gone)
    return len(found)
