"""The API keeps to its own description, whatever it is sent and whoever sends it: no 5xx, no undocumented answer.

schemathesis makes the calls from the schema: some into a world with an object of each kind, some into nowhere. Each is
sent by everybody in turn, since to make one takes longer than to answer it. What a call did is taken back before the
next one.
"""

import gc
import warnings
from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from django.db.models import F
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.chat.models import Change, Message
from apps.core import clock, describing
from apps.events.doors import previewing
from apps.events.models import Announcement, Event
from apps.questions.models import Change as QuestionChange
from tests.access import world
from tests.access.test_tokens import program

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SUCCEED = {"visitor": 8, "attendee": 30, "organiser": 50, "program": 50}
"""How many of the operations must succeed for them at least once, or the calls say little."""
WRONG_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
HERE, ANYWHERE, WRONG = 3, 1, 1
"""Calls of each kind for each operation."""


def without_tuples(schema):
    """schemathesis turns `prefixItems` into a form that its own validator of 3.1 does not know."""
    if isinstance(schema, list):
        return [without_tuples(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: without_tuples(part) for name, part in schema.items()}
    if isinstance(plain.get("prefixItems"), list):
        plain["items"] = {"anyOf": plain.pop("prefixItems")}
    return plain


@pytest.fixture(scope="module")
def description():
    found = schemathesis.openapi.from_dict(without_tuples(describing.description()))
    found.app = WSGIHandler()
    return found


@pytest.fixture(autouse=True)
def swept():
    """What sends the calls leaves the files of large bodies to the collector, which then warns in whatever test it is
    in: here they are looked for, and let go."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def one_connection():
    """The calls are answered in this thread, in the test's transaction: its connection stays open between them."""
    moments = (signals.request_started, signals.request_finished)
    for moment in moments:
        moment.disconnect(close_old_connections)
    yield
    for moment in moments:
        moment.connect(close_old_connections)


@pytest.fixture
def place(built, db, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_: True)
    place = built()
    for log in (Message, Change, QuestionChange, Announcement):
        log.objects.update(seq=F("pk") + 10**6)  # out of the way of what is counted as it is said
    return place


@pytest.fixture
def headers(place, enter):
    plain = {"Accept-Encoding": "identity"}  # schemathesis reads a long answer as it came

    def of(who, **kept):
        """`kept` is what stands in their session."""
        if who == "visitor":
            return {"headers": plain}
        if who == "program":
            token = program(place.people["organiser"]).defaults["HTTP_AUTHORIZATION"]
            return {"headers": plain | {"Authorization": token}}
        client = enter(place.people[who])
        in_session = client.session
        in_session.update(kept)
        in_session.save()
        session = client.cookies["sessionid"].value
        return {"cookies": {"sessionid": session, "csrftoken": "c" * 32}, "headers": plain | {"X-CSRFToken": "c" * 32}}

    return of


def parameters(place, operation):
    """What leads into the world: the operation's address with the numbers and names of what is there."""
    names = [parameter.name for parameter in operation.path_parameters]
    path = operation.path
    for name in names:
        path = path.replace(f"{{{name}}}", "1")
    try:
        route = resolve(path)
    except Resolver404:
        return {}
    return world.arguments(place, f"api:{route.url_name}", tuple(names))


def whole(operation):
    """Which fields are wanted, is left open: what is described is the whole answer."""
    return {"fields": ""} if "fields" in [parameter.name for parameter in operation.query] else None


def call(operation, senders, found, done, *, times, into, mode=GenerationMode.POSITIVE, checks=CHECKS, told=None):
    """So many calls of this operation, each by all of `senders`, who are told by their headers; adds to `found` what is
    wrong with an answer, to `done` who succeeded with what, and to `told` how often each refusal was given."""
    kept = {"path_parameters": into or None}
    if mode is GenerationMode.POSITIVE:
        kept["query"] = whole(operation)

    @seed(20260504)
    @settings(
        max_examples=times, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode, **kept))
    def once(case):
        for who, sent in senders.items():
            with transaction.atomic():
                answer = case.call(**sent)
                if answer.status_code < 300:
                    done.add((who, operation.label))
                elif told is not None:
                    told[answer.json().get("code")] += 1
                try:
                    case.validate_response(answer, checks=checks)
                except FailureGroup as group:
                    found.extend(f"{who} {case.method} {case.path}: {failure}" for failure in group.exceptions)
                transaction.set_rollback(True)

    once()


def test_every_call_answers_as_it_is_described(place, headers, description):
    senders, found, done, count = {who: headers(who) for who in SUCCEED}, [], set(), 0
    for result in description.get_all_operations():
        operation = result.ok()
        count += 1
        call(operation, senders, found, done, times=HERE, into=parameters(place, operation))
        call(operation, senders, found, done, times=ANYWHERE, into={})
    assert found == [], "\n\n".join(found[:40])
    assert count > 70
    succeeded = Counter(who for who, _label in done)
    assert [who for who, least in SUCCEED.items() if succeeded[who] < least] == [], succeeded


def test_what_is_not_described_is_refused_as_it_is_described(place, headers, description):
    """Bodies of the wrong kind, without a field, out of bounds: from somebody who may do most. A few calls have nothing
    that could be wrong."""
    senders, found, count = {"organiser": headers("organiser")}, [], 0
    for result in description.get_all_operations():
        operation, kind = result.ok(), GenerationMode.NEGATIVE
        if not operation.body:
            continue
        into = parameters(place, operation)
        try:
            call(operation, senders, found, set(), times=WRONG, into=into, mode=kind, checks=WRONG_CHECKS)
        except Unsatisfiable:
            continue
        count += 1
    assert found == [], "\n\n".join(found[:40])
    assert count > 60


def archived(place):
    Event.objects.filter(pk=place.event.pk).update(state=Event.State.ARCHIVED)
    return {}


def without_a_second_step(place):
    person = place.people["organiser"]
    person.has_second_factor = False
    person.save()
    return {}


def looking_as_an_attendee(place):
    until = (clock.now() + timedelta(hours=1)).timestamp()
    return {previewing.KEY: {"event": place.event.pk, "as": "attendee", "until": until}}


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (archived, "event.archived"),
        (without_a_second_step, "second_factor.missing"),
        (looking_as_an_attendee, "preview.looks_only"),
    ],
)
def test_what_holds_for_a_whole_event_is_refused_as_it_is_described(moment, code, place, headers, description):
    """Each write in it by whoever runs it: a call says codes of its own, and these beside them."""
    senders, found, told = {"organiser": headers("organiser", **moment(place))}, [], Counter()
    for result in description.get_all_operations():
        operation = result.ok()
        if operation.method == "get" or "{event}" not in operation.path:
            continue
        call(operation, senders, found, set(), times=1, into=parameters(place, operation), told=told)
    assert found == [], "\n\n".join(found[:40])
    assert told[code] > 60, told


def test_method_that_a_call_does_not_have_is_a_problem(organiser, enter):
    refused = enter(organiser).delete("/api/v1/events/")

    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"
