"""Polls in a real browser: a question reaches people wherever they are, and those who run it see what became of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import clock
from apps.media.models import Asset
from apps.polls import kinds, services
from apps.polls.models import Kind, Poll
from tests.factories.media import AssetFactory
from tests.factories.tracks import SessionFactory

OPTIONS = ["Tea", "Coffee"]


@pytest.fixture
def for_all(event):
    return services.create_poll(event=event, question="Tea or coffee?", options=OPTIONS)


def test_question_to_everybody_reaches_the_lobby_and_the_stage(new_page, event, session, for_all, attendee, speaker):
    lobby, stage = new_page(attendee), new_page(speaker)
    lobby.goto(f"{event.get_absolute_url()}lobby/")
    stage.goto(session.get_absolute_url())
    expect(lobby.locator("#polls")).to_be_hidden()

    services.open_poll(for_all)

    expect(lobby.locator("#polls").get_by_role("radio", name="Tea")).to_be_visible()
    rising = stage.locator(".rise live-poll")
    rising.get_by_role("radio", name="Coffee").check()
    rising.get_by_role("button", name="Send my answer").click()
    expect(rising).to_have_count(0)
    in_list = stage.locator(f'#polls live-poll[data-poll="{for_all.pk}"]')
    expect(in_list.locator("[data-own-words]")).to_have_text("Coffee")
    expect(stage.locator("[data-open-polls]")).to_have_text("1")
    services.close_poll(for_all)
    expect(in_list).to_have_attribute("data-state", "closed")
    expect(stage.locator("[data-open-polls]")).to_be_hidden()


def test_control_room_follows_what_becomes_of_a_poll(new_page, event, for_all, attendee, moderator):
    services.open_poll(for_all)
    page = new_page(moderator)
    page.goto(f"{event.get_absolute_url()}control/")
    row = page.locator(f'.launch [data-poll="{for_all.pk}"]')
    expect(row.locator(".live")).to_have_text("Open")
    row.get_by_label("Close in…").select_option("300")

    said = kinds.Said(option=for_all.options.first().pk)
    assert services.cast_votes([services.Vote(event.pk, for_all.pk, attendee.pk, said)])[0].counted
    expect(row.locator("[data-answers]")).to_have_text("1 answer")
    services.lock_poll(for_all)
    expect(row.locator(".live")).to_have_text("Locked")
    expect(row.get_by_label("Close in…")).to_have_value("300")
    services.close_poll(for_all)
    expect(row.get_by_role("button", name="Open again")).to_be_visible()
    expect(row.locator(".live")).to_have_count(0)


REACH = """second => {
  const film = Object.defineProperty(document.createElement("div"), "currentTime", { value: second });
  document.querySelector("#stage").append(film);
  film.dispatchEvent(new Event("timeupdate"));
  film.remove();
}"""
"""What a player tells the page, without a film."""


def test_poll_appears_at_its_moment_in_the_recording(new_page, event, attendee, speaker):
    begun = clock.now() - timedelta(hours=2)
    film = AssetFactory(event=event, kind="video", state=Asset.State.PROCESSING)
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=film)
    poll = services.create_poll(event=event, session=session, question="Tea?", options=OPTIONS, takes_late=True)
    services.open_poll(poll)
    Poll.objects.filter(pk=poll.pk).update(opened_at=begun + timedelta(minutes=10))
    services.close_poll(poll)
    page = new_page(attendee)
    page.goto(session.get_absolute_url())
    rising = page.locator(".rise live-poll")
    expect(page.locator("live-poll:defined")).to_have_count(2)

    page.evaluate(REACH, 599)
    expect(rising).to_be_hidden()
    page.evaluate(REACH, 601)
    expect(rising).to_be_visible()
    page.evaluate(REACH, 700)
    expect(rising).to_be_hidden()
    page.evaluate(REACH, 620)
    rising.get_by_role("radio", name="Coffee").check()
    rising.get_by_role("button", name="Send my answer").click()

    expect(rising).to_have_count(0)
    page.get_by_role("tab", name="Polls").click()
    late = page.locator("#polls [data-late-results]")
    expect(late.locator("summary").first).to_have_text("1 answer with the recording")
    last = kinds.Said(option=poll.options.first().pk)
    assert services.cast_votes([services.Vote(event.pk, poll.pk, speaker.pk, last)])[0].late
    expect(late.locator("summary").first).to_have_text("2 answers with the recording")
    expect(late.locator("[data-percent]").first).to_have_text("50%")


def test_desk_follows_answers_of_who_watches_the_recording(new_page, event, organiser, attendee, speaker):
    begun = clock.now() - timedelta(hours=2)
    film = AssetFactory(event=event, kind="video", state=Asset.State.PROCESSING)
    session = SessionFactory(event=event, starts_at=begun, ends_at=begun + timedelta(hours=1), video=film)
    poll = services.create_poll(event=event, session=session, question="Tea?", options=OPTIONS, takes_late=True)
    services.close_poll(services.open_poll(poll))
    page = new_page(organiser)
    page.goto(reverse("admin:polls_poll_change", args=[poll.pk]))
    results = page.locator("live-results")
    expect(results.get_by_role("heading")).to_have_count(0)

    for person, option in ((attendee, poll.options.first()), (speaker, poll.options.last())):
        said = kinds.Said(option=option.pk)
        assert services.cast_votes([services.Vote(event.pk, poll.pk, person.pk, said)])[0].late

    expect(results.get_by_role("heading")).to_have_text("With the recording")
    expect(results.locator("table").last.locator("[data-votes]")).to_have_text(["1", "1"])


def test_ranking_is_dragged_and_keeps_its_order_when_the_poll_changes(new_page, event, attendee):
    poll = services.create_poll(event=event, question="First?", options=["Tea", "Coffee", "Water"], kind=Kind.RANKING)
    services.open_poll(poll)
    page = new_page(attendee, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(poll.get_absolute_url())
    rows = page.locator("live-poll [data-row]")
    grip, first = rows.nth(2).locator("[data-grip]").bounding_box(), rows.nth(0).bounding_box()

    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, first["y"] + 4, steps=4)
    page.mouse.up()
    expect(rows.nth(0).locator("[data-words]")).to_have_text("Water")
    expect(rows.nth(0).locator("select")).to_have_value("1")
    services.lock_poll(poll)
    expect(page.locator("[data-locked-note]")).to_be_visible()
    services.unlock_poll(poll)

    page.get_by_role("button", name="Send my answer").click()
    expect(page.locator("[data-own-words]")).to_have_text("1. Water, 2. Tea, 3. Coffee")
