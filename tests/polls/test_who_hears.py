"""Who learns of a poll's results: over every way of showing them, every state and every reader, by each door.

What should be learned stands here as a table of its own (`expected`); guard, snapshot, page, file and call are held
against it. What a guard lets somebody hear that has no value is nothing learned.
"""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.live import guards
from apps.live.registry import Who, resolve
from apps.polls.models import Poll
from tests.factories.events import EventRoleFactory
from tests.factories.media import AssetFactory
from tests.factories.polls import AnswerFactory, OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory

SHOWN = ("open", "locked", "closed")
STATES = ("draft", "scheduled", *SHOWN, "over", "archived")
"""Of "over" the time is over, and nobody has closed it yet."""
TOPICS = ("results", "1/results", "late", "1/late", "staff", "screen")
RUNNERS = ("presenter", "moderator")
ROLES = {
    "presenter": {"attendee", "speaker"},
    "other speaker": {"attendee", "speaker"},
    "moderator": {"attendee", "moderator"},
    "stranger": {"attendee", "moderator"},
}


def sees(mode, state, *, is_shown, has_answered):
    """Whether somebody who takes part may see the results."""
    if state in ("draft", "scheduled", "archived"):
        return False
    if is_shown or mode == "live":
        return True
    if mode == "answered":
        return has_answered
    return mode == "close" and state in ("closed", "over")


def expected(mode, state, reader, *, is_shown):
    """By door: whether this reader learns the results of those who were there, or of those who watch the recording."""
    is_there, is_closed = state in (*SHOWN, "over"), state in ("closed", "over")
    everybody = sees(mode, state, is_shown=is_shown, has_answered=False)
    own = sees(mode, state, is_shown=is_shown, has_answered=reader in ("answered", "late"))
    runs, is_here = reader in RUNNERS, reader != "stranger"
    # Of the round: whoever answered it, and moderators, where nobody else hears them.
    round_ = sees(mode, state, is_shown=is_shown, has_answered=True)
    of_round = round_ and mode == "answered" and reader in ("answered", "late", "moderator")
    takes_late = state == "closed"
    return {
        "results": is_here and everybody,
        "1/results": of_round,
        "late": is_here and everybody and takes_late,
        "1/late": of_round and takes_late,
        "staff": runs,
        "screen": runs and sees(mode, state, is_shown=is_shown, has_answered=is_closed),
        "call": own,
        "call for late": own and takes_late,
        "page": is_there and own,
    }


@pytest.fixture
def cast(event, other_event, attendee, speaker, moderator):
    """By what they are: a person, and the event in which they are it."""
    begun = clock.now() - timedelta(hours=2)
    film = AssetFactory(event=event, kind="video")
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=film)
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=event, user=speaker))
    other = EventRoleFactory(event=event, role="speaker").user
    people = {
        "stranger": EventRoleFactory(event=other_event, role="moderator").user,
        "attendee": attendee,
        "answered": EventRoleFactory(event=event, role="exhibitor").user,
        "late": EventRoleFactory(event=event, role="exhibitor").user,
        "other speaker": other,
        "presenter": speaker,
        "moderator": moderator,
    }
    return session, people


def asked(session, people, mode, state, *, is_shown):
    now = clock.now()
    kept = {"over": "open", "locked": "open"}.get(state, state)
    poll = PollFactory(
        event=session.event, session=session, state=kept, results=mode, revealed=is_shown, takes_late=True,
        locked=state == "locked", opened_at=now - timedelta(minutes=9),
        closes_at=now - timedelta(minutes=1) if state == "over" else None,
        closed_at=now if kept == "closed" else None,
    )  # fmt: skip
    options = OptionFactory.create_batch(2, poll=poll)
    for reader in ("answered", "late"):
        AnswerFactory(poll=poll, user=people[reader], said={"option": options[0].pk}, late=reader == "late")
    return poll


