"""`make screens`: photographs every page at 390 and 1440 pixels, light and dark, into var/screens/.

    python -m tests.screens [--url http://127.0.0.1:8000] [--only agenda,lobby,desk-*] [--out var/screens]

Visits the platform that answers at --url (else at PORT), with the demo event in it; where none answers, starts one and
ends it afterwards. `PAGES` names each page, its address, and who looks at it; add yours there. The lists and forms of
the organisers' desk are added by themselves, one for each table that the desk shows. Beside the pictures stands
index.html, which shows them all.
"""

import argparse
import html
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from operator import attrgetter
from pathlib import Path

SIZES = {390: 844, 1440: 900}
SCHEMES = ("light", "dark")
START_SECONDS = 300
ROOT = Path(__file__).resolve().parent.parent
DEMO = "freshet"
PEOPLE = {
    "organiser": "organiser@freshet.example",
    "moderator": "moderator@freshet.example",
    "speaker": "oduya.barasa@freshet.example",
    "exhibitor": "bea.ostrander@freshet.example",
    "attendee": "nadia.okello@freshet.example",
}


@dataclass(frozen=True)
class Shot:
    """One page: where it is, and as whom it is seen (a key of PEOPLE; nothing is a visitor)."""

    path: str
    person: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    """For instance {"django_language": "ar"}, for the page from right to left."""
    whole: bool = True
    """The whole page; false for what fills the window and scrolls inside itself."""


SEE_ALL = """async () => {
  const pictures = [...document.querySelectorAll("img[loading=lazy]")];
  for (const picture of pictures) picture.loading = "eager";
  const late = new Promise((resolve) => setTimeout(resolve, 3000));
  await Promise.race([late, Promise.allSettled(pictures.map((picture) => picture.decode()))]);
}"""
"""Pictures further down are fetched only when somebody scrolls there; a photograph of the whole page does not."""
EVENT = f"/e/{DEMO}"
SESSION = f"{EVENT}/sessions/eleven-towns-one-floodplain/"
PAGES = {
    "front": Shot("/"),
    "landing": Shot(f"{EVENT}/"),
    "register": Shot(f"{EVENT}/register/"),
    "signin": Shot("/signin/"),
    "registered": Shot(f"{EVENT}/register/sent/"),
    "resend": Shot(f"{EVENT}/register/link/"),
    "account-reset": Shot("/accounts/password/reset/"),
    "account-reset-done": Shot("/accounts/password/reset/done/"),
    "account-reset-key-done": Shot("/accounts/password/reset/key/done/"),
    "account-inactive": Shot("/accounts/inactive/"),
    "account-verification": Shot("/accounts/confirm-email/"),
    "account-password": Shot("/accounts/password/change/", "attendee"),
    "account-signout": Shot("/accounts/logout/", "attendee"),
    "lobby": Shot(f"{EVENT}/lobby/", "attendee"),
    "agenda": Shot(f"{EVENT}/agenda/", "attendee"),
    "agenda-visitor": Shot(f"{EVENT}/agenda/"),
    "agenda-list": Shot(f"{EVENT}/agenda/?view=list", "attendee"),
    "agenda-now": Shot(f"{EVENT}/agenda/?view=now", "attendee"),
    "agenda-search": Shot(f"{EVENT}/agenda/?q=river", "attendee"),
    "agenda-nothing": Shot(f"{EVENT}/agenda/?q=zeppelin", "attendee"),
    "agenda-arabic": Shot(f"{EVENT}/agenda/", "attendee", cookies={"django_language": "ar"}),
    "agenda-mine": Shot(f"{EVENT}/agenda/mine/", "attendee"),
    "agenda-mine-empty": Shot(f"{EVENT}/agenda/mine/", "moderator"),
    "speakers": Shot(f"{EVENT}/speakers/", "attendee"),
    "speaker": Shot(f"{EVENT}/speakers/oduya-barasa/", "attendee"),
    "session": Shot(SESSION, "attendee", whole=False),
    "session-questions": Shot(f"{SESSION}#questions", "attendee", whole=False),
    "questions": Shot(f"{SESSION}questions/", "attendee"),
    "questions-newest": Shot(f"{SESSION}questions/?sort=newest", "attendee"),
    "questions-mine": Shot(f"{SESSION}questions/?sort=mine", "attendee"),
    "questions-found": Shot(f"{SESSION}questions/?q=gauge", "attendee"),
    "questions-none-found": Shot(f"{SESSION}questions/?q=zeppelin", "attendee"),
    "questions-arabic": Shot(f"{SESSION}questions/", "attendee", cookies={"django_language": "ar"}),
    "questions-desk": Shot(f"{SESSION}questions/desk/", "moderator"),
    "questions-desk-arabic": Shot(f"{SESSION}questions/desk/", "moderator", cookies={"django_language": "ar"}),
    "questions-lectern": Shot(f"{SESSION}questions/lectern/", "speaker"),
    "questions-screen": Shot(f"{SESSION}questions/screen/", "speaker", whole=False),
    "session-visitor": Shot(SESSION),
    "expo": Shot(f"{EVENT}/expo/", "attendee"),
    "booth": Shot(f"{EVENT}/expo/ostra/", "attendee"),
    "booth-desk": Shot(f"{EVENT}/expo/ostra/desk/", "exhibitor"),
    "conversations": Shot(f"{EVENT}/chat/", "attendee"),
    "conversation": Shot(f"{EVENT}/chat/1/", "attendee", whole=False),
    "conversation-staff": Shot(f"{EVENT}/chat/1/", "moderator", whole=False),
    "conversation-arabic": Shot(f"{EVENT}/chat/1/", "attendee", cookies={"django_language": "ar"}, whole=False),
    "conversation-search": Shot(f"{EVENT}/chat/1/search/?q=morning", "attendee"),
    "next": Shot(f"{EVENT}/next/", "attendee"),
    "me": Shot(f"{EVENT}/me/", "attendee"),
    "quizzes": Shot(f"{EVENT}/quizzes/", "attendee"),
    "session-quiz": Shot(f"{SESSION}#quiz", "attendee", whole=False),
    "control": Shot(f"{EVENT}/control/", "organiser"),
    "moderation": Shot(f"{EVENT}/moderation/", "moderator"),
    "moderation-arabic": Shot(f"{EVENT}/moderation/", "moderator", cookies={"django_language": "ar"}),
    "moderation-messages": Shot(f"{EVENT}/moderation/everything/", "moderator"),
    "moderation-people": Shot(f"{EVENT}/moderation/people/", "moderator"),
    "moderation-rooms": Shot(f"{EVENT}/moderation/rooms/", "moderator"),
    "moderation-words": Shot(f"{EVENT}/moderation/words/", "moderator"),
    "moderation-record": Shot(f"{EVENT}/moderation/log/", "moderator"),
    "polls-run": Shot(f"{EVENT}/polls/run/", "organiser"),
    "polls-run-session": Shot(f"{SESSION}polls/", "organiser"),
    "desk": Shot("/admin/", "organiser"),
    "mailbox": Shot("/mailbox/"),
    "components": Shot("/ui/"),
    "components-house": Shot("/ui/?mood=house"),
    "missing": Shot(f"{EVENT}/sessions/never-was/", "attendee"),
}

