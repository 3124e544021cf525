"""The library in a real browser: pages of a document turned by buttons and keys, and without a script; a folder chosen
before an upload; a file replaced; what was thrown away taken back at once."""

import pytest
from playwright.sync_api import expect

from apps.media import selectors, services
from apps.media.models import Asset
from tests.factories.media import AssetFactory, FolderFactory
from tests.media.test_pages import slides

pytestmark = pytest.mark.django_db(transaction=True)
AT = "[data-at]"


@pytest.fixture
def document(event):
    return services.ingest_file(event, slides(3), title="Eleven towns", wait=True)


def test_pages_are_turned_by_buttons_and_keys(event, attendee, document, new_page, axe):
    page = new_page(attendee)
    page.goto(selectors.pages_url(document))
    expect(page.locator(AT)).to_have_text("Page 1 of 3")
    axe(page)

    page.get_by_role("button", name="Next page").click()
    expect(page.locator(AT)).to_have_text("Page 2 of 3")
    page.locator("document-pages [data-list]").focus()
    page.keyboard.press("End")
    expect(page.locator(AT)).to_have_text("Page 3 of 3")
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    page.reload()
    expect(page.locator(AT)).to_have_text("Page 3 of 3")


def test_pages_stand_below_each_other_without_a_script(event, attendee, document, new_page):
    page = new_page(attendee, java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(selectors.pages_url(document))

    tops = [page.locator(f"#page-{number}").bounding_box()["y"] for number in (1, 2, 3)]

    assert tops == sorted(tops)
    assert tops[1] - tops[0] > 100
    expect(page.get_by_role("button", name="Next page")).to_be_hidden()


def test_a_file_comes_into_the_folder_that_was_chosen(event, organiser, new_page, films):
    folder, path = FolderFactory(event=event, name="Slides"), films / "towns.pdf"
    path.write_bytes(slides(1))
    page = new_page(organiser)
    page.goto("/admin/media/asset/add/")
    page.get_by_label("Into the folder").select_option(str(folder.pk))
    page.set_input_files("upload-file input[type=file]", path)

    expect(page.locator(".upload-row")).to_have_attribute("data-state", "done")
    assert Asset.objects.get().library_folder == folder


def test_a_file_is_replaced_and_the_earlier_one_stands_below(event, organiser, document, new_page, films, axe):
    path = films / "newer.pdf"
    path.write_bytes(slides(2))
    page = new_page(organiser)
    page.goto(f"/admin/media/asset/{document.pk}/versions/")
    axe(page)
    page.set_input_files("upload-file input[type=file]", path)

    expect(page.get_by_role("button", name="Put it back")).to_have_count(1)
    document.refresh_from_db()
    assert (document.file_name, document.versions.count()) == ("newer.pdf", 1)


def test_what_was_thrown_away_is_taken_back_at_once(event, organiser, new_page, axe):
    asset = AssetFactory(event=event, title="Old maps")
    page = new_page(organiser)
    page.goto(f"/admin/media/asset/{asset.pk}/change/")
    page.get_by_role("button", name="Put into the trash").click()
    expect(page.get_by_text("goes for good on")).to_be_visible()
    axe(page)

    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("“Old maps” is back.")).to_be_visible()
