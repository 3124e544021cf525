"""The life of a poll: scheduled, locked, extended, revealed, begun anew, put away; with a recording; as a template."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.live import guards
from apps.live.registry import Who, resolve
from apps.media import services as media
from apps.media.models import KeptPicture, Leftover
from apps.polls import permissions, selectors, services, signals
from apps.polls.kinds import Said
from apps.polls.models import Answer, Poll, Template
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory

State = Poll.State


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def votes_of(poll, *, late=False):
    found = selectors.results(selectors.get_poll(poll.event_id, poll.pk), late=late)
    return [tally.votes for tally in found.votes]


# Time ------------------------------------------------------------------------------------------------------------


def test_scheduled_poll_opens_by_itself(draft, attendee, session):
    services.schedule_poll(draft, opens_at=clock.now() + timedelta(minutes=1))
    assert (draft.state, selectors.session_polls(session, attendee)) == (State.SCHEDULED, [])
    assert services.open_due_polls() == 0

    Poll.objects.filter(pk=draft.pk).update(opens_at=clock.now())

    assert (services.open_due_polls(), services.open_due_polls()) == (1, 0)
    draft.refresh_from_db()
    assert (draft.state, draft.opens_at) == (State.OPEN, None)


@pytest.mark.parametrize("became", [State.DRAFT, State.CLOSED])
def test_poll_that_is_no_longer_due_when_its_turn_comes_is_left_alone(draft, caplog, became):
    soon = clock.now() + timedelta(minutes=1)
    other = services.create_poll(event=draft.event, question="?", options="ab")
    for poll in (draft, other):
        services.schedule_poll(poll, opens_at=soon)
    Poll.objects.update(opens_at=clock.now())

    def meanwhile(poll, **_kwargs):
        if poll.pk != other.pk and became == State.DRAFT:
            services.unschedule_poll(other)
        elif poll.pk != other.pk:
            services.close_poll(services.open_poll(other))

    signals.poll_opened.connect(meanwhile)
    try:
        assert services.open_due_polls() == 1
    finally:
        signals.poll_opened.disconnect(meanwhile)

    other.refresh_from_db()
    assert (other.state, caplog.records) == (became, [])


def test_scheduled_in_the_past_is_refused_and_can_be_taken_back(draft):
    assert refusal(services.schedule_poll, draft, opens_at=clock.now()) == "poll.past"
    services.schedule_poll(draft, opens_at=clock.now() + timedelta(minutes=1))

    services.unschedule_poll(draft)

    assert (draft.state, draft.opens_at) == (State.DRAFT, None)
    assert refusal(services.unschedule_poll, draft) == "poll.state"


def test_answer_before_it_opens_is_refused(draft, attendee):
    services.schedule_poll(draft, opens_at=clock.now() + timedelta(minutes=1))
    said = Said(option=draft.options.first().pk)

    [refused] = services.cast_votes([services.Vote(draft.event_id, draft.pk, attendee.pk, said)])

    assert refused.code == "poll.not_open"


def test_timer_begins_with_the_opening_and_can_be_extended(draft):
    Poll.objects.filter(pk=draft.pk).update(seconds=20)
    draft.refresh_from_db()
    before = clock.now()

    services.open_poll(draft)
    first = draft.closes_at
    services.extend_poll(draft, seconds=40)

    assert timedelta(seconds=20) <= first - before < timedelta(seconds=25)
    assert draft.closes_at - first == timedelta(seconds=40)


@pytest.mark.usefixtures("intake")
def test_time_that_is_over_cannot_be_extended(poll, attendee, cast):
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now())

    assert refusal(services.extend_poll, poll) == "poll.not_open"
    assert refusal(services.extend_poll, poll, seconds=0) == "poll.seconds"
    assert cast(attendee).code == "poll.closed"


# Lock, reveal, reset, archive --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("intake")
def test_locked_poll_takes_nothing_and_keeps_what_it_has(poll, attendee, speaker, cast):
    cast(attendee, 0)

    services.lock_poll(poll)
    assert cast(speaker, 1).code == "poll.locked"
    assert (votes_of(poll), refusal(services.lock_poll, poll)) == ([1, 0, 0], "poll.not_open")

    services.unlock_poll(poll)
    assert cast(speaker, 1).counted
    assert votes_of(poll) == [1, 1, 0]
    assert refusal(services.unlock_poll, poll) == "poll.not_locked"


@pytest.mark.parametrize("results", list(Poll.Results))
def test_revealed_results_are_everybodys(poll, results):
    Poll.objects.filter(pk=poll.pk).update(results=results)
    poll.refresh_from_db()

    services.reveal_results(poll)
    assert permissions.can_see_results(poll, has_answered=False, now=clock.now())

    services.hide_results(poll)
    shown = permissions.can_see_results(poll, has_answered=False, now=clock.now())
    assert shown is (results == Poll.Results.LIVE)


@pytest.mark.usefixtures("intake")
def test_reset_begins_without_answers_and_only_once(poll, attendee, speaker, cast, drain):
    cast(attendee, 0)

    services.reset_poll(poll, ends=1)

    assert (poll.round, poll.state, votes_of(poll)) == (2, State.OPEN, [0, 0, 0])
    assert refusal(services.reset_poll, poll, ends=1) == "poll.reset_already"
    assert cast(attendee, 2).revision == 1
    drain()
    assert (votes_of(poll), Answer.objects.count()) == ([0, 0, 1], 2)


def test_reset_of_a_closed_poll_makes_a_draft(poll, attendee, cast):
    cast(attendee)
    services.close_poll(poll)

    services.reset_poll(poll, ends=1)

    assert (poll.state, poll.opened_at, poll.closed_at) == (State.DRAFT, None, None)


def test_archived_poll_is_found_by_nobody_until_it_is_back(poll, session, attendee):
    assert refusal(services.archive_poll, poll) == "poll.still_open"
    services.close_poll(poll)

    services.archive_poll(poll)
    assert selectors.session_polls(session, attendee) == []
    assert refusal(services.open_poll, poll) == "poll.open_already"

    services.restore_poll(poll)
    assert poll.state == State.CLOSED


def test_several_are_open_at_once(event, session, attendee, cast):
    polls = [
        services.open_poll(services.create_poll(event=event, session=session, question="?", options="ab"))
        for _ in "abc"
    ]

    answers = [cast(attendee, 1, of=poll) for poll in polls]

    assert all(answer.counted for answer in answers)
    assert [votes_of(poll) for poll in polls] == [[0, 1]] * 3


# With the recording ----------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(event):
    begun = clock.now() - timedelta(hours=2)
    video = AssetFactory(event=event, kind="video")
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=video)
    poll = services.create_poll(event=event, session=session, question="?", options="ab", takes_late=True)
    services.open_poll(poll)
    Poll.objects.filter(pk=poll.pk).update(opened_at=begun + timedelta(minutes=10))
    poll.refresh_from_db()
    return poll


@pytest.mark.usefixtures("intake")
def test_late_viewers_are_counted_apart(recorded, attendee, speaker, event, cast, drain):
    cast(attendee, 0, of=recorded)
    services.close_poll(recorded)

    late = cast(speaker, 1, of=recorded)
    drain()

    assert (late.late, late.counted) == (True, True)
    assert (votes_of(recorded), votes_of(recorded, late=True)) == ([1, 0], [0, 1])
    assert cast(attendee, 1, of=recorded).code == "poll.answered"
    shown = selectors.shown_poll(selectors.get_poll(event.pk, recorded.pk), speaker)
    assert (shown.question.moment, shown.mine.late, shown.late.total, shown.results.total) == (600.0, True, 1, 1)


def test_answers_of_late_viewers_are_heard_by_those_who_answered(event, recorded, attendee, speaker, cast):
    Poll.objects.filter(pk=recorded.pk).update(results=Poll.Results.ANSWERED)
    services.close_poll(recorded)
    cast(attendee, 1, of=recorded)
    everybodys, theirs = (resolve(f"poll/{recorded.pk}/{name}") for name in ("late", "1/late"))

    def hears(person):
        who = Who(person.pk, event.pk, "", frozenset({"attendee"}), 1)
        return [guards.ask_guard(who, match) is None for match in (everybodys, theirs)]

    assert (hears(attendee), hears(speaker)) == ([False, True], [False, False])
    assert theirs.topic.snapshot(event.pk, **theirs.params).total == 1
    assert everybodys.topic.snapshot(event.pk, **everybodys.params) is None


@pytest.mark.usefixtures("intake")
@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("written", [False, True])
def test_who_answered_with_the_recording_has_answered_after_a_reopening(
    recorded, attendee, speaker, cast, drain, anonymous, written
):
    Poll.objects.filter(pk=recorded.pk).update(anonymous=anonymous)
    services.reset_poll(recorded, ends=1)
    services.close_poll(recorded)
    assert cast(speaker, 1, of=recorded).late
    if written:
        drain()

    services.open_poll(recorded)

    assert cast(speaker, 0, of=recorded).code == "poll.answered"
    assert cast(attendee, 0, of=recorded).counted
    drain()
    assert (votes_of(recorded), votes_of(recorded, late=True)) == ([1, 0], [0, 1])


def test_without_a_recording_nobody_is_late(recorded, attendee, cast):
    recorded.session.video = None
    recorded.session.save()
    services.close_poll(recorded)

    assert cast(attendee, of=recorded).code == "poll.closed"


@pytest.mark.usefixtures("intake")
def test_anonymous_late_viewers_answer_once_and_are_sealed(event, recorded, attendee, speaker, cast):
    Poll.objects.filter(pk=recorded.pk).update(anonymous=True)
    services.reset_poll(recorded, ends=1)
    cast(attendee, 0, of=recorded)
    services.close_poll(recorded)

    assert cast(attendee, 0, of=recorded).code == "poll.answered"
    assert (cast(speaker, 0, of=recorded).answer, cast(speaker, 1, of=recorded).revision) == (None, 2)
    services.archive_poll(recorded)

    assert recorded.secrets.count() == 0
    assert recorded.participations.count() == 2


# Templates and the desk's figures --------------------------------------------------------------------------------


def poll_of_pictures(event):
    pictures = [AssetFactory(event=event, kind="image", original=f"assets/{name}/{event.pk}.png") for name in "ab"]
    return services.create_poll(event=event, question="?", options="ab", kind=Poll.Kind.IMAGE, pictures=pictures)


def test_template_of_pictures_is_asked_again_in_another_event(event, organiser, enter):
    poll = poll_of_pictures(event)
    shown = [option.picture.original for option in poll.options.all()]
    other = EventFactory(organisation=event.organisation)
    enter(organiser).post(reverse("admin:polls_poll_run", args=[poll.pk, "keep"]))
    event.delete()

    first, again = (services.create_from_template(Template.objects.get(), event=other) for _ in range(2))
    services.open_poll(first)

    assert [(option.picture.event, option.picture.original) for option in again.options.all()] == [
        (other, name) for name in shown
    ]
    assert other.assets.count() == 2


def test_template_from_before_pictures_were_kept_asks_for_them(event, moderator, enter):
    template = services.keep_as_template(poll_of_pictures(event))
    del template.content["pictures"]
    template.save()

    taken = enter(moderator).post(reverse("polls:prepare", args=[event.slug]), {"template": template.pk}, follow=True)

    assert "Give each option a picture." in taken.content.decode()


def test_pictures_of_a_template_go_with_it_and_no_sooner(event):
    template = services.keep_as_template(poll_of_pictures(event))
    files = {Path(one.original).parent.as_posix() for one in KeptPicture.objects.all()}
    event.delete()
    media.sweep_leftovers()
    assert Leftover.objects.count() == 0

    template.delete()

    assert KeptPicture.objects.count() == 0
    assert {leftover.folder for leftover in Leftover.objects.all()} == files


def test_template_is_asked_again_in_another_event(event, draft):
    Poll.objects.filter(pk=draft.pk).update(anonymous=True, seconds=30)
    draft.refresh_from_db()
    template = services.keep_as_template(draft)
    other = EventFactory(organisation=event.organisation)

    copy = services.create_from_template(template, event=other)

    assert (copy.event, copy.anonymous, copy.seconds, copy.state) == (other, True, 30, State.DRAFT)
    assert [str(option) for option in copy.options.all()] == [str(option) for option in draft.options.all()]
    assert refusal(services.create_from_template, template, event=EventFactory()) == "poll.template_unknown"


@pytest.mark.parametrize("count", [1, 3])
def test_run_page_takes_the_same_number_of_queries(event, count, django_assert_num_queries):
    session = SessionFactory(event=event)
    for _ in range(count):
        poll = services.open_poll(services.create_poll(event=event, session=session, question="?", options="ab"))
        user = RegistrationFactory(event=event).user
        services.cast_votes([services.Vote(event.pk, poll.pk, user.pk, Said(option=poll.options.first().pk))])

    with django_assert_num_queries(2):
        lines = selectors.lines_of(selectors.runnable(event, session, is_open=True))
        assert [len(line.shown.rows) for line in lines] == [2] * count
