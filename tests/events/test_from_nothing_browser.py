"""An event set up from nothing in a real browser, as a new organiser does it, and the first people who come to it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.core import colour
from apps.events.models import Event, GuestList, Membership, Question, Registration, TicketKind
from apps.notifications.models import MailboxMessage
from apps.notifications.selectors import Letter
from apps.tracks.models import Session
from events_platform.embedded import processes
from tests.factories.accounts import UserFactory, give_second_factor

State = Registration.State
GUESTS = "email,name,ticket\nrosa@quay.example,Rosa Lind,Press\nnobody,Nobody,\n"
WIDE = {"width": 1440, "height": 1000}
A_WORKER = 30
"""Seconds at most that something takes that a worker does."""
BEGINS = (datetime.now(UTC) + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def desk(new_page, platform, worker):
    """The desk of an owner: they asked for an organisation of their own, and who runs the platform said yes."""
    operator = new_page(UserFactory(is_superuser=True, is_staff=True, name="Olle Drift"), viewport=WIDE)
    ines = UserFactory(email="ines@tidal.example", name="Inês Falcão")
    ask_for_organisation(new_page(ines, viewport=WIDE))
    decide(operator, "events_organisationwish", "grant")
    expect(operator.get_by_text("One organisation is made.")).to_be_visible()
    found = Membership.objects.get(user=ines)
    assert (found.organisation.name, found.role) == ("Tidal Works", Membership.Role.OWNER)
    give_second_factor(ines)
    return new_page(ines, viewport=WIDE)


def save(page):
    page.locator('[name="_save"]').first.click()


def fill(page, **values):
    for name, value in values.items():
        field = page.locator(f'[name="{name}"]:not([type=hidden])').first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def ask_for_organisation(page):
    page.goto(reverse("events:found_organisation"))
    page.get_by_label("Name of the organisation").fill("Tidal Works")
    page.get_by_label("What you want to organise").fill("Talks about ebb and flow")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_text("Your wish is on its way")).to_be_visible()


def decide(page, of, deed, query=""):
    """The first of a list of the desk, which asks before it does it."""
    page.goto(reverse(f"admin:{of}_changelist") + query)
    page.locator('[name="_selected_action"]').first.check()
    page.locator('[name="action"]').first.select_option(deed)
    page.locator('[name="index"], button[type=submit][title]').first.click()
    page.get_by_role("button", name=re.compile("Yes")).click()


def choose_look(page):
    """A colour that is too pale is told and corrected while it is chosen, in pages in small."""
    light = page.frame_locator("iframe.light-frame")
    expect(light.locator("[data-look=name]")).to_have_text("Ebb and Flow")
    fill(page, brand="#ffcc00", accent="#ffd166")
    expect(page.locator("[data-remarks] > .changed").first).to_contain_text("Too light to read on a white page")
    shown = light.locator("html").evaluate("element => element.style.getPropertyValue('--brand')")
    assert shown == colour.darkened("#ffcc00")
    fill(page, brand="#7a1f4b")
    expect(page.locator("[data-remarks] > li").first).not_to_contain_text("Too light")


def make_event(page):
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="New event").click()
    page.get_by_role("link", name="Conference").click()
    fill(
        page, name_0="Ebb and Flow", slug="ebb-and-flow", time_zone="UTC", starts_at_0=f"{BEGINS:%Y-%m-%d}",
        starts_at_1="09:00", ends_at_0=f"{BEGINS:%Y-%m-%d}", ends_at_1="17:00",
    )  # fmt: skip
    choose_look(page)
    save(page)
    expect(page.get_by_role("heading", name="In the order of the work")).to_be_visible()
    return Event.objects.get(slug="ebb-and-flow")


def add_tickets_and_questions(page):
    for name, more in (("Seat in the hall", {"capacity": "1"}), ("Press", {"admission": "approval"})):
        page.goto(reverse("admin:events_ticketkind_add"))
        fill(page, name_0=name, **more)
        save(page)
        expect(page.get_by_text(name).first).to_be_visible()
    page.goto(reverse("admin:events_question_add"))
    fill(page, label_0="Which boat do you come with?", kind="text")
    save(page)
    expect(page.get_by_text("Which boat do you come with?").first).to_be_visible()
    page.goto(reverse("admin:events_question_add"))
    fill(page, label_0="What do you eat?", kind="choice")
    for number, dish in enumerate(("Fish", "Kelp")):
        page.get_by_role("link", name=re.compile("^Add another")).first.click()
        page.locator(f'[name="choices-{number}-label_0"]').fill(dish)
    save(page)
    expect(page.get_by_text("What do you eat?").first).to_be_visible()
    page.goto(reverse("admin:events_question_add"))
    fill(page, label_0="I agree to the rules of the harbour.", kind="consent")
    page.locator('[name="required"]').check()
    save(page)
    expect(page.get_by_text("I agree to the rules of the harbour.").first).to_be_visible()
    assert [*Question.objects.order_by("pk").values_list("kind", flat=True)] == ["text", "choice", "consent"]


def answer(page, boat):
    page.get_by_label("Which boat do you come with?").fill(boat)
    page.get_by_label("Kelp").check()
    page.get_by_label("I agree to the rules of the harbour.").check()


def arrange_agenda(page, event):
    for name in ("Hall", "Cellar"):
        page.goto(reverse("admin:tracks_room_add"))
        fill(page, name_0=name)
        save(page)
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.goto(reverse("admin:tracks_session_arrange", args=[event.pk]))
    page.get_by_role("link", name="New session").click()
    dialog = page.get_by_role("dialog", name="New session")
    dialog.get_by_label("Title").fill("How tides turn")
    dialog.get_by_label("Room").select_option("Hall")
    dialog.get_by_role("button", name="Add").click()
    card = page.locator('[data-card][data-title="How tides turn"]')
    expect(card).to_be_visible()
    card.scroll_into_view_if_needed()
    box, room = card.bounding_box(), page.locator("[data-room]").first.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 20 + room["width"], box["y"] + 8, steps=4)
    page.mouse.up()
    expect(page.locator("[data-said]")).to_contain_text("“How tides turn” is in Cellar")
    assert str(Session.objects.get(event=event).room) == "Cellar"


def invite_by_file(page, event):
    page.goto(reverse("admin:events_registration_invite"))
    page.locator('[name="file"]').set_input_files(
        [{"name": "guests.csv", "mimeType": "text/csv", "buffer": GUESTS.encode()}]
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="1 person can be invited")).to_be_visible()
    expect(page.get_by_text("Line 3")).to_be_visible()
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_text("They are being invited.")).to_be_visible()
    done = GuestList.objects.filter(event=event, state=GuestList.State.DONE)
    assert processes.wait_until(done.exists, A_WORKER)
    assert of("rosa@quay.example").state == State.CONFIRMED


def publish(page, event):
    page.goto(reverse("admin:events_event_desk", args=[event.pk]))
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published").first).to_be_visible()


def of(email):
    return Registration.objects.select_related("user").get(user__email=email)


def register(page, event, *, name, ticket):
    page.goto(f"/e/{event.slug}/register/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@quay.example")
    page.get_by_label(re.compile(f"^{ticket}")).check()
    answer(page, "The Heron")
    page.get_by_role("button", name="Register").click()
    expect(page).to_have_url(re.compile("/register/sent/"))


def address_in_mail(email, way):
    """Where the link in somebody's mailbox leads that opens this way."""

    def addresses():
        texts = [Letter(row).text for row in MailboxMessage.objects.filter(to__contains=email)]
        return [found[1] for text in texts if (found := re.search(rf"https?://[^/]+(\S*{way}/\S+)", text))]

    assert processes.wait_until(lambda: bool(addresses()), A_WORKER), f"No mail to {email} with {way} in it."
    return addresses()[0]


