"""What each kind of event means: the settings that a new one begins with. All of them can be changed afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from apps.events.models import Event

Words = str | Promise


@dataclass(frozen=True, slots=True)
class PollPlan:
    """A draft of a poll, in the words of `polls.services.create_poll`."""

    kind: str
    question: Words
    options: tuple[Words, ...] = ()
    low_words: Words = ""
    high_words: Words = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Of one kind. `fields` are the event's own; what is below is taken up by the rooms that know it."""

    icon: str
    """A name of Material Symbols."""
    words: Words
    """What such an event is."""
    sets: tuple[Words, ...]
    """What the settings below come to, for whoever chooses."""
    lasts: timedelta
    opens_at: int = 9
    """The hour of its first day at which it begins."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[Words, ...] = ()
    is_one_session: bool = False
    """Its agenda is one session that lasts as long as the event."""
    chat: Mapping[str, Any] = field(default_factory=dict)
    """Rules of the lobby's conversation, and of its one session's."""
    questions: Mapping[str, Any] = field(default_factory=dict)
    """The usual rules for questions."""
    polls: tuple[PollPlan, ...] = ()


RECOMMEND = PollPlan(
    "scale", _("Would you recommend this to others?"), low_words=_("Not at all"), high_words=_("Very much")
)
SURE = PollPlan(
    "scale", _("How sure are you of this topic?"), low_words=_("It is new to me"), high_words=_("I could teach it")
)
PACE = PollPlan("single", _("How is the pace?"), options=(_("Too slow"), _("Just right"), _("Too fast")))
WHERE_FROM = PollPlan("words", _("Where are you joining from?"))
EXCITED = PollPlan("words", _("One word for what you have just seen?"))
AGREE = PollPlan(
    "single",
    _("After this discussion, what do you think?"),
    options=(_("I see it as before"), _("I have changed my mind"), _("I am less sure now")),
)

Part, Admission, Visibility = Event.Part, Event.Admission, Event.Visibility
OPEN = {"admission": Admission.OPEN, "visibility": Visibility.PUBLIC, "waiting_list": True, "capacity": None}

PLANS: dict[str, Plan] = {
    Event.Kind.CONFERENCE: Plan(
        icon="account_balance",
        words=_("Several days, several stages, speakers and exhibitors."),
        sets=(
            _("Two days from nine, open to everybody, no limit"),
            _("A main stage and a second one; speakers and expo"),
            _("Conversations and questions are open"),
        ),
        lasts=timedelta(days=1, hours=9),
        fields={**OPEN, "left_out": []},
        stages=(_("Main stage"), _("Second stage")),
        polls=(WHERE_FROM, RECOMMEND),
    ),
    Event.Kind.LAUNCH: Plan(
        icon="rocket_launch",
        words=_("One hour before a very large audience."),
        sets=(
            _("One session, no limit, open to everybody"),
            _("Slow conversation without links; first messages are looked at"),
            _("A moderator looks at questions first"),
        ),
        lasts=timedelta(hours=1),
        opens_at=18,
        fields={**OPEN, "left_out": [Part.SPEAKERS, Part.EXPO]},
        stages=(_("Main stage"),),
        is_one_session=True,
        chat={"slow_seconds": 15, "links_allowed": False, "holds": "first", "hide_after": 5},
        questions={"holds": True, "is_anonymous_allowed": False, "wait_seconds": 60},
        polls=(EXCITED,),
    ),
    Event.Kind.TRAINING: Plan(
        icon="school",
        words=_("A day of learning in a group that is known."),
        sets=(
            _("Seven hours, 30 places, you say yes to each"),
            _("Not listed; no expo, no page of speakers"),
            _("Questions at any time, also without a name"),
        ),
        lasts=timedelta(hours=7),
        fields={
            **OPEN,
            "capacity": 30,
            "admission": Admission.APPROVAL,
            "visibility": Visibility.UNLISTED,
            "left_out": [Part.SPEAKERS, Part.EXPO],
        },
        stages=(_("Classroom"),),
        questions={"is_anonymous_allowed": True, "wait_seconds": 5},
        polls=(SURE, PACE),
    ),
    Event.Kind.WORKSHOP: Plan(
        icon="handyman",
        words=_("A few hours of working together, in small groups."),
        sets=(
            _("Three hours, 25 places with a waiting list"),
            _("A room for all and two for groups; no expo, no page of speakers"),
            _("Conversations and questions are open"),
        ),
        lasts=timedelta(hours=3),
        fields={**OPEN, "capacity": 25, "left_out": [Part.SPEAKERS, Part.EXPO]},
        stages=(_("Workshop room"), _("Group 1"), _("Group 2")),
        questions={"wait_seconds": 5},
        polls=(PACE, RECOMMEND),
    ),
    Event.Kind.PANEL: Plan(
        icon="forum",
        words=_("Several voices on one stage, and an audience that asks."),
        sets=(
            _("One session of 90 minutes, open to everybody, no limit"),
            _("Speakers have their page; no expo"),
            _("A moderator looks at questions first"),
        ),
        lasts=timedelta(minutes=90),
        opens_at=18,
        fields={**OPEN, "left_out": [Part.EXPO]},
        stages=(_("Stage"),),
        is_one_session=True,
        chat={"slow_seconds": 5},
        questions={"holds": True},
        polls=(AGREE,),
    ),
    Event.Kind.WEBINAR: Plan(
        icon="cast_for_education",
        words=_("One talk, shown to many, with questions at the end."),
        sets=(
            _("One session of an hour, 1,000 places with a waiting list"),
            _("No expo, no page of speakers"),
            _("Slow conversation without links; questions are open"),
        ),
        lasts=timedelta(hours=1),
        opens_at=16,
        fields={**OPEN, "capacity": 1000, "left_out": [Part.SPEAKERS, Part.EXPO]},
        stages=(_("Stage"),),
        is_one_session=True,
        chat={"slow_seconds": 5, "links_allowed": False},
        polls=(WHERE_FROM, RECOMMEND),
    ),
}


def plan_of(event: Event) -> Plan:
    return PLANS[event.kind]


def written(text: Words, event: Event) -> LazyI18nString:
    """The words in each language of the event, as an organiser would have typed them."""
    found = {}
    for code in event.offered_languages:
        with translation.override(code):
            found[code] = str(text)
    return LazyI18nString(found)
