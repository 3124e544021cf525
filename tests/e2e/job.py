"""The platform's main job, step by step, as its people do it in the browser: from an empty desk to the numbers.

Each step takes the page of the person who does it and leaves it where they end up. `look` is called on every page
that the job passes, once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.media.conftest import make, picture, tone

READY_MS = 90_000  # a film is made ready by a worker that shares two cores with everything else
EVENT = "headwaters"
SESSION = "Where a river begins"


def schedule() -> bytes:
    """A frab schedule of our own, whose first session began ten minutes ago."""
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)

    def session(number: int, title: str, begins: timedelta, room: str, track: str, person: str) -> str:
        at = start + begins
        return f"""<event guid="5f0c2a00-0000-4000-8000-00000000000{number}" id="{number}">
        <date>{at.isoformat()}</date><start>{at:%H:%M}</start><duration>02:00</duration><room>{room}</room>
        <title>{title}</title><subtitle/><track>{track}</track><type>talk</type><language>en</language>
        <abstract>&lt;p&gt;Springs, seeps and the first hundred metres.&lt;/p&gt;</abstract><description/>
        <persons><person id="{len(person)}">{person}</person></persons><links/><attachments/></event>"""

    spring = session(1, SESSION, timedelta(0), "Spring hall", "Sources", "Edda Quell")
    mouth = session(2, "Where it ends", timedelta(hours=3), "Spring hall", "Mouths", "Jun Sakai")
    bank = session(3, "Walking the bank", timedelta(hours=3), "Bank room", "Sources", "Edda Quell")
    return f"""<?xml version="1.0" encoding="UTF-8"?><schedule><version>1</version>
    <conference><acronym>{EVENT}</acronym><title>Headwaters</title><start>{start.date()}</start>
    <end>{start.date()}</end><days>1</days><timeslot_duration>00:05</timeslot_duration></conference>
    <day index="1" date="{start.date()}" start="{start.isoformat()}" end="{(start + timedelta(hours=10)).isoformat()}">
    <room name="Spring hall">{spring}{mouth}</room><room name="Bank room">{bank}</room></day></schedule>""".encode()


@dataclass
class Job:
    look: Callable[[Page], None]
    folder: Path
    after: set[Page] = field(default_factory=set)
    """Of who takes the way of another, through pages that were looked at."""

    def visit(self, page: Page, path: str) -> None:
        page.goto(path)
        self.pass_by(page)

    def pass_by(self, page: Page) -> None:
        page.wait_for_load_state()
        if page not in self.after:
            self.look(page)

    # The organiser prepares ------------------------------------------------------------------------------------
    def make_event(self, organiser: Page) -> None:
        self.visit(organiser, "/admin/")
        organiser.get_by_role("link", name="New event").click()
        self.pass_by(organiser)
        organiser.get_by_role("link", name="Conference").click()
        self.pass_by(organiser)
        begins = timezone.now() - timedelta(hours=1)
        ends = begins + timedelta(days=1)
        organiser.fill("[name=name_0]", "Headwaters")
        organiser.fill("[name=slug]", EVENT)
        self.choose(organiser, "organisation", "Weir Society")
        for name, moment in (("starts_at", begins), ("ends_at", ends)):
            organiser.fill(f"[name={name}_0]", f"{moment:%Y-%m-%d}")
            organiser.fill(f"[name={name}_1]", f"{moment:%H:%M:%S}")
        organiser.get_by_role("button", name="Save", exact=True).click()
        expect(organiser.get_by_text("Headwaters").first).to_be_visible()

    def import_schedule(self, organiser: Page) -> None:
        self.visit(organiser, "/admin/tracks/scheduleimport/add/")
        organiser.select_option("select[name=event]", label="Headwaters")
        organiser.set_input_files(
            "[name=file]", {"name": "headwaters.xml", "mimeType": "application/xml", "buffer": schedule()}
        )
        organiser.locator("[name=_save]").click()
        expect(organiser.get_by_text(SESSION).first).to_be_visible()
        self.pass_by(organiser)
        organiser.get_by_role("button", name="Change the agenda").click()
        expect(organiser.get_by_text("3 sessions added")).to_be_visible()

    def publish(self, organiser: Page) -> None:
        self.visit(organiser, "/admin/")
        organiser.get_by_role("link", name="Headwaters", exact=True).click()
        self.pass_by(organiser)
        organiser.get_by_role("link", name=re.compile("^Publish")).click()
        self.pass_by(organiser)
        organiser.get_by_role("button", name=re.compile("^Publish")).click()
        expect(organiser.get_by_text("Published").first).to_be_visible()

    def bring_film(self, organiser: Page) -> None:
        """Uploads an MP4, waits until it is ready to play, and puts it on the session's stage."""
        film = make(self.folder / "spring.mp4", *picture("640x360", seconds=20), *tone(seconds=20), "-shortest")
        self.visit(organiser, "/admin/media/asset/add/")
        organiser.set_input_files("upload-file input[type=file]", film)
        expect(organiser.locator("upload-file [data-words]").first).to_contain_text(
            re.compile("made ready|Ready"), timeout=READY_MS
        )
        self.visit(organiser, "/admin/media/asset/")
        organiser.get_by_role("link", name="spring").first.click()
        expect(organiser.get_by_text("Ready", exact=True).first).to_be_visible(timeout=READY_MS)
        self.visit(organiser, "/admin/tracks/session/")
        organiser.get_by_role("link", name=SESSION).click()
        self.choose(organiser, "video", "spring")
        organiser.get_by_role("button", name="Save", exact=True).click()
        expect(organiser.get_by_text("changed successfully").first).to_be_visible()

    def choose(self, page: Page, name: str, label: str) -> None:
        """Picks from a select, or from an autocomplete field that stands for one."""
        if page.locator(f"select[name={name}].admin-autocomplete").count():
            page.locator(f"select[name={name}] + .select2").click()
            page.locator(".select2-search__field").last.fill(label)
            page.locator(".select2-results__option", has_text=label).first.click()
        else:
            page.select_option(f"select[name={name}]", label=label)

    def prepare_poll(self, organiser: Page) -> None:
        self.visit(organiser, "/admin/polls/poll/add/")
        self.choose(organiser, "event", "Headwaters")
        self.choose(organiser, "session", SESSION)
        organiser.fill("[name=question_0]", "What comes first?")
        organiser.fill("[name=options-0-text_0]", "Rain")
        organiser.fill("[name=options-1-text_0]", "Rock")
        organiser.get_by_role("button", name="Save", exact=True).click()
        expect(organiser.get_by_text("added successfully").first).to_be_visible()

    def set_up_booth(self, organiser: Page) -> None:
        self.visit(organiser, "/admin/exhibitors/booth/add/")
        self.choose(organiser, "event", "Headwaters")
        organiser.fill("[name=name]", "Dipper Instruments")
        organiser.fill("[name=tagline_0]", "Flow, measured where it starts")
        organiser.get_by_role("button", name="Save", exact=True).click()
        expect(organiser.get_by_text("added successfully").first).to_be_visible()

    # An attendee comes -----------------------------------------------------------------------------------------
    def register(self, page: Page, *, name: str, email: str) -> None:
        self.visit(page, f"/e/{EVENT}/")
        self.visit(page, f"/e/{EVENT}/register/")
        page.get_by_label("Name").first.fill(name)
        page.get_by_label("E-mail").first.fill(email)
        page.get_by_role("button", name="Register").click()
        self.pass_by(page)

    def follow_mail(self, page: Page, *, email: str) -> None:
        """Opens the mail in the mailbox and its link, confirms, and stands in the lobby."""
        for _ in range(60):  # the worker sends it a moment after the registration
            page.goto("/mailbox/")
            if page.get_by_text(email).count():
                break
            page.wait_for_timeout(500)
        self.pass_by(page)
        page.get_by_role("row").filter(has_text=email).first.get_by_role("link").click()
        link = page.frame_locator("iframe").get_by_role("link", name="Open your lobby")
        page.goto(link.first.get_attribute("href"))
        self.pass_by(page)
        page.get_by_role("button", name="Come in").click()
        expect(page).to_have_url(re.compile(f"/e/{EVENT}/lobby/"))
        self.pass_by(page)

    def enter_session(self, page: Page) -> None:
        page.get_by_role("main").get_by_role("link", name=re.compile(f"{SESSION}|Go in")).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SESSION)
        expect(page.locator("chat-room")).to_be_visible()
        self.pass_by(page)

    def watch(self, page: Page) -> None:
        """The film of a running session plays by itself; where the browser forbids that, by its button.

        What counts is that pictures have been decoded and time goes on.
        """
        start = page.locator("video-player [data-part=start]")
        if start.is_visible():
            start.click()
        page.wait_for_function(
            "() => { const v = document.querySelector('video'); return v && v.currentTime > 0.2 && v.videoWidth > 0 }",
            timeout=30_000,
        )

    def say(self, page: Page, text: str) -> None:
        page.get_by_label("Message to everyone in the room").fill(text)
        page.get_by_role("button", name="Send", exact=True).click()

    def hears(self, page: Page, text: str) -> None:
        expect(page.get_by_role("log", name="Messages")).to_contain_text(text)

    def launch_poll(self, organiser: Page) -> None:
        self.visit(organiser, f"/e/{EVENT}/control/")
        line = organiser.locator(".launch > li").filter(has_text="What comes first?")
        line.get_by_role("button", name="Open", exact=True).click()
        expect(organiser.get_by_role("button", name=re.compile("^Close")).first).to_be_visible()

    def answer(self, page: Page, option: str) -> None:
        rise = page.locator("poll-list[data-rises]")
        expect(rise.get_by_role("heading", name="What comes first?")).to_be_visible()
        rise.get_by_role("radio", name=option).check()
        rise.get_by_role("button", name="Send my answer").click()

    def sees_results(self, page: Page, *, answers: int) -> None:
        page.locator("a[href='#polls']").first.click()
        expect(page.locator("#polls")).to_contain_text(re.compile(rf"\b{answers} (people have )?answer"))
        self.pass_by(page)

    def visit_booth(self, page: Page, *, message: str) -> None:
        self.visit(page, f"/e/{EVENT}/expo/")
        page.get_by_role("link", name=re.compile("Dipper")).first.click()
        self.pass_by(page)
        page.locator("#ask [name=message]").fill(message)
        page.locator("#ask [name=consent]").check()
        page.get_by_role("button", name="Ask for an answer").click()
        expect(page.locator("#asked")).to_contain_text(message)

    # The organiser sees it --------------------------------------------------------------------------------------
    def numbers(self, organiser: Page) -> dict[str, str]:
        """The figures of the event's desk, by their labels."""
        self.visit(organiser, "/admin/")
        organiser.get_by_role("link", name="Headwaters", exact=True).click()
        self.pass_by(organiser)
        figures = organiser.locator(".desk-figures .figure")
        return {
            label.strip().lower(): value
            for value, label in (
                (figure.locator("b").inner_text(), figure.inner_text().split("\n")[-1]) for figure in figures.all()
            )
        }
