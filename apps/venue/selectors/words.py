"""Durations and counts in words, as sentences of pages need them."""

import json
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import plurals


def minutes_until(moment: datetime, now: datetime) -> int:
    """Begun minutes: something that ends in twenty seconds has one minute left."""
    return max(0, -int(-(moment - now).total_seconds() // 60))


def minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


def span(count: int) -> str:
    """A length in minutes as one would say it: 50 minutes, 2 hours, 3 days."""
    if count < 120:
        return minutes(count)
    if count < 48 * 60:
        hours = round(count / 60)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(count / 1440)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def within(moment: datetime, now: datetime) -> str:
    """in 48 min, in 3 hours, in 2 days."""
    count = minutes_until(moment, now)
    if count < 100:
        return _("in %(count)d min") % {"count": count}
    return _("in %(span)s") % {"span": span(count)}


def sessions_are_on(count: int) -> str:
    """The beginning of the lobby's sentence; small numbers are written out."""
    written = {
        2: _("Two sessions are on."),
        3: _("Three sessions are on."),
        4: _("Four sessions are on."),
        5: _("Five sessions are on."),
        6: _("Six sessions are on."),
    }
    return written.get(count) or ngettext("%(count)d session is on.", "%(count)d sessions are on.", count) % {
        "count": count
    }


def people_are_here() -> str:
    """The sentence in every plural form, for the page's script."""
    return _as_json(plurals.forms(lambda n: ngettext("%(count)s person is here", "%(count)s people are here", n)))


def have_answered() -> str:
    """The same of a poll's answers."""
    return _as_json(plurals.forms(lambda n: ngettext("%(count)s answer", "%(count)s answers", n)))


def _as_json(forms: dict[str, str]) -> str:
    return json.dumps(forms, ensure_ascii=False)
