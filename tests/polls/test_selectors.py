"""What each audience sees of a poll: the broadcast equals the snapshot, and nobody gets another one's."""

import contextlib
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.live import wire
from apps.live.registry import Who, resolve
from apps.polls import kinds, selectors, services
from apps.polls.models import Poll
from tests.factories.events import RegistrationFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import SessionFactory


def who(person, event):
    return Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1)


def snapshot(name, event):
    match = resolve(name)
    return json.loads(wire.encode(match.topic.snapshot(event.pk, **match.params)))


def plain(value):
    return json.loads(wire.encode(value))


def may_join(name, person, event):
    match = resolve(name)
    reader = who(person, event)
    if not reader.may(match.topic.access):
        return False
    try:
        match.topic.guard(reader, **match.params)
    except Refused:
        return False
    return True


def test_what_is_told_is_what_the_page_renders(event, poll, session, attendee, speaker, cast):
    cast(attendee, 1)
    [shown] = selectors.session_polls(session, speaker)

    assert snapshot(f"session/{session.pk}/polls", event) == [plain(shown.question)]
    assert snapshot(f"poll/{poll.pk}/results", event) == plain(shown.results)
    assert snapshot(f"poll/{poll.pk}/staff", event) == plain(shown.results) | {"sayings": [], "said": 0, "late": None}
    assert snapshot(f"poll/{poll.pk}/screen", event)["results"] == plain(shown.results)
    assert snapshot(f"poll/{poll.pk}/turnout", event) == {"poll": poll.pk, "answers": shown.answers}


def test_drafts_are_not_told(event, session, draft, attendee):
    assert selectors.session_polls(session, attendee) == []
    assert snapshot(f"session/{session.pk}/polls", event) == []
    assert not may_join(f"poll/{draft.pk}/results", attendee, event)
    assert not may_join(f"poll/{draft.pk}/turnout", attendee, event)


def test_own_answer_is_in_ones_page_and_in_nothing_that_is_told(event, session, poll, attendee, speaker, cast):
    cast(attendee, 2)

    [mine] = selectors.session_polls(session, attendee)
    [others] = selectors.session_polls(session, speaker)

    assert (mine.mine.answer, others.mine) == ({"option": poll.options.last().pk}, None)
    assert [row.mine for row in mine.rows] == [False, False, True]
    told = [snapshot(name, event) for name in (f"session/{session.pk}/polls", f"poll/{poll.pk}/results")]
    assert '"mine"' not in json.dumps(told)


@pytest.mark.parametrize(
    ("results", "before", "answered", "closed"),
    [
        (Poll.Results.LIVE, True, True, True),
        (Poll.Results.ANSWERED, False, True, False),
        (Poll.Results.CLOSE, False, False, True),
        (Poll.Results.HIDDEN, False, False, False),
    ],
)
def test_who_sees_results_when(event, attendee, speaker, moderator, cast, results, before, answered, closed):
    poll = services.open_poll(services.create_poll(event=event, question="?", options="ab", results=results))

    def may_hear(person):
        return any(may_join(f"poll/{poll.pk}/{name}", person, event) for name in ("results", f"{poll.round}/results"))

    assert may_hear(attendee) is before

    cast(attendee, 0, of=poll)
    assert may_hear(attendee) is answered
    assert (selectors.shown_poll(poll, attendee).results is not None) is answered

    services.close_poll(poll)
    assert may_hear(speaker) is closed
    assert (selectors.shown_poll(poll, speaker).results is not None) is closed
    assert may_join(f"poll/{poll.pk}/staff", moderator, event)


@pytest.fixture
def for_who_answers(event):
    wish = {"event": event, "question": "?", "options": "ab", "results": Poll.Results.ANSWERED}
    return services.open_poll(services.create_poll(**wish))


def test_who_answered_before_a_reset_hears_nothing_of_the_new_round(
    event, for_who_answers, attendee, speaker, cast, told
):
    poll = for_who_answers
    cast(attendee, 0, of=poll)
    first, second = f"poll/{poll.pk}/1/results", f"poll/{poll.pk}/2/results"
    assert (may_join(first, attendee, event), snapshot(first, event)["total"]) == (True, 1)

    with told.after():
        services.reset_poll(poll, ends=1)
        cast(speaker, 1, of=poll)

    assert (event.pk, first) in told.states  # who listens is told that there is nothing any more
    assert (snapshot(first, event), snapshot(second, event)["total"]) == (None, 1)
    assert [may_join(name, attendee, event) for name in (first, second)] == [False, False]
    assert [may_join(name, speaker, event) for name in (first, second)] == [False, True]


def test_who_answered_goes_on_hearing_after_a_reopening(event, for_who_answers, attendee, speaker, cast, told):
    poll = for_who_answers
    cast(attendee, 0, of=poll)
    services.close_poll(poll)
    services.open_poll(poll)
    topic = f"poll/{poll.pk}/1/results"

    with told.after():
        cast(speaker, 1, of=poll)

    assert (event.pk, topic) in told.states
    assert (may_join(topic, attendee, event), snapshot(topic, event)["total"]) == (True, 2)


