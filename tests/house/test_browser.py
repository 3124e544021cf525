"""The suite's own browser: that it drives the running platform, and leaves no trace in the tests after it."""

import asyncio

import pytest
from playwright.sync_api import expect

from apps.accounts.models import User


def test_page_shows_what_the_test_has_written(page, organiser):
    assert User.objects.count() == 1

    with page.expect_response("**/healthz") as answer:
        page.goto("/healthz")

    assert answer.value.status == 200
    assert User.objects.get() == organiser


def test_new_page_is_signed_in(new_page, organiser, platform):
    page = new_page(organiser)
    page.goto("/admin/")

    expect(page).to_have_url(f"{platform.url}/admin/")


def test_axe_finds_what_keeps_people_out(page, axe):
    page.set_content("<html lang=en><title>Wall</title><main><h1>Wall</h1><button></button></main>")

    with pytest.raises(AssertionError, match="button-name"):
        axe(page)


def test_no_event_loop_is_left_behind(db):
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()

    assert User.objects.count() == 0
