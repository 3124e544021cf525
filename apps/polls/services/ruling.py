"""Deciding which words of a poll are shown."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.polls import kinds
from apps.polls.models import Poll, Ruling
from apps.polls.services.applying import tell_results

SUBJECT = re.compile(r"[0-9a-f]{64}")
MOST_AT_ONCE = 200


@transaction.atomic
def decide_words(poll: Poll, *, subjects: list[str], shown: bool) -> None:
    """These words are shown, or are not, whoever says them. The last decision stands."""
    if not kinds.kind_of(poll).has_words:
        raise Refused("poll.no_words", _("Nobody writes words in this poll."), status=400)
    if not subjects or len(subjects) > MOST_AT_ONCE or not all(SUBJECT.fullmatch(one) for one in subjects):
        raise Refused("poll.words_unknown", _("These words are not known here."), field="subjects", status=400)
    Ruling.objects.bulk_create(
        [Ruling(poll=poll, subject=subject, shown=shown, at=clock.now()) for subject in sorted(set(subjects))],
        update_conflicts=True,
        unique_fields=["poll", "subject"],
        update_fields=["shown", "at"],
    )
    tell_results(poll)
