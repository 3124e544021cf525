"""Times of polls: more of it, closing soon, opening by themselves, and what to say where that cannot be."""

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.core import clock
from apps.events import registry
from apps.polls import selectors, services, tasks
from apps.polls.models import Kind, Poll


def run_page(poll):
    return reverse("polls:run_session", args=[poll.event.slug, poll.session.slug])


def deed(poll):
    return reverse("polls:deed", args=[poll.event.slug, poll.pk])


# More time -------------------------------------------------------------------------------------------------------


def test_poll_without_a_closing_time_is_not_offered_more_of_it(poll, moderator, enter):
    client = enter(moderator)
    untimed = client.get(run_page(poll)).content.decode()
    services.extend_poll(poll, seconds=60)
    timed = client.get(run_page(poll)).content.decode()

    assert ("Close in…" in untimed, "More time" in untimed) == (True, False)
    assert ("Close in…" in timed, "More time" in timed) == (False, True)


def test_closing_soon_is_said_as_what_it_is(poll, moderator, organiser, enter):
    page = enter(moderator).post(deed(poll), {"do": "extend", "seconds": 60}, follow=True).content.decode()
    assert "closes by itself when that time is over" in page

    Poll.objects.filter(pk=poll.pk).update(closes_at=None)
    desk = enter(organiser)
    assert "Close in 30 seconds" in desk.get(reverse("admin:polls_poll_change", args=[poll.pk])).content.decode()
    said = desk.post(reverse("admin:polls_poll_run", args=[poll.pk, "extend"]), follow=True).content.decode()
    assert "The poll closes in 30 seconds." in said
    more = desk.post(reverse("admin:polls_poll_run", args=[poll.pk, "extend"]), follow=True).content.decode()
    assert "There are 30 seconds more." in more


# Opening by itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def sent(monkeypatch, django_capture_on_commit_callbacks):
    """The tasks that a deed asks for, and when."""
    found = []
    monkeypatch.setattr(
        "apps.polls.services.running.current_app.send_task",
        lambda name, **words: found.append((name, words.get("eta"))),
    )

    def after(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return found

    return after


def test_opening_that_was_moved_at_the_desk_is_asked_for_at_its_new_time(draft, organiser, enter, sent):
    services.schedule_poll(draft, opens_at=clock.now() + timedelta(hours=5))
    soon = (clock.now() + timedelta(hours=1)).replace(microsecond=0)
    draft.refresh_from_db()
    wish = {"question_0": "Who should pay?", "kind": "single", "results": "live", "session": draft.session_id}
    local = soon.astimezone(ZoneInfo(draft.event.time_zone))
    wish |= {"opens_at_0": f"{local:%Y-%m-%d}", "opens_at_1": f"{local:%H:%M:%S}"}
    wish |= {"options-TOTAL_FORMS": 3, "options-INITIAL_FORMS": 3}
    for place, row in enumerate(draft.options.all()):
        wish |= {f"options-{place}-id": row.pk, f"options-{place}-poll": draft.pk, f"options-{place}-text_0": str(row)}
        wish[f"options-{place}-position"] = row.position
    client = enter(organiser)

    found = sent(lambda: client.post(reverse("admin:polls_poll_change", args=[draft.pk]), wish))

    draft.refresh_from_db()
    assert draft.opens_at == soon
    assert ("polls.open_due", soon) in found


@pytest.fixture
def unopenable(event, session):
    poll = services.create_poll(event=event, session=session, question="Which bank?", kind=Kind.IMAGE, options="ab")
    Poll.objects.filter(pk=poll.pk).update(state=Poll.State.SCHEDULED, opens_at=clock.now() - timedelta(minutes=1))
    poll.refresh_from_db()
    return poll


def test_poll_that_cannot_open_by_itself_says_so(unopenable, draft, moderator, enter, caplog):
    with caplog.at_level(logging.WARNING):
        tasks.open_due()

    unopenable.refresh_from_db()
    assert unopenable.state == Poll.State.SCHEDULED
    assert f"Poll {unopenable.pk} is due and cannot be opened: poll.pictures" in caplog.text
    page = enter(moderator).get(run_page(unopenable)).content.decode()
    assert page.count("It cannot open by itself like this:") == 1
    assert "Each option of this poll needs a picture." in page


def test_poll_that_did_not_open_is_work_to_be_done(unopenable, event):
    [found] = [task for part in registry.tasks.of(event).values() for task in part if "/polls/poll/" in task.url]
    assert not found.is_done

    Poll.objects.filter(pk=unopenable.pk).update(kind=Kind.SINGLE)

    assert list(selectors.tasks(event)) == []
