"""100 points, shared out among the options."""

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds.base import Body, Counted, Kind, Said, Words
from apps.polls.models import Kind as Name
from apps.polls.models import Poll

POINTS = 100


class Points(Kind):
    name = Name.POINTS
    field = "points"
    control = "share"

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        return POINTS, POINTS

    def read(self, poll: Poll, said: Said) -> Body:
        shares = self.given(said)
        self.own(poll, [share.option for share in shares])
        given = {share.option: share.points for share in shares}
        total = sum(given.values())
        if total != POINTS or len(given) != len(shares) or min(given.values()) < 0:
            raise Refused(
                "poll.points",
                _("Share out exactly %(points)s points; these are %(total)s."),
                values={"points": POINTS, "total": total},
                field=self.field,
                status=400,
            )
        return {"points": {str(option): points for option, points in sorted(given.items()) if points}}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        return self.simple(poll, counted, of=counted.keys * POINTS)
