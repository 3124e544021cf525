"""What templates need to draw a quiz: its stage, for those who play, run or watch it."""

import json
from typing import Any

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.core import plurals, words
from apps.live import wire
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models.games import TIMES
from apps.tracks.models import Session

register = template.Library()
LETTERS = "ABCDEFGHIJKL"


@register.filter
def spoken(texts: dict[str, str] | None) -> str:
    """A text by language, in the reader's; as the page's script chooses it. Nothing where nothing stands yet."""
    if not texts:
        return ""
    code = get_language() or "en"
    wanted = (code, code.split("-")[0], "en")
    return next((texts[one] for one in wanted if texts.get(one)), next(iter(texts.values()), ""))


@register.filter
def each_spoken(texts: list[dict[str, str]]) -> list[str]:
    """Each once: spellings of several languages may read alike in one."""
    return list(dict.fromkeys(spoken(text) for text in texts))


@register.filter
def wired(value: object) -> str:
    """As the socket carries it: a page begins with what it will be told of."""
    return wire.encode(value).decode()


@register.inclusion_tag("quizzes/panel.html", takes_context=True)
def quiz_panel(context: template.Context, session: Session, shown: selectors.Shown | None, version: int) -> Any:
    return context.flatten() | {
        "session": session,
        "shown": shown,
        "version": version,
        "topic": broadcasts.list_topic(),
        "error": "",
        "can_run": selectors.can_run_session(session.pk, context["roles"], context["person"].pk),
    }


@register.filter
def player_of(clip: broadcasts.Media | None, place: int | str = "") -> dict[str, Any]:
    """What media/player.html shows of a clip; of None a blank, into which the page's script puts one. `place` tells
    players of one page apart."""
    return {
        "key": f"quiz-clip{place}",
        "title": (spoken(clip.words) or _("the clip of this question")) if clip else "{title}",
        "url": clip.url if clip else "",
        "poster": clip.poster if clip else "",
        "seconds": clip.seconds if clip else 0,
        "captions": clip.captions if clip else [],
        "is_sound": clip is not None and clip.kind == "audio",
        "speeds": ("0.75", "1", "1.25", "1.5"),
    }


@register.filter
def letter(place: int) -> str:
    return LETTERS[(place - 1) % len(LETTERS)]


@register.filter
def in_order(options: list[Any], places: list[int]) -> list[Any]:
    """The options at these places, in that order."""
    by_id = {option.id: option for option in options}
    return [by_id[place] for place in places if place in by_id]


@register.filter
def part(count: int, whole: int) -> int:
    """In percent, half up, as the page's script rounds."""
    return (200 * count + whole) // (2 * whole) if whole else 0


@register.simple_tag
def final_words(mine: broadcasts.Mine) -> str:
    """Where somebody stands when all is over; the page's script says the same."""
    points = ngettext("%(count)s point", "%(count)s points", mine.points) % {"count": words.Number(mine.points)}
    return _("You came in at place %(rank)s, with %(points)s.") % {"rank": words.Number(mine.rank), "points": points}


@register.simple_tag
def time_choices() -> list[tuple[int, Any]]:
    return TIMES


@register.filter
def time_words(extra: int | None) -> str:
    """How much time somebody with so many percent more has; nothing where it is as the question says."""
    return str(dict(TIMES)[extra]) if extra else ""


@register.simple_tag
def quiz_words() -> str:
    """What the page's script says itself."""
    return json.dumps(_of_the_stage() | _of_an_answer() | _of_time(), ensure_ascii=False)


def _of_the_stage() -> dict[str, Any]:
    return {
        "players": plurals.forms(lambda n: ngettext("%(count)s person plays", "%(count)s people play", n)),
        "answers": plurals.forms(lambda n: ngettext("%(count)s answer is in", "%(count)s answers are in", n)),
        "points": plurals.forms(lambda n: ngettext("%(count)s point", "%(count)s points", n)),
        "question": _("Question %(position)s of %(turns)s"),
        "counting": _("Counting the points…"),
        "shown": _("The answer: %(answer)s"),
        "others": _("other answers"),
        "truth": {"true": _("True"), "false": _("False")},
        "within": _("give or take %(tolerance)s"),
        "clip": _("the clip of this question"),
        "podium": _("The quiz is over. %(name)s has won."),
        "open": _("A quiz can be joined: %(title)s"),
        "again": _("It is played again."),
    }


def _of_an_answer() -> dict[str, Any]:
    return {
        "in": _("Your answer is in."),
        "late": _("You came after this question was asked. You play from the next one."),
        "captain": _("Your captain answers for the team."),
        "failed": _("Your answer did not go through. Send it again."),
        "choose": _("Choose or type an answer first."),
        "moved": _("Moved to place %(place)s"),
        "right": _("Right!"),
        "partly": _("Partly right."),
        "wrong": _("Not right."),
        "none": _("No answer this time."),
        "gained": _("%(points)s, place %(rank)s."),
        "final": _("You came in at place %(rank)s, with %(points)s."),
        "streak": plurals.forms(lambda n: ngettext("%(count)s right in a row", "%(count)s right in a row", n)),
    }


def _of_time() -> dict[str, Any]:
    return {
        "ready": _("Get ready: answers in %(count)s"),
        "talk": _("Talk it over: answers in %(count)s"),
        "left": plurals.forms(lambda n: ngettext("%(count)s second left", "%(count)s seconds left", n)),
        "over": _("Time is over."),
        "more": plurals.forms(
            lambda n: ngettext(
                "Time is over; some have %(count)s second more", "Time is over; some have %(count)s seconds more", n
            )
        ),
        "given": _("You have more time for each question:"),
        "times": {extra: str(words) for extra, words in TIMES},
        "asking": plurals.forms(
            lambda n: ngettext("%(count)s person asks for more time", "%(count)s people ask for more time", n)
        ),
    }
