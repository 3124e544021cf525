"""Polls in a real browser: a question reaches people wherever they are, and those who run it see what became of it."""

import pytest
from playwright.sync_api import expect

from apps.polls import kinds, services

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
    row.get_by_label("More time").select_option("300")

    said = kinds.Said(option=for_all.options.first().pk)
    assert services.cast_votes([services.Vote(event.pk, for_all.pk, attendee.pk, said)])[0].counted
    expect(row.locator("[data-answers]")).to_have_text("1 answer")
    services.lock_poll(for_all)
    expect(row.locator(".live")).to_have_text("Locked")
    expect(row.get_by_label("More time")).to_have_value("300")
    services.close_poll(for_all)
    expect(row.get_by_role("button", name="Open again")).to_be_visible()
    expect(row.locator(".live")).to_have_count(0)
