"""An organiser looks at their event as somebody else would: with no more rights, and only looking."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.access import ROLES_FOR, Access
from apps.events import permissions
from apps.events.doors import previewing
from apps.events.models import Event, Membership
from apps.live import tickets
from apps.tracks.models import Star
from tests.access import bodies, routes, world
from tests.factories.events import EventFactory, RegistrationFactory, TicketKindFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.tracks import OpeningFactory, SessionFactory, StarFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


def look(client, event, name):
    return client.post(reverse("events:preview", args=[event.slug]), {"as": name})


def craft(client, **kept):
    """What somebody would have to write into their session, if they could."""
    session = client.session
    session[previewing.KEY] = {"until": (clock.now() + timedelta(hours=1)).timestamp(), **kept}
    session.save()


def lobby(event):
    return reverse("venue:lobby", args=[event.slug])


def ticket_of(client, event):
    return tickets.read(client.get(reverse("events:ticket", args=[event.slug])).json()["ticket"])


@pytest.mark.parametrize("name", previewing.ROLES)
def test_page_is_shown_as_that_role_sees_it_and_says_so(desk, event, name):
    response = look(desk, event, name)
    page = desk.get(response["Location"])

    assert page.status_code == 200
    assert page.context["roles"] == previewing.ROLES[name]
    assert f"You see this as {previewing.WORDS[name]} would." in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_preview_ends_at_its_button(desk, event, organiser):
    look(desk, event, "attendee")
    response = look(desk, event, "")

    assert response["Location"] == reverse("admin:events_event_desk", args=[event.pk])
    assert desk.get(lobby(event)).context["roles"] == {"organiser"}


def test_preview_ends_by_itself(desk, event, monkeypatch):
    look(desk, event, "attendee")
    later = clock.now() + previewing.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(previewing.clock, "now", lambda: later)

    assert desk.get(lobby(event)).context["roles"] == {"organiser"}


def test_each_role_opens_less_than_an_organiser():
    for roles in previewing.ROLES.values():
        opened = {access for access, wanted in ROLES_FOR.items() if roles & wanted}
        assert opened < {access for access, wanted in ROLES_FOR.items() if "organiser" in wanted}
        assert Access.ORGANISER not in opened


@pytest.mark.parametrize("who", ["attendee", "speaker", "moderator", "outsider", "other_organiser"])
def test_nobody_but_an_organiser_of_the_event_previews(request, enter, event, who):
    person = request.getfixturevalue(who)
    client = enter(person)

    assert look(client, event, "moderator").status_code in (302, 403)
    craft(client, event=event.pk, **{"as": "moderator"})

    assert ticket_of(client, event).roles == (frozenset() if who in ("outsider", "other_organiser") else {who})


def test_crafted_role_is_no_role(desk, event):
    craft(desk, event=event.pk, **{"as": "organiser"})

    assert tickets.PREVIEW not in ticket_of(desk, event).roles


def test_preview_of_one_event_is_none_of_another(desk, event, organiser):
    other = EventFactory(organisation=event.organisation, slug="next")
    look(desk, event, "visitor")

    assert desk.get(lobby(other)).context["roles"] == {"organiser"}


def test_preview_ends_with_the_role(desk, event):
    look(desk, event, "speaker")
    Membership.objects.all().delete()

    assert ticket_of(desk, event).roles == frozenset()


def test_nothing_of_anybody_is_shown(desk, event, organiser):
    RegistrationFactory(event=event, user=organiser)
    session = SessionFactory(event=event, title="Wells of the old town")
    StarFactory(session=session, user=organiser)
    mine = reverse("tracks:mine", args=[event.slug])
    assert "Wells of the old town" in desk.get(mine).content.decode()

    look(desk, event, "attendee")

    page = desk.get(mine).content.decode()
    assert ("Wells of the old town" in page, organiser.name in page) == (False, False)


def test_draft_is_shown_as_once_it_is_published(desk, event, visitor):
    Event.objects.update(state=Event.State.DRAFT)
    look(desk, event, "visitor")

    assert desk.get(event.get_absolute_url()).status_code == 200
    assert visitor.get(event.get_absolute_url()).status_code == 404
    event.refresh_from_db()
    assert event.state == Event.State.DRAFT


def test_what_they_may_not_see_is_told_with_the_way_back(desk, event):
    Event.objects.update(visibility=Event.Visibility.PRIVATE)
    look(desk, event, "visitor")

    page = desk.get(event.get_absolute_url())

    assert page.status_code == 403
    assert "They do not get in here." in page.content.decode()
    assert "End preview" in page.content.decode()


def test_ticket_hears_as_that_role_and_commands_nothing(desk, event):
    look(desk, event, "attendee")

    who = ticket_of(desk, event)

    assert (who.user_id, who.roles) == (None, {"attendee", tickets.PREVIEW})


def test_starring_is_refused_in_words(desk, event):
    session = SessionFactory(event=event)
    look(desk, event, "attendee")

    page = desk.post(reverse("tracks:star", args=[event.slug]), {"session": session.pk})
    call = desk.post(reverse("api:agenda-star", args=[event.slug, session.slug]))

    assert (page.status_code, call.status_code) == (403, 403)
    assert "You are only looking" in page.content.decode()
    assert call.json()["code"] == "preview.looks_only"
    assert not Star.objects.exists()


def test_call_is_answered_as_that_role(desk, event):
    held = reverse("api:event-announcements", args=[event.slug])
    look(desk, event, "visitor")
    assert desk.get(held, headers={"Accept": "application/json"}).json()["code"] == "preview.closed"

    look(desk, event, "attendee")
    assert desk.get(held).status_code == 200


def test_call_about_a_draft_is_answered_as_its_pages_are(desk, event):
    Event.objects.update(state=Event.State.DRAFT)
    look(desk, event, "attendee")

    assert desk.get(reverse("api:event-announcements", args=[event.slug])).status_code == 200
    assert Event.objects.get(pk=event.pk).state == Event.State.DRAFT


# As somebody with a ticket
@pytest.fixture
def day_ticket(event):
    """Opens one session and no expo."""
    ticket = TicketKindFactory(event=event, name="Tuesday", opens_programme=False, opens_expo=False)
    OpeningFactory(ticket=ticket, track=None, session=SessionFactory(event=event, title="Wells"))
    return ticket


def test_event_is_shown_as_with_a_ticket(desk, event, day_ticket, enter):
    holder = RegistrationFactory(event=event, ticket=day_ticket).user
    page = desk.get(look(desk, event, f"ticket/{day_ticket.pk}")["Location"])

    assert "You see this as somebody with the ticket “Tuesday” would." in page.content.decode()
    assert page.context["roles"] == permissions.roles_of(holder, event) != {"attendee"}
    assert ticket_of(desk, event).roles == page.context["roles"] | {tickets.PREVIEW}


def test_what_a_ticket_leaves_out_is_shut_in_its_preview(desk, event, day_ticket, enter):
    shut, open_to_it = SessionFactory(event=event, slug="shut"), day_ticket.openings.get().session
    look(desk, event, f"ticket/{day_ticket.pk}")
    holder = enter(RegistrationFactory(event=event, ticket=day_ticket).user)

    for session, shown in ((shut, False), (open_to_it, True)):
        address = reverse("venue:session", args=[event.slug, session.slug])
        for client in (desk, holder):
            assert ("stage" in client.get(address).context) is shown
    assert desk.get(BoothFactory(event=event).get_absolute_url()).context["other_ticket"]


def test_ticket_that_opens_all_is_shown_as_an_attendee_sees_it(desk, event):
    ticket = TicketKindFactory(event=event)
    page = desk.get(look(desk, event, f"ticket/{ticket.pk}")["Location"])
    assert page.context["roles"] == {"attendee"}


@pytest.mark.parametrize("name", ["ticket/", "ticket/x", "ticket/999999", "ticket/" + "9" * 40, "ticket/7/7"])
def test_ticket_that_is_none_is_not_looked_as(desk, event, name):
    look(desk, event, name)
    assert desk.get(lobby(event)).context["roles"] == {"organiser"}


def test_ticket_of_another_event_is_not_looked_as(desk, event, day_ticket):
    other = TicketKindFactory(event=EventFactory(organisation=event.organisation, slug="next"))
    look(desk, event, f"ticket/{other.pk}")
    assert desk.get(lobby(event)).context["roles"] == {"organiser"}


def test_preview_ends_with_its_ticket(desk, event, day_ticket):
    look(desk, event, f"ticket/{day_ticket.pk}")
    day_ticket.delete()
    assert desk.get(lobby(event)).context["roles"] == {"organiser"}


def test_desk_offers_the_tickets(desk, event, day_ticket, organiser):
    page = desk.get(reverse("admin:events_event_desk", args=[event.pk])).content.decode()
    assert f'value="ticket/{day_ticket.pk}">As somebody with the ticket “Tuesday”</button>' in page


# Every page of an event and every call, as each role: no fault, nothing written.
OF_EVENTS = [
    route for route in routes.every_route()
    if "event" in route.parameters and not route.is_admin and route.name != "events:preview"
]  # fmt: skip


@pytest.fixture(scope="module")
def built(made_once):
    return made_once(lambda: world.build(EventFactory(name="Kelp days", slug="there")))


@pytest.mark.parametrize("name", previewing.ROLES)
def test_nothing_is_written_by_whoever_previews(enter, name, built):
    place = built()
    client = enter(place.people["organiser"])
    look(client, place.event, name)
    before = world.fingerprint()
    wrong = []

    for route in OF_EVENTS:
        url = reverse(route.name, kwargs=world.arguments(place, route.name, route.parameters))
        for method in sorted(route.methods & {"get", "post", "put", "patch", "delete"}):
            body = bodies.BODIES.get(route.name, {})
            if method == "get":
                response = client.get(url)
            elif method == "delete":
                response = client.delete(f"{url}?{urlencode({k: v for k, v in body.items() if isinstance(v, str)})}")
            else:
                response = getattr(client, method)(url, body, content_type="application/json")
            is_well = response.status_code < 500 if method == "get" else response.status_code in (403, 404, 405)
            if not is_well:
                wrong.append(f"{method} {route}: {response.status_code}")

    assert wrong == []
    after = world.fingerprint()
    # A conversation's room is made when anybody looks first; a table that was taken away is kept, as everybody's is.
    rooms, acts = after.pop("chat.Room"), after.pop("audit.Entry")
    assert after == {label: rows for label, rows in before.items() if label not in ("chat.Room", "audit.Entry")}
    assert {room["event_id"] for room in rooms} == {place.event.pk}
    assert {act["who_id"] for act in acts[len(before["audit.Entry"]) :]} <= {place.people["organiser"].pk}