def come_in(page, email):
    page.goto(address_in_mail(email, "/join"))
    page.get_by_role("button", name="Come in").click()
    expect(page).to_have_url(re.compile("/lobby/"))


def say_yes(page):
    """To the one who asks."""
    decide(page, "events_registration", "approve", "?state__exact=pending")
    expect(page.get_by_text("One person has a place now.")).to_be_visible()


def test_event_from_nothing_to_its_first_people(desk, new_page):
    event = make_event(desk)
    add_tickets_and_questions(desk)
    arrange_agenda(desk, event)
    invite_by_file(desk, event)
    publish(desk, event)

    ada, ben, cleo = new_page(), new_page(), new_page()
    register(ada, event, name="Ada Strand", ticket="Seat in the hall")
    register(ben, event, name="Ben Rill", ticket="Seat in the hall")
    register(cleo, event, name="Cleo Marsh", ticket="Press")
    assert [of(f"{who}@quay.example").state for who in ("ada", "ben", "cleo")] == [
        State.CONFIRMED, State.WAITING, State.PENDING
    ]  # fmt: skip

    # A yes at the desk; a place that is given back goes to who waits; another is passed on, and waits for a yes again.
    say_yes(desk)
    come_in(cleo, "cleo@quay.example")

    come_in(ada, "ada@quay.example")
    ada.goto(f"/e/{event.slug}/me/")
    ada.get_by_text("I cannot come").click()
    ada.get_by_role("button", name="Give my place back").click()
    assert [of(f"{who}@quay.example").state for who in ("ada", "ben")] == [State.CANCELLED, State.CONFIRMED]
    come_in(ben, "ben@quay.example")

    cleo.goto(f"/e/{event.slug}/register/offer/")
    cleo.get_by_label("Name").fill("Dora Weir")
    cleo.get_by_label("E-mail").fill("dora@quay.example")
    cleo.get_by_role("button", name="Offer my place").click()
    expect(cleo.get_by_role("heading", name="Your place is offered")).to_be_visible()
    dora = new_page()
    dora.goto(address_in_mail("dora@quay.example", "/take"))
    dora.get_by_label("Name").fill("Dora Weir")
    answer(dora, "The Ibis")
    dora.get_by_role("button", name="Take this place").click()
    expect(dora).to_have_url(re.compile("/register/wish/"))
    assert [of(f"{who}@quay.example").state for who in ("cleo", "dora")] == [State.CANCELLED, State.PENDING]
    assert TicketKind.objects.get(registrations=of("dora@quay.example")).name.data["en"] == "Press"
    say_yes(desk)
    come_in(dora, "dora@quay.example")
    assert of("dora@quay.example").state == State.CONFIRMED
