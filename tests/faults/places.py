"""More people than places register at the same moment, at both web processes: as many get in as there are places, the
others wait in turn, and each hears of it once."""

import asyncio
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

from apps.events import selectors
from apps.events.models import Event, Registration
from apps.notifications.models import OwedMail
from tests.factories.events import EventFactory
from tests.faults.crowd import Crowd, ask
from tests.faults.drills import PER_SECOND, drill

PEOPLE, PLACES, AT_ONCE = 200, 50, 20
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECONDS = 60


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_words):
        return None


@drill
async def two_hundred_people_for_fifty_places(crowd: Crowd) -> list[str]:
    event = await ask(lambda: EventFactory(capacity=PLACES))
    page = f"{crowd.ground.url}/e/{event.slug}/register/"

    def come(first: int) -> list[str]:
        visitor = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(CookieJar()))
        found = FIELD.search(visitor.open(page, timeout=SECONDS).read().decode())
        wrong = []
        for number in range(first, PEOPLE, AT_ONCE):
            form = {"name": f"Person {number}", "email": f"{number}@example.org", "csrfmiddlewaretoken": found[1]}
            request = urllib.request.Request(page, urllib.parse.urlencode(form).encode(), {"Referer": page})
            try:
                visitor.open(request, timeout=SECONDS)
            except urllib.error.HTTPError as answer:
                if answer.code != 302:
                    wrong.append(f"person {number} was answered with {answer.code}")
            else:
                wrong.append(f"person {number} got the form again")
        return wrong

    def everybody() -> list[str]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return [problem for problems in pool.map(come, range(AT_ONCE)) for problem in problems]

    async with crowd.busy(PER_SECOND):
        wrong = await asyncio.to_thread(everybody)
    return [*wrong, *await ask(lambda: _verdict(event))]


def _verdict(event: Event) -> list[str]:
    wrong = []
    states = Counter(event.registrations.values_list("state", flat=True))
    if states != {"confirmed": PLACES, "waiting": PEOPLE - PLACES}:
        wrong.append(f"{PLACES} should be in and the others wait: {dict(states)}")
    queue = [selectors.place_in_queue(one) for one in Registration.objects.waiting().filter(event=event)]
    if queue != list(range(1, len(queue) + 1)):
        wrong.append(f"those who wait do not stand in one row: {queue}")
    mails = Counter(OwedMail.objects.filter(event=event).values_list("kind", flat=True))
    told = Counter(OwedMail.objects.filter(event=event).values_list("to", flat=True))
    if mails != {"welcome": PLACES, "waiting": PEOPLE - PLACES} or set(told.values()) != {1}:
        wrong.append(f"not everybody has one mail: {dict(mails)}, to {len(told)} people")
    return wrong
