"""What templates need to draw polls: one, the list of a place, and the one that rises over the conversation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import clock, plurals
from apps.polls import broadcasts, kinds, selectors, services
from apps.polls.models import Poll

register = template.Library()


@dataclass(frozen=True)
class _Blank:
    """A poll without anything in it, from which the script builds one that opens later."""

    question: broadcasts.Question
    poll: Poll = field(default_factory=Poll)
    rows: tuple[selectors.Row, ...] = ()
    outcome: tuple[selectors.Row, ...] = ()
    slots: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    control: str = "option"
    mine: None = None
    results: None = None
    late: None = None
    has_more_texts: bool = False
    texts_page: str = ""
    shows_bars: bool = False
    answers: int = 0
    is_open: bool = True
    can_answer: bool = True
    next_revision: int = 1

    @property
    def of_late(self) -> "_Blank":
        return self


def _blank() -> _Blank:
    question = broadcasts.Question(
        id=0, round=1, kind="single", question={}, options=[], state="open", results="", may_change=True,
        closes_at=None, closed_at=None,
    )  # fmt: skip
    return _Blank(question)


CONTROLS = sorted({kind.control for kind in kinds.registry.values()})
"""Templates of a form's row: templates/polls/rows/."""
SCREEN_SIZES = ((160, "s"), (70, "m"), (0, "l"))
UNITS = {"ranking": _lazy("Points"), "points": _lazy("Points")}


@register.filter
def as_json(answer: object) -> str:
    return json.dumps(answer, separators=(",", ":"), ensure_ascii=False)


@register.simple_tag
def poll_unit(kind: str) -> str:
    """What the numbers of its results count."""
    return str(UNITS.get(kind, _("Answers")))


@register.simple_tag
def poll_hint(shown: selectors.Shown) -> str:
    """How to answer, where a row does not say it itself. As live-poll.js says it of polls that open later."""
    asked = shown.question
    hints = script_hints()
    words = hints.get(asked.kind, "")
    if asked.kind == "multiple" and asked.least == asked.most:
        words = hints["exactly"]
    return words.replace("%(least)s", str(asked.least)).replace("%(most)s", str(asked.most))


def script_hints() -> dict[str, str]:
    return {
        "multiple": _("Choose %(least)s to %(most)s answers."),
        "exactly": _("Choose %(most)s answers."),
        "ranking": _("Rank %(most)s: 1 is the best."),
        "points": _("Share out %(most)s points."),
        "words": _("Up to %(most)s words or short phrases."),
        "text": _("Up to %(most)s characters."),
    }


@register.simple_tag
def poll_rows(shown: selectors.Shown, typed: Mapping[str, Any] | None = None) -> SafeString:
    """The rows of its form, each by the template of its control; with what somebody `typed` that was refused."""
    template_name = f"polls/rows/{shown.control}.html"
    ranks = range(1, shown.question.most + 1)
    rows, slots = shown.rows, shown.slots
    if typed:
        rows = [replace(row, mine=row.number in typed["rows"], given=typed["rows"].get(row.number)) for row in rows]
        slots = [*typed["slots"], *slots[len(typed["slots"]) :]]
    entries: list[dict[str, Any]] = [{"row": row} for row in rows] or [
        {"slot": slot, "place": place} for place, slot in enumerate(slots, 1)
    ]
    return mark_safe(
        "".join(render_to_string(template_name, {"shown": shown, "ranks": ranks, **entry}) for entry in entries)
    )


def script_words() -> str:
    """What the page's script says itself."""
    return json.dumps(
        {
            "hints": script_hints(),
            "left_over": plurals.forms(
                lambda n: ngettext("%(count)s point left to share out.", "%(count)s points left to share out.", n)
            ),
            "too_much": plurals.forms(lambda n: ngettext("%(count)s point too many.", "%(count)s points too many.", n)),
            "word": _("Word %(place)s"),
            "hidden_answer": _("it counts; only your own device knows it"),
            "unranked": _("No rank"),
            "open": plurals.forms(
                lambda n: ngettext("Open, %(count)s person has answered", "Open, %(count)s people have answered", n)
            ),
            "closed": plurals.forms(lambda n: ngettext("Closed, %(count)s answer", "Closed, %(count)s answers", n)),
            "late": plurals.forms(
                lambda n: ngettext("%(count)s answer with the recording", "%(count)s answers with the recording", n)
            ),
            "opened": _("A poll is open: %(question)s"),
            "now_closed": _("The poll is closed: %(question)s"),
            "ends": _("closes in %(time)s"),
            "left": plurals.forms(
                lambda n: ngettext("%(count)s second left to answer", "%(count)s seconds left to answer", n)
            ),
            "counts": _("Your answer counts."),
            "pending": _("Kept, sent when you are back."),
            "choose": _("Choose an answer first."),
            "failed": _("Your answer did not go through. It is still chosen; send it again."),
            "percent": _("%(percent)s percent"),
        },
        ensure_ascii=False,
    )


