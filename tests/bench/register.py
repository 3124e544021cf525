"""What a registration costs, how quickly it is answered while others register, and how quick the desk's lists stay.

    python -m tests.bench.register [--per-second 50] [--seconds 20] [--registrations 50000] [--json]

One web process as it is deployed (gunicorn, four threads), pinned to one core; load, PostgreSQL and Redis are on the
others. Visitors open the form and send it, each from an address of their own, at a pace that does not wait for
answers. PostgreSQL writes to the disk before it answers. Then the registrations' list of the desk is opened for an
event that has `--registrations` of them.

    register_cpu_ms     CPU of the web process a registration: the form, and sending it
    queries             of sending it
    p99_ms_at_50_per_s  (at the pace that was asked for) from when a visitor meant to send to the whole answer
    refused             answers that were not the page after a registration; it ends with 1 where there is one
    admin_list_ms       the list's first page, elapsed time with the database's own, the median of `--runs`
    admin_search_ms, admin_filter_ms, admin_last_ms   somebody looked for by name; one state only; the last page
    admin_list_queries  of the first page
    admin_people_ms, admin_people_search_ms   the list of people, with as many of them; somebody looked for by name
    admin_mails_ms, admin_mails_search_ms     the list of mails, one to each of them; one looked for by its address
"""

import argparse
import gzip
import http.client
import json
import os
import re
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.hall import services
from tests.bench.serving import Served, cores
from tests.plugins.platform import free_port
from tests.plugins.services import collect_static_files

