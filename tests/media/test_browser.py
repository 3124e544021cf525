"""Bringing a file with a real browser: a line that breaks, a tab that is closed, and nothing is sent twice."""

import os

import pytest
from playwright.sync_api import expect

from apps.media.adapters.storage import PART_SIZE

PARTS = 5
PATIENCE_MS = 120_000
"""Thirty megabytes pass through the test's own hands, part by part, beside other browsers."""


@pytest.fixture(scope="session")
def large(films, clip):
    """A real film of five parts, the last a small one: a box that players skip fills it up."""
    path, film = films / "large.mp4", clip.read_bytes()
    filling = (PARTS - 1) * PART_SIZE + 1000 - len(film)
    path.write_bytes(film + filling.to_bytes(4, "big") + b"free" + os.urandom(filling - 8))
    return path


def uploading(new_page, organiser):
    page = new_page(organiser)
    page.sent = []
    page.on("requestfinished", lambda request: page.sent.append(request.url) if request.method == "PUT" else None)
    page.goto("/admin/media/asset/add/")
    return page


@pytest.mark.django_db(transaction=True)
def test_an_upload_goes_on_in_a_new_page(event, organiser, new_page, large):
    first = uploading(new_page, organiser)
    # The line breaks after three parts.
    first.route("**/files/part/*", lambda route: route.abort() if len(first.sent) >= 3 else route.continue_())
    first.set_input_files("upload-file input[type=file]", large)
    expect(first.locator("[data-words]").first).to_contain_text("Trying again", timeout=PATIENCE_MS)
    first.close()

    second = uploading(new_page, organiser)
    second.set_input_files("upload-file input[type=file]", large)
    expect(second.locator(".upload-row")).to_have_attribute("data-state", "done", timeout=PATIENCE_MS)
    assert len(first.sent) >= 3
    assert len(first.sent) + len(second.sent) == PARTS


@pytest.mark.django_db(transaction=True)
def test_a_refused_file_says_why_and_can_be_put_away(event, organiser, new_page, films, axe):
    text = films / "talk.mp4"
    text.write_text("Dear mayors, the meadow is wet.")
    page = uploading(new_page, organiser)
    page.set_input_files("upload-file input[type=file]", text)
    expect(page.locator("[data-words]").first).to_contain_text("This is a text file, whatever its name says.")
    expect(page.locator("[data-said]")).to_contain_text("talk.mp4: This is a text file")
    axe(page)
    page.get_by_role("button", name="Put away").click()
    expect(page.locator(".upload-row")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_part_on_a_line_that_hangs_is_sent_again(event, organiser, new_page, clip):
    page, hangs = new_page(organiser), []
    page.clock.install()
    page.goto("/admin/media/asset/add/")
    # Nobody answers the first, and nobody closes its line.
    page.route("**/files/part/*", lambda route: route.continue_() if hangs else hangs.append(route))
    with page.expect_request("**/files/part/*"):
        page.set_input_files("upload-file input[type=file]", clip)
    page.clock.fast_forward(50_000)
    expect(page.locator("[data-words]").first).to_contain_text("Trying again")
    page.clock.fast_forward(31_000)
    expect(page.locator(".upload-row")).to_have_attribute("data-state", "done", timeout=PATIENCE_MS)