@register.simple_tag
def poll_extensions() -> list[tuple[int, str]]:
    """How much more time an open poll is given at a time: seconds, and the words for them."""
    minutes = [(60 * n, ngettext("%(count)s minute", "%(count)s minutes", n) % {"count": n}) for n in (1, 2, 5, 10)]
    seconds = services.EXTENSION_SECONDS
    return [(seconds, ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}), *minutes]


@register.simple_tag
def screen_size(question: object) -> str:
    """How large a question stands on a shared screen, by its length; as poll-panel.js has it."""
    return next(size for least, size in SCREEN_SIZES if len(str(question)) >= least)


@dataclass(frozen=True, slots=True)
class ScreenRows:
    """What a shared screen has room for."""

    rows: list[selectors.Row]
    more: int

    @property
    def more_words(self) -> str:
        words = ngettext("and %(count)s more", "and %(count)s more", self.more)
        return words % {"count": self.more} if self.more else ""


@register.simple_tag
def screen_rows(shown: selectors.Shown, most: int) -> ScreenRows:
    """Its rows by their votes where they are more than `most`, in the order in which they stand. As poll-panel.js has
    them. A scale stands whole."""
    rows = list(shown.outcome)
    if shown.question.kind == Poll.Kind.SCALE or len(rows) <= most:
        return ScreenRows(rows, 0)
    first = sorted(range(len(rows)), key=lambda place: -rows[place].votes)[:most]
    return ScreenRows([rows[place] for place in sorted(first)], len(rows) - most)


@register.simple_tag
def screen_words() -> str:
    """What the shared screen's script says itself."""
    return json.dumps(
        {
            "answered": plurals.forms(lambda n: ngettext("has answered", "have answered", n)),
            "ends": _("closes in"),
            "closed": _("Closed"),
            "locked": _("No answers are taken just now"),
            "failed": _("That was not done: you seem to be offline. Try again in a moment."),
            "more": plurals.forms(lambda n: ngettext("and %(count)s more", "and %(count)s more", n)),
            "untimed": _("This poll has no closing time. It stays open until you close it."),
        },
        ensure_ascii=False,
    )


def _device(person: User | None) -> str:
    """Under what a person's browser remembers anonymous answers: another person at the same machine finds none."""
    return salted_hmac("polls.device", str(person.pk), algorithm="sha256").hexdigest()[:16] if person else ""


def _context(context: template.Context, **more: Any) -> dict[str, Any]:
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "event": context["event"],
        "person": context.get("person"),
        "now": clock.now(),
        "api": reverse("api:polls", args=[context["event"].slug]),
        "pages": reverse("polls:poll", args=[context["event"].slug, 0]).removesuffix("0/"),
        "words": script_words(),
        "device": _device(context.get("person")),
        "blank": _blank(),
        "controls": CONTROLS,
        **more,
    }


@register.inclusion_tag("polls/list.html", takes_context=True)
def poll_list(
    context: template.Context, polls: list[selectors.Shown], topic: str, version: int, **extra: Any
) -> dict[str, Any]:
    """All polls of a place, open ones first; or `only` the one of that id. `beside` is the topic of other polls, of
    which those that open stand below. `next` is where forms lead back to, `error` why an answer was refused, `typed`
    what it was."""
    given = {name: extra.get(name, "") for name in ("only", "beside", "next", "error", "typed")}
    everything = _all_of(polls) if selectors.has_more(polls) else ""
    return _context(context, polls=polls, topic=topic, version=version, everything=everything, **given)


def _all_of(polls: list[selectors.Shown]) -> str:
    """Where all polls stand of the place whose latest these are: of the session, where there is one."""
    first = next((shown.poll for shown in polls if shown.poll.session), polls[0].poll)
    if first.session is None:
        return reverse("polls:all", args=[first.event.slug])
    return reverse("polls:all_session", args=[first.event.slug, first.session.slug])


@register.inclusion_tag("polls/rise.html", takes_context=True)
def poll_rise(
    context: template.Context, polls: list[selectors.Shown], topic: str, version: int, **extra: Any
) -> dict[str, Any]:
    """The open polls that this person has not answered yet, over the conversation, one at a time. Those
    to be answered with the recording wait for their moment in it."""
    waiting = [shown for shown in polls if shown.is_open and shown.mine is None]
    waiting += [shown for shown in polls if shown.question.late and shown.mine is None]
    given = {name: extra.get(name, "") for name in ("beside", "next")}
    return _context(context, polls=waiting, topic=topic, version=version, **given)
