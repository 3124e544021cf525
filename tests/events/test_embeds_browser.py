"""Frames on another website in a real browser: shown there, as tall as what is in them, and refused elsewhere."""

import pytest
from playwright.sync_api import expect

from apps.events.models import Registration
from tests.events.websites import served
from tests.factories.tracks import SessionFactory


@pytest.fixture
def website(platform):
    """Another website on this machine: `website(page, path)` opens it, with the snippet that the desk offers."""
    shown = {}

    def snippet(_path):
        return (
            f'<!doctype html><iframe data-plenary src="{platform.url}{shown["path"]}" title="Freshet" '
            f'width="100%" height="200"></iframe><script src="{platform.url}/embed.js" async></script>'
        )

    def visit(page, path):
        shown["path"] = path
        page.goto(visit.origin)
        return page.frame_locator("iframe")

    with served(snippet) as port:
        visit.origin = f"http://127.0.0.1:{port}"
        yield visit


def test_registering_in_a_frame_of_another_website(page, platform, event, website):
    event.embed_origins = website.origin
    event.save()
    frame = website(page, f"/e/{event.slug}/embed/register/?theme=light&ref=website")

    page.wait_for_function("document.querySelector('iframe').clientHeight > 300")
    page.evaluate("window.formHeight = document.querySelector('iframe').clientHeight")
    frame.get_by_label("Name").fill("Ada Weir")
    frame.get_by_label("E-mail").fill("ada@example.org")
    frame.get_by_role("button", name="Register").click()

    expect(frame.get_by_role("heading", name="Look at your mail")).to_be_visible()
    # The page that came after the form is heard as well: its referrer is our own page, not the website.
    page.wait_for_function("document.querySelector('iframe').clientHeight < formHeight - 50")
    assert Registration.objects.get(user__email="ada@example.org").source == "website"
    assert page.context.cookies(platform.url) == []


def test_agenda_is_as_tall_as_it_is_long(page, platform, event, website, axe):
    event.embed_origins = website.origin
    event.save()
    SessionFactory.create_batch(8, event=event)
    frame = website(page, f"/e/{event.slug}/embed/agenda/")

    expect(frame.get_by_role("heading", level=3)).to_have_count(8)
    page.wait_for_function("document.querySelector('iframe').clientHeight > 500")
    page.goto(f"{platform.url}/e/{event.slug}/embed/agenda/")
    axe(page)


def test_page_can_be_passed_on(new_page, event):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/e/{event.slug}/")

    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/e/{event.slug}/")
