"""More people than places register at the same moment, at both web processes, and more people than seats sign up for a
session: as many get in as there are places, the others wait in turn, and each hears of it once."""

import asyncio
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

from django.conf import settings
from django.test import Client

from apps.events import selectors
from apps.events.models import Event, Registration
from apps.notifications.models import OwedMail
from apps.tracks import selectors as tracks
from apps.tracks.models import Seat, Session
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.tracks import SessionFactory
from tests.faults.crowd import Crowd, ask
from tests.faults.drills import PER_SECOND, drill

PEOPLE, PLACES = 200, 50
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TOKEN = "plenaryfaultsplenaryfaultsplenar"
SECONDS = 60
WORKED = 0.1
"""Seconds of CPU from which on a web process has had its part in it."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_words):
        return None


Come = Callable[[], list[str]]
"""Somebody does it; what went wrong."""


async def stampede(crowd: Crowd, prepared: Callable[[int], Come]) -> list[str]:
    """Everybody makes ready, by their number, and then all of them do it at the same moment, at both web processes."""
    gate = threading.Barrier(PEOPLE)

    def one(number: int) -> list[str]:
        try:
            come = prepared(number)
        finally:
            gate.wait(SECONDS)
        return come()

    def everybody() -> list[str]:
        before = crowd.ground.web_seconds()
        with ThreadPoolExecutor(PEOPLE) as pool:
            wrong = [problem for problems in pool.map(one, range(PEOPLE)) for problem in problems]
        spent = [after - at for after, at in zip(crowd.ground.web_seconds(), before, strict=True)]
        if min(spent) < WORKED:
            wrong.append(f"not both web processes had their part: {spent} s of CPU")
        return wrong

    async with crowd.busy(PER_SECOND):
        return await asyncio.to_thread(everybody)


def post(visitor: urllib.request.OpenerDirector, page: str, form: dict[str, str], number: int, **headers) -> list[str]:
    request = urllib.request.Request(page, urllib.parse.urlencode(form).encode(), {"Referer": page, **headers})
    try:
        visitor.open(request, timeout=SECONDS)
    except urllib.error.HTTPError as answer:
        return [] if answer.code == 302 else [f"person {number} was answered with {answer.code}"]
    return [f"person {number} got the form again"]


@drill
async def two_hundred_people_for_fifty_places(crowd: Crowd) -> list[str]:
    event = await ask(lambda: EventFactory(capacity=PLACES))
    page = f"{crowd.ground.url}/e/{event.slug}/register/"

    def prepared(number: int) -> Come:
        visitor = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(CookieJar()))
        found = FIELD.search(visitor.open(page, timeout=SECONDS).read().decode())
        form = {"name": f"Person {number}", "email": f"{number}@example.org", "csrfmiddlewaretoken": found[1]}
        return lambda: post(visitor, page, form, number)

    wrong = await stampede(crowd, prepared)
    return [*wrong, *await ask(lambda: _verdict(event))]


@drill
async def two_hundred_people_for_fifty_seats(crowd: Crowd) -> list[str]:
    """They are signed in and press the same button."""
    session, cookies = await ask(_hall)
    page = f"{crowd.ground.url}{session.get_absolute_url()}seat/"

    def prepared(number: int) -> Come:
        cookie = f"{settings.SESSION_COOKIE_NAME}={cookies[number]}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        visitor = urllib.request.build_opener(_Stay)
        return lambda: post(visitor, page, {"csrfmiddlewaretoken": TOKEN}, number, Cookie=cookie)

    wrong = await stampede(crowd, prepared)
    return [*wrong, *await ask(lambda: _seats_verdict(session))]


def _hall() -> tuple[Session, list[str]]:
    """A session with too few seats, and the cookies of those who want one."""
    session = SessionFactory(sign_up=True, capacity=PLACES)
    cookies = []
    for place in RegistrationFactory.create_batch(PEOPLE, event=session.event):
        client = Client()
        client.force_login(place.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookies.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return session, cookies


def _verdict(event: Event) -> list[str]:
    states = Counter(event.registrations.values_list("state", flat=True))
    # Rows are numbered as they are written, one after the other while the event is held: in the order of arrival.
    waiting = Registration.objects.waiting().filter(event=event).order_by("pk")
    queue = [selectors.place_in_queue(one) for one in waiting]
    expected = {"confirmed": PLACES, "waiting": PEOPLE - PLACES}
    return [*_judged(states, expected, queue), *_mailed(event, {"welcome": PLACES, "waiting": PEOPLE - PLACES})]


def _seats_verdict(session: Session) -> list[str]:
    states = Counter(session.seats.values_list("state", flat=True))
    row = [tracks.place_in_row(seat) for seat in Seat.objects.waiting().filter(session=session).order_by("pk")]
    expected = {"taken": PLACES, "waiting": PEOPLE - PLACES}
    return [
        *_judged(states, expected, row),
        *_mailed(session.event, {"seat_taken": PLACES, "seat_awaited": PEOPLE - PLACES}),
    ]


def _judged(states: Counter[str], expected: dict[str, int], queue: list[int]) -> list[str]:
    wrong = []
    if states != expected:
        wrong.append(f"{PLACES} should be in and the others wait: {dict(states)}")
    if queue != list(range(1, len(queue) + 1)):
        wrong.append(f"those who wait do not stand in one row: {queue}")
    return wrong


def _mailed(event: Event, expected: dict[str, int]) -> list[str]:
    mails = Counter(OwedMail.objects.filter(event=event).values_list("kind", flat=True))
    told = Counter(OwedMail.objects.filter(event=event).values_list("to", flat=True))
    if mails == expected and len(told) == PEOPLE and set(told.values()) == {1}:
        return []
    return [f"not everybody has one mail: {dict(mails)}, to {len(told)} people"]
