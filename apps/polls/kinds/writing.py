"""Writing: a few words each for a cloud, or an open text. Somebody may decide first what is shown."""

from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds import wording
from apps.polls.kinds.base import MOST_SENT, MOST_TYPED, Body, Counted, Kind, Said, Words, missing, wrong_bounds
from apps.polls.models import Kind as Name
from apps.polls.models import Option, Poll

USUAL_WORDS, MOST_WORDS = 3, 10
WORD_CHARS = 40
CLOUD = 60
"""Words that a cloud shows."""
USUAL_CHARS, LEAST_CHARS, MOST_CHARS = 280, 10, 2000
TEXTS = 60
"""Texts that are shown, the newest."""


def is_shown(poll: Poll, text: str, words: Words) -> bool:
    return words.rulings.get(wording.subject(text), not poll.moderated)


def language_of(poll: Poll) -> str:
    """In which its words are likely to be: the event's main language, or that in which alone it is asked. Needs
    `event`."""
    main = poll.event.default_language
    asked = broadcasts.in_languages(poll.question, main)
    return main if main in asked or not asked else next(iter(asked))


def spellings(counted: Counted) -> dict[str, int]:
    """The words of a cloud as they were typed, and how many said each."""
    return {
        unquote(name[2:]): number for name, number in counted.counts.items() if name.startswith("w:") and number > 0
    }


class Cloud(Kind):
    """Up to `most` words a person, each counted once."""

    name = Name.WORDS
    field = "words"
    least_options = most_options = 0
    has_words = True
    control = "word"
    most_words = _("Words a person may send")
    usual = ("", str(USUAL_WORDS))

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        return 1, poll.most or USUAL_WORDS

    def check_bounds(self, poll: Poll, options: int) -> None:
        if not 1 <= self.bounds(poll, options)[1] <= MOST_WORDS:
            raise wrong_bounds(_("A person can send from one word to %(most)s.") % {"most": MOST_WORDS})

    def rows(self, poll: Poll) -> list[tuple[int, Any, Option | None]]:
        return []

    def read(self, poll: Poll, said: Said) -> Body:
        sent = self.given(said)
        _least, most = self.bounds(poll, 0)
        if len(sent) > MOST_SENT:
            raise self.too_many(most)
        if any(len(word) > MOST_TYPED for word in sent):
            raise self.too_long()
        typed = [word for given in sent if (word := wording.clean_word(given))]
        if not typed:
            raise missing(self.field)
        if any(len(word) > WORD_CHARS for word in typed):
            raise self.too_long()
        words = wording.apart(typed, language_of(poll))
        if len(words) > most:
            raise self.too_many(most)
        return {"words": words}

    def too_long(self) -> Refused:
        return Refused(
            "poll.word_too_long",
            _("A word has %(count)s letters at most."),
            values={"count": WORD_CHARS},
            field=self.field,
            status=400,
        )

    def too_many(self, most: int) -> Refused:
        return Refused(
            "poll.too_many",
            ngettext_lazy("Send %(count)s word at most.", "Send %(count)s words at most.", most),
            values={"count": most},
            field=self.field,
            status=400,
        )

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        said = {text: number for text, number in spellings(counted).items() if is_shown(poll, text, words)}
        cloud = [broadcasts.Word(text, number) for text, number in wording.merged(said, language_of(poll))[:CLOUD]]
        return broadcasts.Results(
            poll=poll.pk, round=poll.round, total=counted.keys, of=counted.keys, votes=[], words=cloud
        )


class Text(Kind):
    """One text of up to `most` characters."""

    name = Name.TEXT
    field = "text"
    least_options = most_options = 0
    has_words = True
    control = "text"
    most_words = _("Characters of a text, at most")
    usual = ("", str(USUAL_CHARS))

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        return 1, poll.most or USUAL_CHARS

    def check_bounds(self, poll: Poll, options: int) -> None:
        if not LEAST_CHARS <= self.bounds(poll, options)[1] <= MOST_CHARS:
            raise wrong_bounds(
                _("A text can have from %(least)s to %(most)s characters.") % {"least": LEAST_CHARS, "most": MOST_CHARS}
            )

    def rows(self, poll: Poll) -> list[tuple[int, Any, Option | None]]:
        return []

    def read(self, poll: Poll, said: Said) -> Body:
        sent = self.given(said)
        _least, most = self.bounds(poll, 0)
        # What is far too long is not cleaned first.
        text = sent if len(sent) > MOST_TYPED else wording.clean(sent, lines=True)
        if not text:
            raise missing(self.field)
        if len(text) > most:
            raise Refused(
                "poll.text_too_long",
                _("Your text has %(length)s characters, and %(most)s fit. Make it shorter and send it again."),
                values={"length": len(text), "most": most},
                field=self.field,
                status=400,
            )
        return {"text": text}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        return broadcasts.Results(
            poll=poll.pk, round=poll.round, total=counted.keys, of=counted.keys, votes=[], texts=list(words.texts)
        )
