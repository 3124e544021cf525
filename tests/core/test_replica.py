"""The reader: which database a request is answered from, seen by a copy whose rows deliberately differ."""

import time

import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpResponse
from django.urls import path

from apps.core import middleware, replica
from apps.core import router as routes
from apps.core.access import Access
from apps.core.doors import classified
from apps.events import services
from apps.events.models import Event
from apps.notifications.models import MailboxMessage
from tests.factories.events import RegistrationFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "replica"])


def address(name):
    """The words that connect to another database of the suite's PostgreSQL."""
    return {**connection.settings_dict, "NAME": name, "TEST": {**connection.settings_dict["TEST"], "MIRROR": None}}


@pytest.fixture(scope="module", autouse=True)
def copy(django_db_setup, django_db_blocker):
    """A second database with the same tables and none of the rows, under the replica's name."""
    name = f"{connection.settings_dict['NAME']}_copy"
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.settings["replica"] = address(name)
        with connections["replica"].schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed:
                    editor.create_model(model)
    yield name
    with django_db_blocker.unblock():
        connections["replica"].close()
        del connections["replica"], connections.settings["replica"]
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def reader(copy, db, settings, monkeypatch):
    """The platform with that copy as its replica; what is not written there is not there."""
    monkeypatch.setattr(replica, "this", replica.Replica())
    monkeypatch.setattr(router, "routers", [routes.ReplicaRouter()])
    return "replica"


@pytest.fixture
def copied(reader, event):
    """The event, which the replica calls by another name."""
    event.organisation.save(using=reader, force_insert=True)
    Event(**{**plain(event), "name": "As it was"}).save(using=reader, force_insert=True)
    return event


def plain(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def named(client, **more):
    """By which name the event's page calls it: its database's."""
    response = client.get("/e/freshet/", **more)
    return "replica" if b"As it was" in response.content else "primary" if b"Freshet 2026" in response.content else None


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end


def test_a_visitor_reads_the_replica(copied, visitor):
    assert named(visitor) == "replica"


def test_somebody_signed_in_reads_it_too_but_who_they_are_is_the_primarys(copied, enter, attendee):
    page = enter(attendee).get("/e/freshet/")

    assert b"As it was" in page.content
    assert page.context["person"] == attendee  # neither the person nor their session is in the replica
    assert page.context["roles"] == {"attendee"}


def test_who_wrote_reads_their_own_write(copied, visitor):
    assert named(visitor) == "replica"

    answer = visitor.post("/e/freshet/register/", {"name": "Nadia Okello", "email": "nadia@lakeside.example"})

    assert answer.cookies["wrote"]["max-age"] == middleware.WROTE_SECONDS
    assert named(visitor) == "primary"
    del visitor.cookies["wrote"]
    assert named(visitor) == "replica"


def test_the_browser_of_another_reads_on(copied, visitor, enter, attendee):
    enter(attendee).post("/preferences/", {"theme": "dark"})

    assert named(visitor) == "replica"


def test_a_page_that_only_looks_leaves_no_mark(copied, visitor):
    assert "wrote" not in visitor.get("/e/freshet/").cookies


def test_a_page_that_writes_goes_on_at_the_primary_and_leaves_a_mark(copied, enter, attendee):
    lobby = enter(attendee).get("/e/freshet/lobby/")  # notes the arrival, makes the room of the chat

    assert lobby.status_code == 200
    assert "wrote" in lobby.cookies
    assert b"As it was" not in lobby.content.partition(b"</head>")[2]


def test_the_desk_reads_the_primary(copied, enter, organiser):
    page = enter(organiser).get(f"/admin/events/event/{copied.pk}/change/")

    assert b"Freshet 2026" in page.content
    assert b"As it was" not in page.content


def test_a_ticket_for_the_socket_is_the_primarys(copied, enter, attendee, reader):
    Event.objects.using(reader).update(live_epoch=90)
    seen = []
    real = routes.ReplicaRouter.db_for_read

    def watch(self, model, **hints):
        seen.append(real(self, model, **hints))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routes.ReplicaRouter, "db_for_read", watch)
        assert enter(attendee).get("/e/freshet/ticket/").status_code == 200
    assert set(seen) == {"default"}


def test_outside_a_request_every_read_is_the_primarys(copied):
    assert str(Event.objects.get(pk=copied.pk).name) == "Freshet 2026"


def name_of(pk):
    return str(Event.objects.get(pk=pk).name)


