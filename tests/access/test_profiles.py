"""What somebody keeps to themselves is on no page, in no call, in no payload and at no desk; and who finds whom."""

import json

import pytest
from django.contrib import admin
from django.urls import reverse

from apps.accounts.models import SHOWN_FIELDS, User
from apps.core.access import Access
from apps.events import services
from apps.events.models import EventRole, Registration, Unmet
from apps.live import presence
from apps.live.registry import LogTopic, registry
from tests.access import routes, world
from tests.access.test_live import parameters
from tests.factories.accounts import UserFactory
from tests.factories.events import BanFactory, EventRoleFactory, RegistrationFactory

KEPT = "Bladderwrack"
"""Stands in each part of every profile, and nowhere else."""
PHOTO = f"people/{KEPT.lower()}-0123456789012345.webp"
OWN = {"events:me", "api:me"}
OF_EVENTS = [route for route in routes.every_route() if "event" in route.parameters and not route.is_admin]
ADMINS = [model for model, _desk in sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label_lower)]


@pytest.fixture
def there(built, db, monkeypatch):
    place = built()
    said = dict.fromkeys(("title", "company", "pronouns", "bio", "time_zone"), KEPT)
    lists = {"interests": [KEPT], "languages": [KEPT], "links": [f"https://{KEPT.lower()}.example"]}
    User.objects.update(**said, **lists, photo=PHOTO)
    ids = [person.pk for person in place.people.values()]
    monkeypatch.setattr(presence, "people", lambda *_args, **_kwargs: ids)
    monkeypatch.setattr(presence, "among", lambda *_args, **_kwargs: set(ids))
    return place


def show(audience):
    lists = {"everybody": ([], []), "staff": ([], [*SHOWN_FIELDS]), "nobody": ([*SHOWN_FIELDS], [])}
    hidden, for_staff = lists[audience]
    User.objects.update(hidden_fields=hidden, staff_fields=for_staff)


class Reading:
    """Somebody who asks for all that an event tells."""

    def __init__(self, client, place):
        self.client, self.place = client, place
        self.open = [route for route in OF_EVENTS if "get" in route.methods and route.name not in OWN]

    def leaks(self):
        """The names of the routes that tell it. Where they were refused once they are not asked again: what people
        keep to themselves opens no door."""
        answers = {route: self.client.get(address(self.place, route)) for route in self.open}
        self.open = [route for route, answer in answers.items() if answer.status_code not in (401, 403, 404)]
        return {route.name for route, answer in answers.items() if KEPT.lower() in text_of(answer)}


def address(place, route):
    return reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters))


def text_of(answer):
    return b"".join(answer).decode(errors="replace").lower()


def payloads(place):
    """Everything that the event's topics say, as one text each."""
    for pattern in registry.patterns:
        given = parameters(pattern, place)
        topic = pattern.topic
        if isinstance(topic, LogTopic):
            said = topic.replay(place.event.pk, **given, after=0, limit=100)
        else:
            said = topic.snapshot(place.event.pk, **given)
        yield pattern.template, str(said)


def test_no_page_or_call_tells_what_is_kept(there, enter):
    ada = RegistrationFactory(event=there.event, user=UserFactory(name="Ada", photo="")).user
    reader = Reading(enter(ada), there)
    show("everybody")
    assert {"events:person", "venue:lobby", "venue:session", "api:chat-messages"} <= reader.leaks()
    for audience in ("staff", "nobody"):
        show(audience)
        assert reader.leaks() == set()


def test_staff_are_told_what_is_for_them_and_no_more(there, enter):
    mo = EventRoleFactory(event=there.event, role=EventRole.Role.MODERATOR, user__name="Mo").user
    staff = Reading(enter(mo), there)
    show("staff")
    assert "events:person" in staff.leaks()
    show("nobody")
    assert staff.leaks() == set()


def test_visitors_are_told_names_alone(there, visitor):
    show("everybody")
    assert Reading(visitor, there).leaks() == set()


