"""An hour in which everybody means harm: what they send is refused or made harmless, and nothing is half-written.

Each of these has its own tests where it lives; here they come through the doors, one after another, at an event that
holds one object of each kind.
"""

import contextlib
import csv
import struct
import zlib

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import MaxLengthValidator
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.core.access import ROLES_FOR, Access
from apps.events import selectors, services
from apps.events.models import (
    Event,
    EventRole,
    GuestList,
    InvitationCode,
    JoinLink,
    Membership,
    Registration,
)
from tests.access import bodies, routes, world
from tests.factories.events import EventFactory, MembershipFactory, RegistrationFactory

HOSTILE = "\"'><img src=x onerror=q(7)>"
RUNS = b"<img src=x onerror"
MANY = 1_000_001
ANYBODYS = {"events:register", "events:resend", "api:event-register", "api:event-registration", "api:event-resend"}
"""To register is anybody's right."""
BY_SECRET = {"events:take", "api:event-take"}
"""Whoever holds the secret of a place that is passed on may take it, whoever they are."""


def is_public(route):
    return route.access in (Access.PUBLIC, Access.ANYONE)


@pytest.fixture
def there(built, db):
    return built()


@pytest.fixture
def desk(there, enter):
    return enter(there.people["organiser"])


def address(route, place):
    return reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters))


# HTML in every text -----------------------------------------------------------------------------------------------
def test_html_in_every_text_is_text(there, enter):
    for thing in there.things.values():
        for field in thing._meta.concrete_fields:
            spoil(thing, field)
    there.event.refresh_from_db()
    clients = {role: enter(person) for role, person in there.people.items()}
    shown, wrong = 0, []
    for route in routes.every_route():
        if "event" not in route.parameters or route.is_admin:
            continue
        for role in ("organiser", "attendee") if shows_something_to("attendee", route) else ("organiser",):
            response = clients[role].get(address(route, there))
            assert response.status_code < 500, (role, route)
            content = b"".join(response)
            if response.get("Content-Type", "").startswith("text/html"):
                shown += b"&lt;img src=x onerror" in content
                wrong += [str(route)] * (RUNS in content)
    for model, thing in there.things.items():
        if model not in admin.site._registry:
            continue
        for kind, args in (("changelist", []), ("change", [thing.pk]), ("history", [thing.pk])):
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)
            content = b"".join(clients["organiser"].get(url))
            shown += b"&lt;img src=x onerror" in content
            wrong += [url] * (RUNS in content)
    assert wrong == []
    assert shown > 60  # it was there to be seen


def shows_something_to(role, route):
    """A page that is refused may say whose it is; a call says nothing then."""
    return not route.name.startswith("api:") or role in ROLES_FOR.get(route.access, {role})


def spoil(thing, field, words=HOSTILE):
    """Writes the hostile words where anybody's text may stand, past all forms."""
    text = isinstance(field, (models.CharField, models.TextField)) and not isinstance(
        field, (models.SlugField, models.EmailField, models.URLField, models.FileField)
    )
    if not text or field.choices or field.unique or (field.max_length or 99) < len(words):
        return
    if any(not isinstance(check, MaxLengthValidator) for check in field.validators):
        return
    if world.SECRET not in str(getattr(thing, field.attname)) and not field.blank:
        return  # a key, a digest: no text of anybody's
    with contextlib.suppress(DatabaseError), transaction.atomic():  # what the database refuses is no text
        type(thing)._base_manager.filter(pk=thing.pk).update(**{field.attname: words})


FORMULA = '=HYPERLINK("https://evil.example")'


