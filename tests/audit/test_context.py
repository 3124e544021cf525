"""Whoever is named is kept with what they write, in the same transaction; whoever is not, is not."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.audit import context, services, watching
from apps.audit.models import Entry
from apps.events.models import Event, Organisation
from apps.events.services import add_member, cancel_registration, publish_event
from apps.polls.models import Option, Poll
from tests.factories import polls, tracks
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory


@pytest.fixture
def acting(event):
    """Inês acts, from here on."""
    with context.acting(door="page", who="ines@weir.test", who_id=7, address="192.0.2.7", place="here") as act:
        yield act


def test_made_row_is_kept(event, acting):
    track = tracks.TrackFactory(event=event, name="Rivers")

    entry = Entry.objects.get(model="tracks.track")
    assert (entry.kind, entry.thing, entry.words) == ("made", f"tracks.track:{track.pk}", "Rivers")
    assert (entry.who, entry.who_id, entry.address, entry.door) == ("ines@weir.test", 7, "192.0.2.7", "page")
    assert (entry.place, entry.act) == ("here", acting.id)
    assert (entry.event_id, entry.organisation_id) == (event.pk, event.organisation_id)
    assert entry.before is None
    assert entry.after["slug"] == track.slug


def test_changed_row_is_kept_by_field(event, acting):
    Event.objects.filter(pk=event.pk).update(place="Weir house", capacity=40)

    entry = Entry.objects.get()
    assert entry.kind == "changed"
    assert entry.before == {"place": event.place, "capacity": None}
    assert entry.after == {"place": "Weir house", "capacity": 40}


def test_deleted_row_is_kept_as_it_was(event):
    room = tracks.RoomFactory(event=event, name="Cellar")
    with context.acting(door="page", who="ines@weir.test"):
        room.delete()

    entry = Entry.objects.get()
    assert (entry.kind, entry.words, entry.after) == ("deleted", "Cellar", None)
    assert entry.before["slug"] == room.slug
    assert entry.event_id == event.pk


def test_row_that_stays_as_it_is_is_not_kept(event, acting):
    event.save()

    assert not Entry.objects.exists()


def test_nobody_named_keeps_nothing(event):
    with context.listening(door="page") as act:
        tracks.TrackFactory(event=event)
        assert context.current() is None
        act.who = "ines@weir.test"
        tracks.TrackFactory(event=event, name="Rivers")

    assert Entry.objects.get().words == "Rivers"


def test_name_ends_with_the_act(event):
    with context.acting(door="page", who="ines@weir.test"):
        Event.objects.update(place="Weir house")
    Event.objects.update(place="Elsewhere")

    assert Entry.objects.get().after == {"place": "Weir house"}


@pytest.mark.django_db(transaction=True)
def test_without_transaction_the_name_holds_for_one_statement(event):
    with context.acting(door="page", who="ines@weir.test"):
        Event.objects.filter(pk=event.pk).update(place="Weir house")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('plenary.act', true)")
            assert not cursor.fetchone()[0]

    assert Entry.objects.get().after == {"place": "Weir house"}


def test_act_that_is_rolled_back_leaves_nothing(event, acting):
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(place="Weir house")
        EventFactory(slug=event.slug)

    assert not Entry.objects.exists()


def test_what_comes_after_a_rolled_back_part_is_kept(event, acting):
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Event.objects.filter(pk=event.pk).update(place="Weir house")
            raise ZeroDivisionError
        Event.objects.filter(pk=event.pk).update(place="Elsewhere")

    assert Entry.objects.get().after == {"place": "Elsewhere"}


def test_many_rows_at_once_are_kept_each(event, acting):
    Poll.objects.bulk_create([polls.PollFactory.build(event=event, question=f"{number}?") for number in range(3)])

    assert Entry.objects.filter(model="polls.poll").count() == 3


def test_services_are_kept_by_what_they_change(event, acting):
    registration = RegistrationFactory(event=event)
    cancel_registration(registration)

    entry = Entry.objects.filter(model="events.registration", kind="changed").get()
    assert (entry.before, entry.after) == ({"state": "confirmed"}, {"state": "cancelled"})


def test_row_is_told_with_what_it_belongs_to(event):
    poll = polls.PollFactory(event=event)
    option = polls.OptionFactory(poll=poll, text="Trout")
    with context.acting(door="page", who="ines@weir.test"):
        Option.objects.filter(pk=option.pk).update(text="Salmon")

    entry = Entry.objects.get()
    assert (entry.owner, entry.event_id) == (f"polls.poll:{poll.pk}", event.pk)


def test_members_are_kept_with_their_organisation(event, acting):
    add_member(event.organisation, user=UserFactory())

    entry = Entry.objects.get(model="events.membership")
    assert (entry.event_id, entry.organisation_id) == (None, event.organisation_id)


def test_secrets_are_not_written(event, acting):
    user = UserFactory(password="pbkdf2$of-nobody")
    user.set_password("another one for tests")
    user.save()
    RegistrationFactory(event=event, user=user, agenda_token="only-theirs")

    told = str(list(Entry.objects.values_list("before", "after")))
    assert "pbkdf2" not in told
    assert "only-theirs" not in told
    assert "•••" in told


def test_long_texts_are_cut(event, acting):
    Event.objects.filter(pk=event.pk).update(description="x" * 5000)

    assert len(Entry.objects.get().after["description"]) == 2001


def test_what_people_do_for_themselves_is_not_watched():
    watched = {model._meta.label for model in watching.watched()}

    assert {"events.Event", "tracks.Session", "events.Registration", "polls.Poll"} <= watched
    assert not watched & {"polls.Answer", "chat.Message", "questions.Vote", "tracks.Star", "questions.Question"}


def test_every_watched_table_has_its_trigger(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'audit_row_%'"
        )
        found = dict(cursor.fetchall())

    wanted = {model._meta.db_table: watching.trigger_of(model, connection).name for model in watching.watched()}
    assert found == wanted


def test_watching_again_touches_nothing(db):
    with CaptureQueriesContext(connection) as told:
        watching.watch()

    assert not [query["sql"] for query in told if query["sql"].startswith(("CREATE", "DROP"))]


def test_every_watched_row_of_an_event_leads_to_it():
    lost = [
        model._meta.label
        for model in watching.watched()
        if watching.path(model, watching.EVENT) is None and watching.path(model, watching.ORGANISATION) is None
    ]

    of_the_platform = {"accounts.User", "accounts.ApiToken", "accounts.User_groups", "accounts.User_user_permissions"}
    assert {*lost} == of_the_platform | {"notifications.Suppression"}


def test_record_keeps_what_leaves_no_row(event, acting):
    services.record("Export as CSV", model="events.registration", event_id=event.pk, after={"rows": 2})

    entry = Entry.objects.get()
    assert (entry.kind, entry.words, entry.who, entry.after) == ("done", "Export as CSV", "ines@weir.test", {"rows": 2})


def test_record_of_nobody_is_nothing(db):
    assert services.record("Export as CSV") is None
    assert not Entry.objects.exists()


def test_publishing_is_one_act(acting):
    event = EventFactory(state="draft")
    publish_event(event)

    assert Entry.objects.get(model="events.event", kind="changed").before["state"] == "draft"
    assert {*Entry.objects.values_list("act", flat=True)} == {acting.id}
    assert Organisation.objects.exists()