CLOSED = {"event__slug": DEMO, "state": "closed"}
OF_ROWS = {
    "poll": ("polls:poll", "attendee", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "quiz": (
        "quizzes:quiz", "attendee", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    "quiz-host": (
        "quizzes:host", "moderator", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    "quiz-screen": (
        "quizzes:screen", "moderator", "quizzes.Quiz", {"event__slug": DEMO, "games__phase": "lobby"}, {"quiz": "pk"},
    ),
    **{
        f"{name}-{kind}": (route, person, "polls.Poll", CLOSED | {"kind": kind}, {"poll": "pk"})
        for kind in ("multiple", "scale", "ranking", "points", "words", "text")
        for name, route, person in (("poll", "polls:poll", "attendee"), ("poll-screen", "polls:screen", "organiser"))
    },
    "training": (
        "quizzes:training", "attendee", "quizzes.Quiz", {"event__slug": DEMO, "mode": "alone"}, {"quiz": "pk"},
    ),
    "training-task": (
        "quizzes:task", "attendee", "quizzes.Task",
        {"attempt__user__email": PEOPLE["attendee"], "attempt__finished_at": None},
        {"quiz": "attempt.quiz_id", "number": "attempt.number", "position": "position"},
    ),
    "training-review": (
        "quizzes:review", "attendee", "quizzes.Attempt",
        {"user__email": PEOPLE["attendee"], "finished_at__isnull": False}, {"quiz": "quiz_id", "number": "number"},
    ),
    "poll-screen": ("polls:screen", "organiser", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "poll-reset": ("polls:reset", "organiser", "polls.Poll", {"event__slug": DEMO, "state": "open"}, {"poll": "pk"}),
    "message-sheet": ("chat:message", "attendee", "chat.Message", {"room_id": 1}, {"room": "room_id", "message": "pk"}),
    "group": ("chat:group", "attendee", "chat.Group", {"event__slug": DEMO}, {"group": "pk"}),
    "message-report": ("chat:report", "attendee", "chat.Message", {"room_id": 1}, {"room": "room_id", "message": "pk"}),
    "moderation-person": (
        "chat:person", "moderator", "events.Registration",
        {"event__slug": DEMO, "user__email": PEOPLE["attendee"]}, {"person": "user_id"},
    ),
    "mailbox-message": ("notifications:message", "", "notifications.MailboxMessage", {}, {"pk": "pk"}),
    "moderation-room": ("chat:room_rules", "moderator", "chat.Room", {"event__slug": DEMO}, {"room": "pk"}),
}  # fmt: skip
"""Pages of the newest row of a table: route, person, model, which rows, and the route's parameters by field."""

LEFT_OUT = {
    "account_login": "leads to the page for signing in",
    "account_signup": "closed: people come by registering",
    "account_request_login_code": "leads to the page for signing in",
    "account_confirm_login_code": "needs a code that was just asked for",
    "account_confirm_email": "needs the key of a mail",
    "account_reset_password_from_key": "needs the key of a mail",
    "account_reauthenticate": "needs a session whose sign-in is long ago",
    "account_email": "leads away: one address a person",
    "account_set_password": "leads on: whoever signs in to the demo has a password",
    "events:join": "needs the token of a mail",
    "events:ticket": "not a page: a ticket for the socket",
    "questions:ask": "leads to the list of questions",
    "notifications:message-html": "the mail itself, in a frame of its message",
    "chat:invite": "takes a form; its page is the group's",
    "chat:replay": "a piece of the conversation",
    "tracks:star": "leads to the agenda once the visitor has signed in",
    "notifications:silence": "needs the address in a mail",
    "exhibitors:desk_request": "takes a form; its page is the booth's desk",
    "venue:announce": "takes a form; its page is the control room",
}
"""Routes of pages without a picture, and why."""
FILES = frozenset({
    "accounts:photo", "core:healthz", "core:readyz", "core:preferences", "live:protocol", "live:processes",
    "intake:health",
    "events:api", "events:schema", "events:logo", "events:brand", "notifications:attachment", "chat:log_csv",
    "chat:export", "chat:file", "polls:export", "questions:export", "quizzes:report", "quizzes:template",
    "questions:export-xlsx", "tracks:schedule", "tracks:personal", "exhibitors:style",
})  # fmt: skip
"""Routes that answer with a file or data, not with a page; so do all of `media` and the API."""


def row_pages() -> dict[str, Shot]:
    """The pages of `OF_ROWS` whose row the demo has."""
    from django.apps import apps
    from django.urls import reverse

    found = {}
    for name, (route, person, model, which, fields) in OF_ROWS.items():
        row = apps.get_model(model).objects.filter(**which).order_by("-pk").first()
        if row is not None:
            arguments = {parameter: attrgetter(field)(row) for parameter, field in fields.items()}
            of_event = {} if model.startswith("notifications.") else {"event": DEMO}
            found[name] = Shot(reverse(route, kwargs={**of_event, **arguments}), person)
    return found


def desk_pages() -> dict[str, Shot]:
    """The demo event's page at the desk, and for each table its list, an empty form, and one row's form.

    The empty form is seen as organiser: what the organiser may not add is left out, as it is at the desk.
    """
    from django.contrib import admin
    from django.test import RequestFactory
    from django.urls import reverse

    from apps.accounts.models import User
    from apps.events.models import Event

    event = Event.objects.filter(slug=DEMO).first()
    organiser = User.objects.filter(email=PEOPLE["organiser"]).first()
    if event is None or organiser is None:
        return {}
    request = RequestFactory().get("/admin/")
    request.user = organiser
    found = {"desk-home": Shot(reverse("admin:events_event_desk", args=[event.pk]), "organiser")}
    for model, desk in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.model_name):
        if getattr(desk, "desk", None) is None:
            continue
        name, address = model._meta.model_name, f"admin:{model._meta.app_label}_{model._meta.model_name}"
        of_event = f"?{desk.event_path}__id__exact={event.pk}" if desk.event_path in desk.list_filter else ""
        found[f"desk-{name}-list"] = Shot(reverse(f"{address}_changelist") + of_event, "organiser")
        if desk.has_add_permission(request):
            found[f"desk-{name}-new"] = Shot(reverse(f"{address}_add"), "organiser")
        row = desk.get_queryset(request).order_by("pk").first()
        if row is not None:
            found[f"desk-{name}"] = Shot(reverse(f"{address}_change", args=[row.pk]), "organiser")
    return found


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def platform(url: str) -> Iterator[None]:
    """The platform at that address for as long as the block lasts; one that runs already is left running."""
    if answers(url):
        yield
        return
    print(f"Nothing answers at {url}: starting the platform.", flush=True)
    command = [sys.executable, "-m", "events_platform.embedded", "run"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + START_SECONDS
        while not answers(url):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("The platform does not start; `make run` says why.")
            time.sleep(0.5)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


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
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def photograph(url: str, out: Path, pages: dict[str, Shot]) -> list[str]:
    """Takes every picture; what went wrong comes back as sentences."""
    from playwright.sync_api import Error, sync_playwright

    from tests.plugins.browser import FLAGS, executable

    known = {name: session_cookie(email) for name, email in PEOPLE.items()}
    wrong = []
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        for name, shot in pages.items():
            signed_in = known.get(shot.person)
            if shot.person and signed_in is None:
                wrong.append(f"{name}: the demo has no {shot.person}; seed_demo makes one")
                continue
            cookies = [{"name": key, "value": value, "url": url} for key, value in shot.cookies.items()]
            cookies += [{**signed_in, "url": url}] if signed_in else []
            for width, height in SIZES.items():
                for scheme in SCHEMES:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                        reduced_motion="reduce",
                        timezone_id="Africa/Nairobi",
                        locale="en-GB",
                    )
                    context.add_cookies(cookies)
                    page = context.new_page()
                    page.on("pageerror", lambda error, at=name: wrong.append(f"{at}: {error}"))
                    try:
                        answer = page.goto(f"{url}{shot.path}", wait_until="load")
                        page.evaluate("document.fonts.ready")
                        page.evaluate(SEE_ALL)
                        page.wait_for_timeout(400)
                        if answer is None or (answer.status >= 400 and name != "missing"):
                            wrong.append(f"{name}: answered {answer.status if answer else 'nothing'}")
                        wide = page.evaluate("document.documentElement.scrollWidth")
                        if wide > width:
                            wrong.append(f"{name}: {wide} pixels wide in a window of {width}")
                        page.screenshot(path=out / f"{name}-{width}-{scheme}.png", full_page=shot.whole)
                    except Error as error:
                        wrong.append(f"{name}: {error.message.splitlines()[0]}")
                    context.close()
            print(f"  {name}", flush=True)
        browser.close()
    return list(dict.fromkeys(wrong))


def write_index(out: Path, pages: dict[str, Shot]) -> None:
    """One page that shows every picture, widths and schemes side by side."""
    rows = []
    for name, shot in pages.items():
        pictures = "".join(
            f'<a href="{name}-{width}-{scheme}.png"><img loading="lazy" src="{name}-{width}-{scheme}.png"></a>'
            for width in SIZES
            for scheme in SCHEMES
        )
        rows.append(f"<h2>{html.escape(name)} <small>{html.escape(shot.path)}</small></h2><div>{pictures}</div>")
    style = "body{font:15px system-ui;margin:2rem}div{display:flex;gap:1rem;align-items:start}img{block-size:26rem}"
    style += "img{object-fit:cover;object-position:top;border:1px solid #ccc}"
    (out / "index.html").write_text(f"<!doctype html><title>Screens</title><style>{style}</style>{''.join(rows)}")


def main() -> int:
    import django

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    parser.add_argument("--only", default="", help="names of pages, separated by commas; * stands for anything")
    parser.add_argument("--out", default=ROOT / "var" / "screens", type=Path)
    asked = parser.parse_args()
    names = [name for name in asked.only.split(",") if name] or ["*"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "events_platform.settings")
    with platform(asked.url.rstrip("/")):
        django.setup()
        every = PAGES | row_pages() | desk_pages()
        pages = {name: shot for name, shot in every.items() if any(fnmatch(name, one) for one in names)}
        if not pages:
            parser.error(f"no page is called {', '.join(names)}; there are {', '.join(every)}")
        wrong = photograph(asked.url.rstrip("/"), asked.out, pages)
    write_index(asked.out, pages)
    print(f"{len(pages)} pages are in {asked.out}; index.html shows them all.")
    for sentence in wrong:
        print(f"- {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