START_SECONDS = 60
ANSWER_SECONDS = 60
VISITORS = 64
"""So many may wait for an answer at the same time; who comes later waits too, and their time counts."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
BATCH = 5000
HERE = {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "192.0.2.7"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--registrations", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="one line of JSON, last")
    asked = parser.parse_args()
    server_core, others = cores()
    os.environ["TRUSTED_PROXIES"] = "1"  # so that each visitor has an address of their own
    os.sched_setaffinity(0, others)
    with services(durable=True) as environ:
        collect_static_files()
        figures = Registering(asked, environ, server_core).run() | Desk(asked).run()
    for name, value in figures.items():
        print(f"{name:<22} {value}")
    if asked.json:
        print(json.dumps(figures))
    if figures["refused"]:
        raise SystemExit(f"{figures['refused']} registrations were not taken.")


class Web(Served):
    """The web role; its one worker is what is measured."""

    def __init__(self, core, environ):
        port = free_port()
        command = [
            sys.executable, "-m", "gunicorn", "events_platform.wsgi:application", "--bind", f"127.0.0.1:{port}",
            "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "65",
            "--log-level", "warning", "--no-control-socket",
        ]  # fmt: skip
        super().__init__(command, port, core, environ)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > end:
                self.end()
                raise RuntimeError("The web process does not answer.")
            time.sleep(0.2)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        [self.worker] = map(int, children)

    def answers(self):
        try:
            return Visitor(self.port, "192.0.2.1").get("/healthz")[0] == 200
        except OSError:
            return False

    def cpu(self):
        return time.clock_gettime(~self.worker << 3 | 2)

    def end(self):
        self.process.terminate()
        self.process.wait()


class Visitor:
    def __init__(self, port, address):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self.headers = {"X-Forwarded-For": address, "Accept-Encoding": "gzip"}

    def get(self, path):
        return self._ask("GET", path, None, {})

    def post(self, path, cookie, values):
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        return self._ask("POST", path, urlencode(values), kind)

    def _ask(self, method, path, body, headers):
        self.connection.request(method, path, body, self.headers | headers)
        answer = self.connection.getresponse()
        found = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            found = gzip.decompress(found)
        return answer.status, answer.headers, found.decode()


class Registering:
    def __init__(self, asked, environ, core):
        from tests.factories.events import EventFactory

        self.asked = asked
        self.event = EventFactory(slug="bench", capacity=1_000_000)
        self.path = f"/e/{self.event.slug}/register/"
        self.web = Web(core, environ | {"TRUSTED_PROXIES": "1", "ALLOWED_HOSTS": "127.0.0.1"})
        self.took, self.refused = [], 0
        self.lock = threading.Lock()

    def run(self):
        from apps.events.models import Registration

        count = self.asked.per_second * self.asked.seconds
        try:
            for number in range(20):  # what a process does once is not part of a registration's cost
                self.register(-number - 1, time.monotonic())
            self.took.clear()
            before = self.web.cpu()
            began = time.monotonic()
            with ThreadPoolExecutor(VISITORS) as visitors:
                for number in range(count):
                    due = began + number / self.asked.per_second
                    time.sleep(max(0.0, due - time.monotonic()))
                    visitors.submit(self.register, number, due)
            spent = self.web.cpu() - before
        finally:
            self.web.end()
        kept = Registration.objects.filter(event=self.event).count()
        refused = max(self.refused, count + 20 - kept, count - len(self.took))
        return {
            "register_cpu_ms": round(spent / count * 1000, 2),
            "queries": self.queries(),
            "p50_ms": round(statistics.median(self.took) * 1000, 1),
            f"p99_ms_at_{self.asked.per_second}_per_s": round(sorted(self.took)[int(0.99 * len(self.took))] * 1000, 1),
            "refused": refused,
        }

    def register(self, number, due):
        visitor = Visitor(self.web.port, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        _status, headers, page = visitor.get(self.path)
        cookie = headers["Set-Cookie"].partition(";")[0]
        values = person(number) | {"csrfmiddlewaretoken": TOKEN.search(page)[1]}
        status, headers, _page = visitor.post(self.path, cookie, values)
        visitor.connection.close()
        with self.lock:
            self.took.append(time.monotonic() - due)
            self.refused += status != 302 or not headers["Location"].endswith("/register/sent/")

    def queries(self):
        from django.test import Client

        answer, queries = counted(lambda: Client(**HERE).post(self.path, person("once")))
        assert answer.status_code == 302, answer
        return queries


def person(number):
    return {"name": f"Visitor {number}", "email": f"visitor.{number}@example.org", "company": "Weir", "title": ""}


class Desk:
    """The organiser's list of registrations, in this process."""

    def __init__(self, asked):
        from django.conf import settings
        from django.test import Client

        from apps.accounts.models import User
        from apps.events.models import Registration
        from apps.notifications.models import OwedMail
        from tests.factories.accounts import UserFactory
        from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory
        from tests.factories.notifications import OwedMailFactory

        self.runs = asked.runs
        event = EventFactory(slug="large")
        for made in range(0, asked.registrations, BATCH):
            people = User.objects.bulk_create(UserFactory.build_batch(min(BATCH, asked.registrations - made)))
            Registration.objects.bulk_create([RegistrationFactory.build(event=event, user=one) for one in people])
            mails = [OwedMailFactory.build(event=event, user=one, to=one.email, state="sent") for one in people]
            OwedMail.objects.bulk_create(mails)
        self.name, self.email = people[-1].name, people[-1].email
        self.client = Client(**HERE)
        organiser = MembershipFactory(organisation=event.organisation, user__is_staff=True).user
        self.client.force_login(organiser, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.address = f"/admin/events/registration/?event__id__exact={event.pk}"

    def run(self):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum has done long before an event is so large
        pages = {
            "list": "",
            "search": "&" + urlencode({"q": self.name}),
            "filter": "&state__exact=cancelled",
            "last": "&p=" + str(self.last_page()),
        }
        of_event, others = self.address.partition("?")[2], {}
        for name, model, sought in (
            ("people", "accounts/user", self.name),
            ("mails", "notifications/owedmail", self.email),
        ):
            # Whom a list of people holds, it knows by itself: their places are in this event.
            address = f"/admin/{model}/?" + (of_event if name == "mails" else "")
            others[f"admin_{name}_ms"] = self.measure(address)
            others[f"admin_{name}_search_ms"] = self.measure(address + "&" + urlencode({"q": sought}))
        figures = others | {f"admin_{name}_ms": self.measure(self.address + more) for name, more in pages.items()}
        return figures | {"admin_list_queries": counted(lambda: self.client.get(self.address))[1]}

    def last_page(self):
        return self.client.get(self.address).context_data["cl"].paginator.num_pages

    def measure(self, address):
        found = []
        for _run in range(self.runs + 1):
            began = time.perf_counter()
            answer = self.client.get(address)
            found.append(time.perf_counter() - began)
            assert answer.status_code == 200, address
        return round(statistics.median(found[1:]) * 1000, 1)


def counted(deed):
    """What the deed gave, and how many queries it made."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        given = deed()
    return given, len(queries)


if __name__ == "__main__":
    main()
