"""What people wrote in a poll, however much it is: for those who decide on it, and the texts that are shown."""

from functools import cached_property
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, Func, OuterRef, QuerySet, TextField

from apps.polls import broadcasts, kinds
from apps.polls.kinds import wording
from apps.polls.models import Answer, Poll, Ruling
from apps.polls.selectors import results

MOST_SAYINGS = 200
"""Words to decide on that are shown at once."""

OF_TEXTS = """
SELECT said.subject, said.text, said.votes, r.shown,
       count(*) OVER () AS entries, count(*) FILTER (WHERE r.shown IS NULL) OVER () AS undecided
FROM (SELECT (SELECT jsonb_object_keys(a.counts) LIMIT 1) AS subject, count(*) AS votes,
             mode() WITHIN GROUP (ORDER BY a.said->>'text') AS text
      FROM polls_answer a WHERE a.poll_id = %s AND a.round = %s GROUP BY 1) AS said
LEFT JOIN polls_ruling r ON r.poll_id = %s AND r.subject = said.subject
ORDER BY %s AND r.shown IS NOT NULL, said.votes DESC, said.text, said.subject LIMIT %s OFFSET %s
"""


class Sayings:
    """All that was written, what waits for a decision first, then what most people said. Read slice by slice."""

    def __init__(self, poll: Poll) -> None:
        self.poll = poll
        self._totals: tuple[int, int] | None = None

    def __len__(self) -> int:
        return self.totals[0]

    def __getitem__(self, part: slice) -> list[broadcasts.Saying]:
        start, stop = part.start or 0, part.stop or 0
        return self._texts(start, stop) if self.poll.kind == Poll.Kind.TEXT else self._words[start:stop]

    @property
    def waiting(self) -> int:
        """How many nobody has decided on, where somebody must."""
        return self.totals[1] if self.poll.moderated else 0

    @property
    def totals(self) -> tuple[int, int]:
        if self._totals is None:
            if self.poll.kind == Poll.Kind.TEXT:
                self._texts(0, 1)
            else:
                self._totals = len(self._words), sum(one.shown is None for one in self._words)
        return self._totals or (0, 0)

    def _texts(self, start: int, stop: int) -> list[broadcasts.Saying]:
        poll = self.poll
        with connection.cursor() as cursor:
            cursor.execute(OF_TEXTS, [poll.pk, poll.round, poll.pk, poll.moderated, stop - start, start])
            rows = cursor.fetchall()
        if rows:
            self._totals = int(rows[0][4]), int(rows[0][5])
        return [broadcasts.Saying(subject, text, votes, shown) for subject, text, votes, shown, *_totals in rows]

    @cached_property
    def _words(self) -> list[broadcasts.Saying]:
        """Of a cloud the counters know all of them."""
        poll = self.poll
        if not kinds.kind_of(poll).has_words:
            return []
        spelled = dict(kinds.spellings(results.counted([poll])[poll.pk]))
        late = kinds.spellings(results.counted([poll], late=True)[poll.pk]) if poll.takes_late else {}
        for text, number in late.items():
            spelled[text] = spelled.get(text, 0) + number
        rulings = dict(Ruling.objects.filter(poll=poll).values_list("subject", "shown"))
        said: dict[str, broadcasts.Saying] = {}
        for text, number in sorted(spelled.items(), key=lambda entry: (-entry[1], entry[0])):
            subject = wording.subject(text)
            known = said.get(subject)
            votes = number + (known.votes if known else 0)
            said[subject] = broadcasts.Saying(subject, known.text if known else text, votes, rulings.get(subject))
        waits = poll.moderated
        return sorted(said.values(), key=lambda one: (waits and one.shown is not None, -one.votes, one.text))


class _Subject(Func):
    """By what a decision names an answer's text: the one key of its counts."""

    template = "(SELECT jsonb_object_keys(%(expressions)s) LIMIT 1)"
    output_field = TextField()


def shown_texts(poll: Poll, *, late: bool = False) -> QuerySet[Answer, Any]:
    """The texts that are shown of its current round, the newest first; none of another kind than open text."""
    if poll.kind != Poll.Kind.TEXT:
        return Answer.objects.none()
    answers = Answer.objects.filter(poll=poll, round=poll.round, late=late).annotate(subject=_Subject("counts"))
    rulings = Ruling.objects.filter(poll=poll, subject=OuterRef("subject"), shown=poll.moderated)
    found = answers.filter(Exists(rulings)) if poll.moderated else answers.exclude(Exists(rulings))
    return found.order_by("-pk")


def all_results(event_id: int, poll_id: int) -> broadcasts.Staff:
    """For those who run polls."""
    return staff_results(results.get_poll(event_id, poll_id))


def staff_results(poll: Poll) -> broadcasts.Staff:
    """Whatever its state, and whatever its audience may see."""
    known = msgspec.structs.asdict(results.results(poll))
    late = results.results(poll, late=True) if poll.takes_late else None
    said = Sayings(poll)
    first = said[:MOST_SAYINGS]
    return broadcasts.Staff(**known, sayings=first, said=len(said) if first else 0, late=late)