def heard(topic, who):
    """What comes of joining: the value, and None where there is none or it is refused."""
    match = resolve(topic)
    if guards.ask_guard(who, match) is not None:
        return None
    value = match.topic.snapshot(who.event_id, **match.params)
    return getattr(value, "results", value) if topic.endswith("screen") else value


def heard_by(poll, reader, person, event):
    """By topic: whether this reader learns results there."""
    who = Who(person.pk, event.pk, "", frozenset(ROLES.get(reader, {"attendee"})), event.live_epoch)
    return {name: heard(f"poll/{poll.pk}/{name}", who) is not None for name in TOPICS}


def told_to(poll, reader, client):
    """By call and page: the same."""
    slug = poll.event.slug
    told = client.get(reverse("api:poll", args=[slug, poll.pk]))
    body = told.json() if told.status_code == 200 else {}
    page = client.get(reverse("polls:poll", args=[slug, poll.pk]))
    return {
        "call": body.get("results") is not None,
        "call for late": body.get("late") is not None,
        "page": page.status_code == 200 and page.context["polls"][0].results is not None,
    }


def differing(found, reader, should):
    should = dict.fromkeys(should, False) if reader == "stranger" else should
    return {door: found[door] for door in found if found[door] != should[door]}


@pytest.mark.parametrize("mode", Poll.Results.values)
@pytest.mark.parametrize("is_shown", [False, True])
def test_results_are_heard_by_those_alone_who_may_see_them(mode, is_shown, cast, event, other_event):
    session, people = cast

    wrong = {}
    for state in STATES:
        poll = asked(session, people, mode, state, is_shown=is_shown)
        for reader, person in people.items():
            found = heard_by(poll, reader, person, other_event if reader == "stranger" else event)
            wrong[reader, state] = differing(found, reader, expected(mode, state, reader, is_shown=is_shown))

    assert {place: doors for place, doors in wrong.items() if doors} == {}


@pytest.mark.parametrize(
    ("mode", "is_shown"), [("live", False), ("answered", False), ("close", False), ("hidden", False), ("hidden", True)]
)
def test_results_are_told_to_those_alone_who_may_see_them(mode, is_shown, cast, enter):
    session, people = cast
    polls = {state: asked(session, people, mode, state, is_shown=is_shown) for state in ("draft", "open", "closed")}

    wrong = {}
    for reader in ("stranger", "attendee", "answered", "late", "presenter"):
        client = enter(people[reader])
        for state, poll in polls.items():
            found = told_to(poll, reader, client)
            wrong[reader, state] = differing(found, reader, expected(mode, state, reader, is_shown=is_shown))

    assert {place: doors for place, doors in wrong.items() if doors} == {}


def test_all_results_are_told_to_those_alone_who_run_it(cast, enter):
    session, people = cast
    poll = asked(session, people, "live", "closed", is_shown=True)
    address = reverse("api:poll-results", args=[poll.event.slug, poll.pk])

    found = {reader: enter(person).get(address).status_code == 200 for reader, person in people.items()}

    assert found == {reader: reader in RUNNERS for reader in people}


def test_former_round_is_nobodys(cast, event):
    session, people = cast
    poll = asked(session, people, "answered", "closed", is_shown=False)
    Poll.objects.filter(pk=poll.pk).update(round=2)

    for reader in ("answered", "late", "moderator"):
        who = Who(people[reader].pk, event.pk, "", frozenset(ROLES.get(reader, {"attendee"})), event.live_epoch)
        assert heard(f"poll/{poll.pk}/1/results", who) is None


def test_stranger_is_told_that_there_is_no_such_poll(cast, other_event):
    session, people = cast
    poll = asked(session, people, "live", "open", is_shown=True)
    who = Who(people["stranger"].pk, other_event.pk, "", frozenset(ROLES["stranger"]), other_event.live_epoch)

    for name in (*TOPICS, "turnout"):
        refusal = guards.ask_guard(who, resolve(f"poll/{poll.pk}/{name}"))
        assert isinstance(refusal, Refused)
        assert refusal.code == "poll.unknown"
