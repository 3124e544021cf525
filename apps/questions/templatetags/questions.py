"""What templates need to draw questions: the panel of a session, the one on stage, and the words that scripts say."""

import json
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.core import clock, ids, plurals
from apps.questions import broadcasts, selectors
from apps.questions.models import Question
from apps.tracks.models import Session

register = template.Library()
BLANK = broadcasts.Question(
    id=0, text="", name="", anonymous=False, state="new", votes=0, tags=[], reply=None,
    asked_at=clock.now(), answered_at=None,
)  # fmt: skip


@register.filter
def asker(question: broadcasts.Question) -> str:
    """Who asked, as anybody may read it."""
    return question.name or (_("Asked without a name") if question.anonymous else _("Somebody who has left"))


@register.filter
def asker_of(question: Question) -> str:
    """The same for those who run the questions: they are told no more."""
    return asker(broadcasts.question(question))


@register.filter
def want(votes: int) -> str:
    """What the button of a vote says to who does not see it."""
    return ngettext("%(count)s wants this answered", "%(count)s want this answered", votes) % {"count": votes}


@register.filter
def state_words(state: str) -> str:
    return _state_words()[state]


def _state_words() -> dict[str, str]:
    return {
        "new": "",
        "stage": _("Being answered"),
        "later": _("For later"),
        "answered": _("Answered"),
        "held": _("Waits for a moderator; only you see it"),
        "dismissed": _("Not taken up"),
        "merged": _("Joined with another question"),
        "withdrawn": _("Taken back"),
    }


@register.simple_tag(name="question_words")
def script_words() -> str:
    """What the page's scripts say themselves."""
    words: dict[str, Any] = {
        "want": plurals.forms(lambda n: ngettext("%(count)s wants this answered", "%(count)s want this answered", n)),
        "came": plurals.forms(lambda n: ngettext("%(count)s new question", "%(count)s new questions", n)),
        "left": plurals.forms(lambda n: ngettext("%(count)s character left", "%(count)s characters left", n)),
        "over": plurals.forms(lambda n: ngettext("%(count)s character too many", "%(count)s characters too many", n)),
        "states": _state_words(),
        "nameless": _("Asked without a name"),
        "gone": _("Somebody who has left"),
        "asked": _("Your question is there for everybody."),
        "held": _("A moderator looks at your question first."),
        "pending": _("Kept, sent when you are back."),
        "failed": _("That did not go through. Nothing is lost; try again."),
        "follow": pgettext("a question", "Follow"),
        "following": pgettext("a question", "Following"),
        "told": _("You are told when it is answered."),
        "untold": _("You no longer follow this question."),
        "withdrawn": _("Your question is taken back."),
        "answered": _("Answered: %(question)s"),
        "joined": _("A question you wait for was joined with another one. You are told of its answer."),
        "staged": _("Being answered now: %(question)s"),
        "look": _("Look"),
        "moved": _("The order has changed"),
    }
    return json.dumps(words, ensure_ascii=False)


@register.inclusion_tag("questions/panel.html", takes_context=True)
def question_panel(
    context: template.Context, questions: selectors.Shown, version: int, heard: int, **extra: Any
) -> dict[str, Any]:
    """The questions of a session: asking, the list in its orders. `next` is where forms lead back to, `runs` whether
    the reader runs them; `error` and `kept` belong to a question that was not taken."""
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "event": context["event"],
        "session": questions.session,
        "questions": questions,
        "version": version,
        "heard": heard,
        "words": script_words(),
        "blank": selectors.Row(BLANK),
        "base": reverse("questions:vote", args=[questions.session.event.slug, 0]).removesuffix("0/vote/"),
        "form_id": ids.new_token(12),
        "log_topic": broadcasts.log_topic(questions.session.pk),
        "standing_topic": broadcasts.standing_topic(questions.session.pk),
        **{name: extra.get(name, "") for name in ("next", "runs", "error", "kept")},
    }


@register.inclusion_tag("questions/stage.html", takes_context=True)
def question_stage(
    context: template.Context, stage: broadcasts.Stage, session: Session, version: int, **extra: Any
) -> dict[str, Any]:
    """The question that is being answered, for everybody in the session; nothing while there is none."""
    return {
        "question": stage.question,
        "topic": broadcasts.stage_topic(session.pk),
        "version": version,
        "words": script_words(),
        "place": extra.get("place", "#questions"),
        "event": context["event"],
    }


@register.filter
def state_name(state: str) -> str:
    """As those who run the questions call it."""
    return str(Question.State(state).label)
