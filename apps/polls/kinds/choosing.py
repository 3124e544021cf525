"""Choosing: one option, one picture, or several options."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds.base import Body, Counted, Kind, Said, Words, wrong_bounds
from apps.polls.models import Kind as Name
from apps.polls.models import Poll


class Single(Kind):
    name = Name.SINGLE
    field = "option"

    def read(self, poll: Poll, said: Said) -> Body:
        option = self.given(said)
        self.own(poll, [option])
        return {"option": option}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        return self.simple(poll, counted, of=counted.keys)


class Image(Single):
    """Each option has a picture, and words for those who do not see it."""

    name = Name.IMAGE


class Multiple(Kind):
    """From `least` to `most` options; a share is of the people, so shares sum up to more than 100 percent."""

    name = Name.MULTIPLE
    field = "options"
    least_words, most_words = _("Options to choose, at least"), _("Options to choose, at most")
    usual = ("1", _("all"))
    control = "tick"

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        return poll.least or 1, poll.most or options

    def check_bounds(self, poll: Poll, options: int) -> None:
        least, most = self.bounds(poll, options)
        if not 1 <= least <= most <= options:
            raise wrong_bounds(
                _(
                    "Nobody can choose at least %(least)s and at most %(most)s of %(count)s options. Take smaller "
                    "numbers, the first not above the second."
                )
                % {"least": least, "most": most, "count": options}
            )

    def read(self, poll: Poll, said: Said) -> Body:
        chosen = sorted(set(self.given(said)))
        self.own(poll, chosen)  # and so no more than there are
        least, most = self.bounds(poll, len(poll.option_ids))
        if len(chosen) < least:
            raise Refused(
                "poll.too_few",
                ngettext_lazy("Choose at least %(count)s answer.", "Choose at least %(count)s answers.", least),
                values={"count": least},
                field=self.field,
                status=400,
            )
        if len(chosen) > most:
            raise Refused(
                "poll.too_many",
                ngettext_lazy("Choose %(count)s answer at most.", "Choose %(count)s answers at most.", most),
                values={"count": most},
                field=self.field,
                status=400,
            )
        return {"options": chosen}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        return self.simple(poll, counted, of=counted.keys)
