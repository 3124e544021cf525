"""A ranking: options in one's own order, the best first, added up by Borda's count.

Of n options a first rank gives n-1 points, a second n-2, and so on; what somebody did not rank gets none. (J.-C. de
Borda, Mémoire sur les élections au scrutin, 1781.) The counters hold how often an option stood at a rank, so that an
answer counts without knowing how many options there are.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from apps.core.errors import Refused
from apps.polls import broadcasts
from apps.polls.kinds.base import Body, Counted, Kind, Said, Words, wrong_bounds
from apps.polls.models import Kind as Name
from apps.polls.models import Poll


class Ranking(Kind):
    """`most` says how many ranks are given; usually all."""

    name = Name.RANKING
    field = "order"
    most_words = _("Ranks to give")
    usual = ("", _("all"))
    control = "rank"

    def bounds(self, poll: Poll, options: int) -> tuple[int, int]:
        return 1, poll.most or options

    def check_bounds(self, poll: Poll, options: int) -> None:
        most = self.bounds(poll, options)[1]
        if not 1 <= most <= options:
            raise wrong_bounds(
                _("Nobody can give %(most)s ranks to %(count)s options.") % {"most": most, "count": options}
            )

    def read(self, poll: Poll, said: Said) -> Body:
        order = self.given(said)
        self.own(poll, order)
        most = self.bounds(poll, len(poll.option_ids))[1]
        if len(order) != most or len(set(order)) != most:
            raise Refused(
                "poll.ranking",
                ngettext_lazy(
                    "Give %(count)s rank, to one option.", "Give %(count)s ranks, each to another option.", most
                ),
                values={"count": most},
                field=self.field,
                status=400,
            )
        return {"order": order}

    def results(self, poll: Poll, counted: Counted, words: Words) -> broadcasts.Results:
        count = len(poll.options.all())
        points: dict[int, int] = {}
        for name, number in counted.counts.items():
            option, _at, rank = name.partition("@")
            if rank:
                points[int(option)] = points.get(int(option), 0) + number * (count - int(rank))
        return broadcasts.Results(
            poll=poll.pk,
            round=poll.round,
            total=counted.keys,
            of=counted.keys * (count - 1),
            votes=[broadcasts.Tally(option.pk, points.get(option.pk, 0)) for option in poll.options.all()],
        )