def test_who_was_shown_the_results_for_a_while_does_not_go_on_hearing(event, for_who_answers, attendee, speaker, cast):
    poll = for_who_answers
    cast(attendee, 0, of=poll)
    topic = f"poll/{poll.pk}/results"
    services.reveal_results(poll)
    assert (may_join(topic, speaker, event), snapshot(topic, event)["total"]) == (True, 1)

    services.hide_results(poll)

    assert (may_join(topic, speaker, event), snapshot(topic, event)) == (False, None)
    assert not may_join(f"poll/{poll.pk}/1/results", speaker, event)


def test_results_shown_at_the_close_are_empty_for_those_who_stayed_when_it_opens_again(event, attendee, cast):
    poll = services.open_poll(services.create_poll(event=event, question="?", options="ab", results=Poll.Results.CLOSE))
    cast(attendee, 0, of=poll)
    services.close_poll(poll)
    assert snapshot(f"poll/{poll.pk}/results", event)["total"] == 1

    services.open_poll(poll)

    assert snapshot(f"poll/{poll.pk}/results", event) is None


@pytest.mark.parametrize(
    "topic", ["session/{session}/polls", "poll/{poll}/results", "poll/{poll}/turnout", "poll/{poll}/staff"]
)
def test_outsiders_hear_nothing(event, other_event, session, poll, outsider, other_organiser, moderator, topic):
    name = topic.format(session=session.pk, poll=poll.pk)
    assert may_join(name, moderator, event)

    assert not may_join(name, outsider, other_event)
    assert not may_join(name, other_organiser, other_event)
    assert not may_join(name, outsider, event)


def test_attendee_does_not_hear_the_staff(event, poll, attendee):
    assert not may_join(f"poll/{poll.pk}/staff", attendee, event)


def test_poll_past_its_time_is_shown_as_closed(session, poll, attendee):
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now() - timedelta(seconds=1))

    [shown] = selectors.session_polls(session, attendee)

    assert (shown.question.state, shown.can_answer) == ("closed", False)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(event, attendee, count, django_assert_num_queries):
    session = SessionFactory(event=event)
    for _ in range(count):
        services.open_poll(services.create_poll(event=event, session=session, question="?", options="abc"))

    with django_assert_num_queries(4):
        shown = selectors.session_polls(session, attendee)
        assert [len(one.rows) for one in shown] == [3] * count


def test_open_polls_stand_first(event, session, attendee):
    polls = [services.create_poll(event=event, session=session, question=word, options="ab") for word in "abc"]
    for poll in polls:
        services.open_poll(poll)
    services.close_poll(polls[2])

    assert [str(shown.poll) for shown in selectors.session_polls(session, attendee)] == ["b", "a", "c"]


def test_open_polls_are_never_among_the_rest(event, session, attendee):
    services.open_poll(PollFactory(event=event, session=session, state="draft", kind="words"))
    drafts = PollFactory.create_batch(61, event=event, session=session, state="draft")
    PollFactory.create_batch(31, event=event, session=session, state="closed", opened_at=clock.now(), kind="words")

    assert selectors.session_polls(session, attendee)[0].is_open
    assert selectors.session_questions(event.pk, session.pk)[0].state == "open"
    assert [poll.state for poll in selectors.runnable(event, session, is_open=True)] == ["open"]
    assert list(selectors.runnable(event, session, is_open=False)[:61]) == drafts


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_percents_are_shares_rounded_half_up(votes):
    total = sum(votes)
    for count in votes:
        percent = selectors.percent(count, total)
        assert abs(percent - (100 * count / total if total else 0)) <= 0.5
        assert 0 <= percent <= 100


steps = st.lists(
    st.one_of(
        st.tuples(st.just("vote"), st.integers(0, 3), st.integers(0, 2), st.integers(1, 4)),
        st.tuples(st.sampled_from(["close", "open"]), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps)
def test_tally_is_that_of_each_persons_newest_answer(event, steps):
    """Over any order of answers, repeats, closes and reopens."""
    poll = services.open_poll(services.create_poll(event=event, question="?", options="abc"))
    people = [RegistrationFactory(event=event).user for _ in range(4)]
    options = [option.pk for option in poll.options.all()]
    expected = {}
    for what, person, place, revision in steps:
        if what == "vote":
            wish = services.Vote(event.pk, poll.pk, people[person].pk, kinds.Said(option=options[place]), revision)
            [answer] = services.cast_votes([wish])
            is_open = Poll.objects.get(pk=poll.pk).state == Poll.State.OPEN
            stands = expected.get(person, (0, 0))[1] == options[place]  # who sends it again is told so, also afterwards
            assert isinstance(answer, Refused) is not (is_open or stands)
            if is_open and revision > expected.get(person, (0, 0))[0]:
                expected[person] = (revision, options[place])
        else:
            act = services.close_poll if what == "close" else services.open_poll
            with contextlib.suppress(Refused):
                act(poll)

    chosen = [option for _revision, option in expected.values()]
    counted = {tally.option: tally.votes for tally in selectors.all_results(event.pk, poll.pk).votes}
    assert counted == {option: chosen.count(option) for option in options}