def test_no_payload_tells_what_is_kept(there):
    show("everybody")
    assert [template for template, said in payloads(there) if KEPT.lower() in said.lower()] == ["chat/{room_id}"]
    for audience in ("staff", "nobody"):
        show(audience)
        assert [template for template, said in payloads(there) if KEPT.lower() in said.lower()] == []


def test_desk_shows_and_finds_what_is_for_staff_alone(there, enter):
    organiser = there.people["organiser"]
    User.objects.filter(pk=organiser.pk).update(is_staff=True, has_second_factor=True)
    desk = enter(User.objects.get(pk=organiser.pk))

    def told():
        found = set()
        for model in ADMINS:
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            things = [thing for thing in (there.things.get(model),) if thing]
            for url in (
                reverse(f"{base}_changelist"),
                *(reverse(f"{base}_change", args=[thing.pk]) for thing in things),
            ):
                if KEPT.lower() in b"".join(desk.get(url)).decode().lower():
                    found.add(model.__name__)
        people = "admin:accounts_user_changelist", "admin:events_registration_changelist"
        hits = [desk.get(reverse(name), {"q": KEPT}).context["cl"].result_count for name in people]
        return found, hits

    show("staff")
    found, hits = told()
    assert {"User", "Registration"} <= found
    assert min(hits) > 0
    show("nobody")
    assert told() == (set(), [0, 0])


def test_export_of_registrations_leaves_out_what_is_kept(there, enter):
    organiser = there.people["organiser"]
    User.objects.filter(pk=organiser.pk).update(is_staff=True, has_second_factor=True)
    desk = enter(User.objects.get(pk=organiser.pk))
    place = there.things[Registration]
    wish = {"action": "export_csv", "_selected_action": [place.pk]}
    show("staff")
    assert KEPT in b"".join(desk.post(reverse("admin:events_registration_changelist"), wish)).decode()
    show("nobody")
    assert KEPT not in b"".join(desk.post(reverse("admin:events_registration_changelist"), wish)).decode()


def test_people_who_are_named_in_a_talk_are_told_by_what_everybody_sees(there, enter):
    reader = enter(RegistrationFactory(event=there.event, user=UserFactory(name="Ada")).user)
    url = reverse("api:chat-people", kwargs=world.arguments(there, "api:chat-people", ("event", "room")))
    show("everybody")
    assert KEPT in json.dumps(reader.get(url, {"q": "Kelp"}).json())
    show("staff")
    found = reader.get(url, {"q": "Kelp"}).json()
    assert (len(found["people"]) > 0, KEPT in json.dumps(found)) == (True, False)


# The page of a person ---------------------------------------------------------------------------------------------


def status(client, event, person):
    return client.get(reverse("events:person", args=[event.slug, person.pk])).status_code


def test_person_has_a_page_for_those_of_the_same_event(event, attendee, speaker, outsider, enter, visitor):
    asked = (enter(speaker), enter(attendee), enter(outsider), visitor)
    assert [status(client, event, attendee) for client in asked] == [200, 200, 302, 302]
    assert status(enter(attendee), event, outsider) == 404


@pytest.mark.parametrize("why", ["cancelled", "banned", "never came", "inactive", "nameless"])
def test_person_who_is_not_there_has_no_page(event, attendee, speaker, enter, why):
    if why == "cancelled":
        services.cancel_registration(Registration.objects.get(user=attendee))
    elif why == "banned":
        BanFactory(event=event, user=attendee)
    elif why == "never came":
        Unmet.objects.create(organisation=event.organisation, user=attendee)
    else:
        User.objects.filter(pk=attendee.pk).update(**({"is_active": False} if why == "inactive" else {"name": ""}))
    assert status(enter(speaker), event, attendee) == 404


def test_page_of_a_person_needs_no_less_than_a_place(event):
    assert next(route for route in OF_EVENTS if route.name == "events:person").access is Access.ATTENDEE
