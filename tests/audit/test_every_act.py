"""Every act of staff leaves a line in the one log that organisers read, whichever call or command it was."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from rest_framework.throttling import SimpleRateThrottle

from apps.audit import selectors
from apps.audit.models import Entry
from apps.chat.models import Change, Message
from apps.core.access import ROLES_FOR
from apps.events.adapters import domain_records
from apps.events.doors.desk_calls import OrganisationCall
from apps.events.models import Announcement, SignInDomain
from apps.events.permissions import roles_of
from apps.live.commands import attempt
from apps.live.registry import OF_EVERYBODY, Call, Who, registry
from apps.questions.models import Change as QuestionChange
from tests.access import routes, world
from tests.audit.acts import SAID, SENT, body_of
from tests.audit.page_acts import ONLY_LOOKS, POSTED
from tests.factories.events import EventFactory

LOOKS = {"get"}


def writes_of_staff():
    """{METHOD name} of every call that takes a role, or a place in an organisation."""
    found = set()
    for route in routes.every_route():
        view = routes._view(route.view)
        is_ours = isinstance(view, type) and issubclass(view, OrganisationCall)
        if route.name.startswith("api:") and (route.access not in OF_EVERYBODY or is_ours):
            found |= {f"{method.upper()} {route.name[4:]}" for method in route.methods - LOOKS}
    return found


def posts_of_staff():
    """The names of pages that take a form of whoever has a role there. The desk has tests of its own."""
    return {
        route.name
        for route in routes.every_route()
        if route.access in set(ROLES_FOR) - {*OF_EVERYBODY} and "post" in route.methods
        if not route.name.startswith(("api:", "admin:"))
    }


WITHIN = {"POST polls", "PATCH poll", "PATCH questions-rules", "DELETE chat-message"}
"""Calls that everybody may knock at, and that ask inside for a role."""
CHANGES_NOTHING = {"POST green-room-ticket", "POST green-room-said"}
"""As `ONLY_LOOKS` of pages: a ticket for one's own camera, and a word to the green room."""
COMMANDS = {name: command for name, command in registry.commands.items() if command.is_kept}


@pytest.fixture(scope="module")
def built(made_once):
    return made_once(
        lambda: world.build(EventFactory(name=f"{world.SECRET} days", slug="there", organisation__name=world.SECRET))
    )


@pytest.fixture
def place(built, db, monkeypatch):
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "allow_request", lambda *_: True)
    monkeypatch.setattr(domain_records, "texts", lambda _name: [place.things[SignInDomain].record_text])
    place = built()
    for log in (Message, Change, QuestionChange, Announcement):
        log.objects.update(seq=F("pk") + 10**6)  # out of the way of what is counted as it is said
    return place


def of(place):
    """What the log says that the organiser did."""
    return Entry.objects.filter(who_id=place.people["organiser"].pk, organisation_id=place.event.organisation_id)


def each(acts):
    """(name, number, how to prepare it), each in a transaction of its own that leaves the world as it was."""
    for name, every in acts.items():
        for number, prepare in enumerate(every):
            with transaction.atomic():
                yield name, f"{name} ({number})", prepare
                transaction.set_rollback(True)


def address_of(place, name, where):
    [parameters] = {one.parameters for one in routes.every_route() if one.name == name}
    named = world.arguments(place, name, parameters) | {key: where[key] for key in parameters if key in where}
    return f"{reverse(name, kwargs=named)}?{where.get('?', '')}"


def send(place, client, name, prepare):
    method, _space, route = name.partition(" ")
    body, where = prepare(place)
    content, kind = body_of(body)
    return client.generic(method, address_of(place, f"api:{route}", where), content, content_type=kind)


def test_every_call_of_staff_is_tried_here():
    assert set(SENT) == (writes_of_staff() | WITHIN) - CHANGES_NOTHING


def test_every_page_of_staff_is_tried_here():
    assert set(POSTED) == posts_of_staff() - ONLY_LOOKS


def test_every_command_of_staff_is_tried_here():
    assert set(SAID) == set(COMMANDS)


def test_every_call_of_staff_is_kept(place, enter):
    client, lost = enter(place.people["organiser"]), {}
    for name, number, prepare in each(SENT):
        answer = send(place, client, name, prepare)
        doors = {*of(place).values_list("door", flat=True)}
        if answer.status_code >= 300 or doors != {"api"}:
            lost[number] = (answer.status_code, answer.content[:300], doors)
    assert lost == {}


def test_every_form_of_staff_is_kept(place, enter):
    client, lost = enter(place.people["organiser"]), {}
    for name, number, prepare in each(POSTED):
        body, where = prepare(place)
        answer = client.post(address_of(place, name, where), body or {})
        doors = {*of(place).filter(event_id=place.event.pk).values_list("door", flat=True)}
        if answer.status_code != 302 or doors != {"page"}:
            lost[number] = (answer.status_code, answer.content[-300:], doors)
    assert lost == {}


def test_every_command_of_staff_is_kept(place):
    organiser, lost = place.people["organiser"], {}
    who = Who(organiser.pk, place.event.pk, organiser.name, roles_of(organiser, place.event), 1)
    for name, number, prepare in each(SAID):
        body, where = prepare(place)
        command = COMMANDS[name]
        said = {key: value for key, value in {**where, **body}.items() if key in command.Body.__struct_fields__}
        [answer] = attempt(command, [Call(who, command.Body(**said), "one")])
        if not of(place).filter(event_id=place.event.pk, door="live", place=name).exists():
            lost[number] = answer
    assert lost == {}


def test_what_has_no_name_is_called_by_its_kind_or_by_what_it_belongs_to(place, enter):
    client = enter(place.people["organiser"])
    for name in ("POST chat-bar", "POST quiz-step"):
        assert send(place, client, name, SENT[name][0]).status_code < 300

    words = {told.entry.model: told.words for told in selectors.told(of(place))}
    assert words["chat.act"] == "Muted"
    assert words["quizzes.game"] == f"{world.SECRET} quiz"