def test_within_a_transaction_reads_are_the_primarys_and_stay_there(copied):
    with routes.may_read_replica():
        assert name_of(copied.pk) == "As it was"
        with transaction.atomic():
            assert name_of(copied.pk) == "Freshet 2026"
        assert name_of(copied.pk) == "Freshet 2026"


def test_after_a_write_reads_are_the_primarys(copied):
    with routes.may_read_replica() as reading:
        assert name_of(copied.pk) == "As it was"
        MailboxMessage.objects.create(to="a@example.org", sender="b@example.org", subject="s", source="")
        assert (name_of(copied.pk), reading.wrote) == ("Freshet 2026", True)


def test_a_row_of_the_replica_is_written_to_the_primary(copied, reader):
    with routes.may_read_replica():
        found = Event.objects.get(pk=copied.pk)
        found.tagline = "Told anew"
        found.save(update_fields=["tagline"])

    assert str(Event.objects.get(pk=copied.pk).tagline) == "Told anew"
    assert str(Event.objects.using(reader).get(pk=copied.pk).tagline) != "Told anew"


def test_a_row_of_the_replica_may_be_pointed_to(copied, nobody):
    with routes.may_read_replica():
        stale = Event.objects.get(pk=copied.pk)
        assert stale._state.db == "replica"
        assert services.register_person(stale, user=nobody).event_id == copied.pk


def test_a_ban_holds_at_once_though_the_replica_has_not_heard(copied, reader, enter, attendee):
    registration = attendee.registrations.get()
    attendee.save(using=reader, force_insert=True)
    type(registration)(**plain(registration)).save(using=reader, force_insert=True)
    services.cancel_registration(registration)

    response = enter(attendee).get("/e/freshet/lobby/")

    assert (response.status_code, response.headers["Location"]) == (302, "/e/freshet/register/")


def test_who_just_got_a_place_comes_in(copied, enter, nobody):
    RegistrationFactory(event=copied, user=nobody)

    assert enter(nobody).get("/e/freshet/lobby/").status_code == 200


@pytest.fixture
def away(copied, copy, monkeypatch):
    """The replica's address leads nowhere; every try to reach it is noted."""
    there = connections["replica"].settings_dict
    connections["replica"].close()
    monkeypatch.setitem(there, "HOST", "127.0.0.1")
    monkeypatch.setitem(there, "PORT", "1")
    tries = []
    real = BaseDatabaseWrapper.ensure_connection

    def counted(self):
        if self.alias == "replica":
            tries.append(1)
        return real(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", counted)
    return tries


def test_without_the_replica_pages_come_from_the_primary_after_one_try(away, visitor):
    assert [named(visitor), named(visitor), named(visitor)] == ["primary"] * 3
    assert len(away) == 1


def test_a_replica_that_returns_is_used_again(copied, visitor, monkeypatch):
    monkeypatch.setattr(replica, "PAUSE_SECONDS", 0.01)
    replica.this.leave(OperationalError("gone"))

    assert replica.this.state() == "away"
    wait_until(lambda: named(visitor) == "replica")


def test_readiness_tells_of_the_replica(copied, visitor):
    assert visitor.get("/readyz").json() == {"ready": True, "missing": [], "replica": "ready"}


def test_without_the_replica_the_process_stays_ready(away, visitor):
    response = visitor.get("/readyz")

    assert (response.status_code, response.json()["replica"]) == (200, "away")


calls = []


@classified(Access.ANYONE)
def breaks(request):
    """Reads, and loses the replica under the second read."""
    found = name_of(request.GET["event"])
    calls.append(found)
    if found == "As it was":
        raise OperationalError("terminating connection due to administrator command")
    return HttpResponse(found)


@classified(Access.ANYONE)
def broken(request):
    raise OperationalError(f"the primary is away, {name_of(request.GET['event'])}")


urlpatterns = [path("breaks/", breaks), path("broken/", broken)]


def test_a_page_whose_replica_breaks_off_is_made_once_more_from_the_primary(copied, visitor, settings):
    settings.ROOT_URLCONF = __name__
    calls.clear()

    response = visitor.get(f"/breaks/?event={copied.pk}")

    assert (response.content, calls) == (b"Freshet 2026", ["As it was", "Freshet 2026"])
    assert replica.this.state() == "away"


def test_a_page_that_fails_at_the_primary_as_well_fails(copied, visitor, settings):
    settings.ROOT_URLCONF = __name__
    visitor.raise_request_exception = False

    assert visitor.get(f"/broken/?event={copied.pk}").status_code == 500


def test_the_replica_is_never_migrated(copied):
    assert routes.ReplicaRouter().allow_migrate("default", "events") is True
    assert routes.ReplicaRouter().allow_migrate("replica", "events") is False
