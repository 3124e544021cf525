"""A scale: a whole number from `least` to `most`, whose ends have words."""

from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds.base import Body, Counted, Kind, Said, Words, wrong_bounds
from apps.polls.models import Kind as Name
from apps.polls.models import Option, Poll

USUAL = (1, 5)
MOST_STEPS = 20
FARTHEST = 1000


class Scale(Kind):
    name = Name.SCALE
    field = "value"
    least_options = most_options = 0
    control = "step"
    least_words, most_words = _("Lowest number"), _("Highest number")
    usual = (str(USUAL[0]), str(USUAL[1]))

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        least, most = poll.least, poll.most
        return USUAL[0] if least is None else least, USUAL[1] if most is None else most

    def check_bounds(self, poll: Poll, options: int) -> None:
        least, most = self.bounds(poll, options)
        if not 1 <= most - least <= MOST_STEPS or max(-least, most) > FARTHEST:
            raise wrong_bounds(
                _(
                    "A scale cannot go from %(least)s to %(most)s. Its ends are whole numbers, the lower first, at "
                    "most %(steps)s apart."
                )
                % {"least": least, "most": most, "steps": MOST_STEPS}
            )

    def rows(self, poll: Poll) -> list[tuple[int, Any, Option | None]]:
        least, most = self.bounds(poll, 0)
        return [(value, value, None) for value in range(least, most + 1)]

    def read(self, poll: Poll, said: Said) -> Body:
        value = self.given(said)
        least, most = self.bounds(poll, 0)
        if not least <= value <= most:
            raise Refused(
                "poll.value_unknown",
                _("Choose a number from %(least)s to %(most)s."),
                values={"least": least, "most": most},
                field=self.field,
                status=400,
            )
        return {"value": value}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        found = self.simple(poll, counted, of=counted.keys)
        answers = sum(tally.votes for tally in found.votes)
        mean = sum(tally.option * tally.votes for tally in found.votes) / answers if answers else None
        return msgspec.structs.replace(found, mean=None if mean is None else round(mean, 2))