def test_formula_in_every_text_leaves_no_list_as_one(there, enter):
    """Each list of the desk, as CSV: whatever somebody typed stands there as a text."""
    for thing in there.things.values():
        for field in thing._meta.concrete_fields:
            spoil(thing, field, FORMULA)
    organiser = enter(there.people["organiser"])
    taken, runs = 0, []
    for model, desk in admin.site._registry.items():
        if not desk.table:
            continue
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        rows = [there.things[model].pk] if model in there.things else []
        answer = organiser.post(url, {"action": "export_csv", "_selected_action": rows})
        cells = [cell for line in csv.reader(b"".join(answer).decode("utf-8-sig").splitlines()) for cell in line]
        taken += any("evil.example" in cell for cell in cells)
        runs += [f"{model.__name__}: {cell[:40]}" for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert runs == []
    assert taken > 15  # it was there to run


# Files that lie ---------------------------------------------------------------------------------------------------
LIES = {
    "no text at all": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "empty": b"",
    "another encoding": "email,name\nnadia@example.org,Nadia Ökello\n".encode("utf-16-be"),
    "a million lines": b"email\n" + b"a@example.org\n" * MANY,
    "one endless line": b"email\n" + b"a" * 3_000_000,
    "nulls": b"email\nnadia\x00@example.org\n",
    "no addresses": b"email\n=cmd|' /C calc'!A0\n@SUM(1+1)*cmd\n",
}


@pytest.mark.parametrize("name", LIES)
def test_guest_list_that_lies_invites_nobody(name, there, desk):
    before = User.objects.count(), Registration.objects.count()
    url = reverse("admin:events_registration_invite")
    file = SimpleUploadedFile("guests.csv", LIES[name], content_type="text/csv")
    response = desk.post(url, {"event": there.event.pk, "file": file}, follow=True)
    assert response.status_code == 200
    if read := GuestList.objects.filter(name="guests.csv").first():  # read, and each of its lines refused
        assert (read.rows, bool(read.problems)) == ([], True)
    assert (User.objects.count(), Registration.objects.count()) == before


SCHEDULES = {
    "laughs.xml": b"""<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><schedule><conference><title>&c;</title></conference></schedule>""",
    "outside.xml": b"""<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>
        <schedule><conference><title>&a;</title></conference></schedule>""",
    "deep.json": b"[" * 200_000,
    "numbers.json": b'{"schedule": ' + b"9" * 100_000 + b"}",
    "nothing.ics": b"BEGIN:VCALENDAR\r\n" * 1000,
    "picture.json": LIES["no text at all"],
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_that_lies_changes_nothing(name, there, desk):
    before = world.fingerprint()
    file = SimpleUploadedFile(name, SCHEDULES[name])
    response = desk.post(reverse("admin:tracks_scheduleimport_add"), {"event": there.event.pk, "file": file})
    assert response.status_code == 200  # the form, with its word
    assert response.context_data["errors"] or response.context_data["adminform"].form.errors
    assert world.fingerprint() == before


def png_that_says(edge):
    """A few bytes whose head promises a picture of edge × edge points."""
    head = struct.pack(">IIBBBBB", edge, edge, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    written = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


@pytest.mark.parametrize(
    "content",
    [png_that_says(60_000), b"<svg xmlns='http://www.w3.org/2000/svg' onload='q(7)'/>", b"GIF89a<script>q(7)</script>"],
    ids=["bomb", "drawing that runs", "page in disguise"],
)
def test_picture_that_lies_is_no_photo(content, there, enter):
    person = there.people["attendee"]
    given = {"name": "Eve", "photo": SimpleUploadedFile("me.png", content, content_type="image/png")}
    response = enter(person).post(f"/e/{there.event.slug}/me/", given)
    person.refresh_from_db()
    assert (response.status_code, "photo" in response.context_data["form"].errors) == (200, True)
    assert (bool(person.photo), person.name) == (False, f"{world.SECRET} person")


# Guessing, replaying ----------------------------------------------------------------------------------------------
def test_codes_are_not_found_by_trying(there, visitor):
    Event.objects.filter(pk=there.event.pk).update(admission=Event.Admission.CODE)
    url = f"/e/{there.event.slug}/register/"
    answers = [
        visitor.post(url, {"name": "Eve", "email": "eve@example.org", "code": f"GUESS{number:05}"}).status_code
        for number in range(40)
    ]
    assert (answers[0], answers[-1], set(answers)) == (200, 429, {200, 429})
    assert not Registration.objects.filter(user__email="eve@example.org").exists()
    assert InvitationCode.objects.get(event=there.event).used == 0


def test_link_that_was_revoked_opens_nothing_however_often(there, visitor):
    link = JoinLink.objects.get(registration=there.things[Registration])
    url = reverse("events:join", args=[selectors.join_token(link)])
    services.revoke_links(link.registration)
    for _time in range(3):
        assert (visitor.get(url).status_code, visitor.post(url).status_code) == (410, 410)
    assert "_auth_user_id" not in visitor.session


def test_code_of_one_person_is_none_of_another(there, visitor):
    """A link's signature is over the link: it cannot be made of another's number."""
    link = JoinLink.objects.get(registration=there.things[Registration])
    token = selectors.join_token(link)
    for forged in (token[:-1], token + "A", token.swapcase(), f"{link.pk}", f"{link.pk}:1"):
        assert visitor.post(reverse("events:join", args=[forged])).status_code in (404, 410)
    assert "_auth_user_id" not in visitor.session


# What nobody asked for --------------------------------------------------------------------------------------------
RIGHTS = {
    "is_staff": True, "is_superuser": True, "is_active": False, "has_second_factor": True, "email": "root@example.org",
    "password": "x", "id": 1, "pk": 1, "event": 1, "event_id": 1, "organisation": 1, "user": 1, "user_id": 1,
    "author": 1, "by": 1, "role": "organiser", "roles": ["organiser"], "state": "confirmed", "capacity": 9, "votes": 99,
    "created_at": "2001-01-01T00:00:00Z", "is_hidden": False, "visibility": "public", "uses": 0, "scopes": ["*"],
}  # fmt: skip


def rights():
    """All that a field too many might have changed, of everybody."""
    return {
        "people": list(
            User.objects.order_by("pk").values_list(
                "pk", "email", "password", "is_staff", "is_superuser", "is_active", "has_second_factor", "created_at"
            )
        ),
        "roles": list(EventRole.objects.order_by("pk").values()),
        "members": list(Membership.objects.order_by("pk").values()),
        "events": list(Event.objects.order_by("pk").values("pk", "organisation", "state", "capacity", "visibility")),
        "places": list(Registration.objects.order_by("pk").values("pk", "event", "user", "state", "ticket")),
    }


def send_fields_too_many(client, there):
    """Every call that writes, with whatever might be a column; the status of each answer, by method and route."""
    answers = {}
    for route in routes.every_route():
        if route.name in BY_SECRET:
            continue
        for method in sorted(route.methods & {"post", "put", "patch"}) if route.name.startswith("api:") else ():
            body = RIGHTS | bodies.BODIES.get(route.name, {})
            response = getattr(client, method)(address(route, there), body, content_type="application/json")
            answers[f"{method} {route.name}"] = response.status_code
    return answers


def test_fields_too_many_give_no_rights(there, enter):
    """By an attendee: no call breaks, and no right changes."""
    attendee = enter(there.people["attendee"])
    before = rights()
    answers = send_fields_too_many(attendee, there)
    assert (len(answers) > 30, max(answers.values()) < 500) == (True, True), answers
    assert rights() == before


# A manager of one organisation against another --------------------------------------------------------------------
def test_manager_of_another_organisation_moves_nothing_by_any_door(there, enter):
    """Every route of the platform by every method, pages, desk and API: refused, and the database as it was."""
    here = EventFactory(name="Here", slug="here", organisation__name="Dry Dock")
    RegistrationFactory(event=here)
    manager = MembershipFactory(organisation=here.organisation).user
    client = enter(manager)
    before = world.fingerprint()
    wrong = []
    for route in routes.every_route():
        try:
            url = address(route, there)
        except KeyError:
            continue  # the desk's own names for an object; those are below
        if not {"event", "pk", "object_id"} & {*route.parameters} or route.name in ANYBODYS | BY_SECRET:
            continue
        # That views of events have no further methods, is tested with the routes.
        for method in sorted(route.may_take) if "event" in route.parameters else routes.METHODS:
            body = {} if method == "get" else bodies.BODIES.get(route.name, {})
            response = getattr(client, method)(url, body, content_type="application/json")
            content = b"".join(response)
            if response.status_code >= 500 or (world.SECRET.encode() in content and not is_public(route)):
                wrong.append(f"{method} {route}: {response.status_code}")
    assert wrong == []
    after = world.fingerprint()
    assert {label for label in before if before[label] != after[label]} == set()
