"""Keeping order in a real browser: by single keys on the moderators' page, seen at once by those it is about."""

from django.urls import reverse
from playwright.sync_api import expect

from apps.chat import services
from apps.chat.models import Message, Report
from tests.factories.chat import ReportFactory


def test_moderator_works_the_queue_by_keys_and_the_author_sees_it(new_page, event, room, attendee, moderator, axe):
    services.set_rules(room, user_id=moderator.pk, holds="all")
    hers, theirs = new_page(attendee), new_page(moderator)
    hers.goto(reverse("chat:room", args=[event.slug, room.pk]))
    theirs.goto(reverse("chat:moderation", args=[event.slug]))

    box = hers.locator("[data-write] textarea")
    box.fill("May I ask something?")
    box.press("Enter")
    expect(hers.locator(".own-only .tag")).to_have_text("Waiting for approval: only you see it")
    expect(theirs.locator("[data-decide]")).to_have_count(1)
    axe(theirs)

    theirs.get_by_label("Single keys work on this device").uncheck()
    theirs.keyboard.press("j")
    expect(theirs.locator("[data-decide].at")).to_have_count(0)
    theirs.get_by_label("Single keys work on this device").check()

    theirs.keyboard.press("j")
    expect(theirs.locator("[data-decide].at")).to_be_focused()
    theirs.keyboard.press("a")
    expect(theirs.locator("[data-decide]")).to_have_count(0)
    expect(hers.locator(".own-only")).to_have_count(0)
    expect(hers.locator(".msg .words")).to_have_text("May I ask something?")

    theirs.keyboard.press("z")
    expect(hers.locator(".msg .gone")).to_have_text("Removed by a moderator")

    services.mute(services.Actor(event.pk, moderator.pk, frozenset({"moderator"})), person_id=attendee.pk, minutes=None)
    expect(hers.locator("[data-why-not]")).to_contain_text("A moderator has muted you for this event.")
    expect(box).to_be_hidden()


def test_report_is_made_in_a_dialog(new_page, event, room, attendee, speaker, say, axe):
    said = say(speaker, "Buy my boat")
    page = new_page(attendee)
    page.goto(reverse("chat:room", args=[event.slug, room.pk]))

    page.locator(".msg [data-acts]").last.click()
    page.locator("[data-sheet-link]").click()
    sheet = page.locator("message-sheet dialog[open]")
    expect(sheet).to_be_visible()
    axe(page)
    sheet.get_by_label("Advertising or spam").check()
    sheet.get_by_role("button", name="Report it").click()

    expect(page.locator(".toast")).to_contain_text("Thank you.")
    report = Report.objects.get()
    assert (report.message_id, report.by, report.reason) == (said.id, attendee, "spam")


def test_moderators_pages_can_be_used_by_everybody(new_page, event, room, attendee, moderator, say, axe):
    ReportFactory(message=Message.objects.get(pk=say(attendee).id))
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))
    services.add_words(by, language="de", lines="Hochwasserschutzkonzeptfortschreibungsgenehmigung", action="hold")
    services.mute(by, person_id=attendee.pk, minutes=60)
    page = new_page(moderator, viewport={"width": 390, "height": 844})

    for name, args in (
        *((name, ()) for name in ("moderation", "everything", "people", "rooms", "words", "log")),
        ("room_rules", (room.pk,)),
        ("person", (attendee.pk,)),
    ):
        page.goto(reverse(f"chat:{name}", args=[event.slug, *args]))
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
