"""Takes the pictures: each page at each width, light and dark, by a few browsers at once; hears what goes wrong."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.screens.shots import PEOPLE, SCHEMES, SIZES, Shot

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

QUALITY = 92
"""Of JPEG: a PNG of a long page takes ten times as long."""
EXPECTED = {"missing", "refused", "state-invited-another", "state-mailed-code", "state-ways-refused"}
"""Pages that answer with a refusal, as they should."""
HAIR_MS = 300
"""What a page's scripts need after its loading to stand still."""
SEE_ALL = """async () => {
  const pictures = [...document.querySelectorAll("img[loading=lazy]")];
  for (const picture of pictures) picture.loading = "eager";
  const late = new Promise((resolve) => setTimeout(resolve, 3000));
  await Promise.race([late, Promise.allSettled(pictures.map((picture) => picture.decode()))]);
  await document.fonts.ready;
}"""
"""Pictures further down are fetched only when somebody scrolls there; a photograph of the whole page does not."""
SETTLED = """async ({width, scheme}) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const asked = matchMedia(`(width: ${width}px) and (prefers-color-scheme: ${scheme})`);
  while (!asked.matches) await drawn();
  await drawn();
  for (let round = 0; round < 3; round += 1) { // what ends may set off what inherits from it
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.allSettled(changing.map((one) => one.finished));
    await drawn();
  }
}"""
"""A window that was resized, or went dark, is drawn anew only some frames later."""


def session_cookie(email: str) -> dict[str, str] | None:
    """The cookie of a fresh session of that person; None where the demo does not know them."""
    from django.conf import settings
    from django.test import Client

    from apps.accounts.models import User

    person = User.objects.filter(email=email).first()
    if person is None:
        return None
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    # They typed their code just now, so that pages which change how they sign in do not ask once more.
    shown = {"method": "sign_in", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [shown]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def refusal(template: str) -> str:
    """What a visitor reads who is refused with that template."""
    from django.contrib.auth.models import AnonymousUser
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return render_to_string(template, request=request)


def photograph(url: str, out: Path, pages: dict[str, Shot], *, browsers: int = 2) -> list[str]:
    """Takes every picture; what went wrong comes back as sentences."""
    out.mkdir(parents=True, exist_ok=True)
    known = {name: session_cookie(email) for name, email in PEOPLE.items()}
    bodies = {shot.template: refusal(shot.template) for shot in pages.values() if shot.template}
    names = list(pages)
    cameras = [Camera(url, out, known, bodies) for _one in range(browsers)]
    with ThreadPoolExecutor(browsers) as hands:
        shares = [{name: pages[name] for name in names[number::browsers]} for number in range(browsers)]
        list(hands.map(Camera.take_all, cameras, shares))
    return list(dict.fromkeys(sentence for camera in cameras for sentence in camera.wrong))


@dataclass
class Camera:
    """One browser; a tab for each person who looks, which goes from page to page."""

    url: str
    out: Path
    known: dict[str, dict[str, str] | None]
    bodies: dict[str, str]
    wrong: list[str] = field(default_factory=list)
    at: str = ""
    tabs: dict[Any, "Page"] = field(default_factory=dict)

    def take_all(self, pages: dict[str, Shot]) -> None:
        from playwright.sync_api import Error, sync_playwright

        from tests.plugins.browser import FLAGS, executable

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
            for self.at, shot in pages.items():
                if shot.person and self.known[shot.person] is None:
                    self.complain(f"the demo has no {shot.person}; seed_demo makes one")
                    continue
                try:
                    self.take(self.tab(browser, shot), shot)
                except Error as error:
                    self.complain(error.message.splitlines()[0])
                print(f"  {self.at}", flush=True)
            browser.close()

    def tab(self, browser: "Browser", shot: Shot) -> "Page":
        key = (shot.person, *shot.cookies.items())
        if key not in self.tabs:
            context = browser.new_context(reduced_motion="reduce", timezone_id="Africa/Nairobi", locale="en-GB")
            self.sign_in(context, shot)
            page = self.tabs[key] = context.new_page()
            page.on("pageerror", lambda error: self.complain(str(error)))
            page.on("console", self.hear)
        return self.tabs[key]

    def sign_in(self, context: "BrowserContext", shot: Shot) -> None:
        cookies = [{"name": key, "value": value, "url": self.url} for key, value in shot.cookies.items()]
        signed_in = self.known.get(shot.person)
        context.add_cookies([*cookies, {**signed_in, "url": self.url}] if signed_in else cookies)

    def take(self, page: "Page", shot: Shot) -> None:
        """A page is called up once and its window drawn in and darkened, unless it arranges itself only at loading."""
        is_open = False
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            anew = not shot.whole or shot.path.startswith("/admin/")
            for width, height in SIZES.items():
                if (width, scheme) not in shot.views:
                    continue
                page.set_viewport_size({"width": width, "height": height})
                if anew or not is_open:
                    self.visit(page, shot)
                    is_open, anew = True, not shot.whole
                page.evaluate(SETTLED, {"width": width, "scheme": scheme})
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    self.complain(f"{wide} pixels wide in a window of {width}")
                name = f"{self.at}-{width}-{scheme}.jpg"
                page.screenshot(path=self.out / name, full_page=shot.whole, type="jpeg", quality=QUALITY)

    def visit(self, page: "Page", shot: Shot) -> None:
        address = f"{self.url}{shot.path}"
        if shot.template:
            html = self.bodies[shot.template]
            page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"), times=1)
        page.goto("about:blank")
        answer = page.goto(address, wait_until="load")
        if answer is None or (answer.status >= 400 and self.at not in EXPECTED):
            self.complain(f"answered {answer.status if answer else 'nothing'}")
        page.evaluate(SEE_ALL)
        page.wait_for_timeout(HAIR_MS)
        if shot.act:
            shot.act(page)

    def hear(self, said: "ConsoleMessage") -> None:
        if said.type == "error":
            self.complain(f"{said.text} {said.location['url'].removeprefix(self.url)}")

    def complain(self, what: str) -> None:
        if self.at in EXPECTED and "the server responded with a status of 40" in what:
            return
        self.wrong.append(f"{self.at}: {what}")
