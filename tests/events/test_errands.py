"""Bulk actions for many: handed to workers, done once each, some at a time, with a page that says how far they are."""

import pytest
from django.urls import reverse

from apps.audit import context
from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.events import services
from apps.events.admin import errands as handing
from apps.events.admin import registration as desk_of
from apps.events.models import Ban, Errand, JoinLink, Registration
from apps.events.services import errands
from apps.notifications.models import OwedMail
from tests.factories.events import (
    BanFactory,
    ErrandFactory,
    EventFactory,
    EventRoleFactory,
    JoinLinkFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/events/registration/"
State = Registration.State


@pytest.fixture
def desk(organiser, enter, monkeypatch):
    monkeypatch.setattr(desk_of, "AT_ONCE", 2)
    monkeypatch.setattr(errands, "AT_ONCE", 2)
    return enter(organiser)


@pytest.fixture
def wishes(event):
    return RegistrationFactory.create_batch(5, event=event, state=State.PENDING)


def act(desk, action, rows, **more):
    return desk.post(LIST, {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": "1", **more})


def states(event):
    return sorted(Registration.objects.filter(event=event).values_list("state", flat=True))


def test_few_are_done_at_once(desk, event, wishes):
    act(desk, "approve", wishes[:2])
    assert states(event) == ["confirmed"] * 2 + ["pending"] * 3
    assert not Errand.objects.exists()


def test_many_are_handed_to_workers(desk, event, wishes, organiser):
    page = act(desk, "approve", wishes)
    errand = Errand.objects.get()
    assert page.url == reverse("admin:events_errand_change", args=[errand.pk])
    assert (states(event), errand.count, errand.by) == (["pending"] * 5, 5, organiser)
    assert Entry.objects.get(after__action="approve").after["rows"] == 5

    assert services.do_some_of_errand(errand.pk)
    assert states(event) == ["confirmed"] * 2 + ["pending"] * 3
    assert "2 of 5 are done" in desk.get(page.url).content.decode()
    services.do_errand(errand.pk)
    services.do_errand(errand.pk)
    errand.refresh_from_db()
    assert (errand.state, errand.done, errand.left_out) == (Errand.State.DONE, 5, 0)
    assert OwedMail.objects.filter(kind="welcome").count() == 5


def test_all_that_the_list_finds_are_handed_over(desk, event, wishes, other_event):
    theirs = RegistrationFactory(event=other_event, state=State.PENDING)
    act(desk, "decline", wishes[:1], select_across="1", reason="Only members")
    errand = Errand.objects.get()
    services.do_errand(errand.pk)
    assert (errand.event, states(event), states(other_event)) == (event, ["declined"] * 5, ["pending"])
    assert {row.reason for row in Registration.objects.filter(event=event)} == {"Only members"}
    assert theirs.pk not in errand.rows


def test_no_to_many_asks_for_a_word_first(desk, event, wishes):
    page = desk.post(LIST, {"action": "decline", "_selected_action": [wishes[0].pk], "select_across": "1"})
    assert "Say no to 5 people?" in page.content.decode()
    assert 'name="select_across" value="1"' in page.content.decode()
    assert states(event) == ["pending"] * 5


def test_who_cannot_be_served_is_named_and_holds_up_nobody(desk, event, wishes, organiser):
    errand = services.begin_errand(event, deed="approve", rows=[row.pk for row in wishes], by=organiser)
    services.decline(wishes[1], by=organiser)
    services.do_errand(errand.pk)
    errand.refresh_from_db()
    assert (errand.done, errand.left_out, errand.refused[0][:2]) == (4, 1, [wishes[1].pk, "registration.decided"])
    page = desk.get(reverse("admin:events_errand_change", args=[errand.pk])).content.decode()
    assert wishes[1].user.email in page


def test_registration_of_another_event_is_passed_over(event, other_event, organiser):
    theirs = RegistrationFactory(event=other_event, state=State.PENDING)
    services.do_errand(services.begin_errand(event, deed="approve", rows=[theirs.pk], by=organiser).pk)
    assert states(other_event) == ["pending"]


def test_links_of_many_are_mailed_and_ended_by_workers(desk, event):
    rows = [JoinLinkFactory(registration__event=event).registration for _number in range(3)]
    act(desk, "send_links", rows)
    services.do_errand(Errand.objects.get().pk)
    assert (OwedMail.objects.filter(kind="link").count(), JoinLink.objects.count()) == (3, 6)
    act(desk, "revoke_links", rows)
    services.do_errand(Errand.objects.get(deed="revoke_links").pk)
    assert not JoinLink.objects.filter(revoked_at=None).exists()


def test_errand_whose_worker_died_is_found_again(event, monkeypatch):
    begun = ErrandFactory(event=event, rows=[1], count=1)
    asked = []
    monkeypatch.setattr(errands, "_enqueue", asked.append)
    services.resume_errands()
    Errand.objects.update(touched_at=begun.created_at - errands.STALLED)
    services.resume_errands()
    assert asked == [begun.pk]


def test_places_of_many_are_cancelled_by_workers(desk, event):
    rows = [JoinLinkFactory(registration__event=event).registration for _number in range(3)]
    page = desk.post(LIST, {"action": "cancel_places", "_selected_action": [rows[0].pk], "select_across": "1"})
    assert "Cancel 3 places?" in page.content.decode()
    assert 'name="select_across" value="1"' in page.content.decode()
    act(desk, "cancel_places", rows[:1], select_across="1")
    assert states(event) == ["confirmed"] * 3
    services.do_errand(Errand.objects.get(deed="cancel").pk)
    assert states(event) == ["cancelled"] * 3
    assert not JoinLink.objects.filter(revoked_at=None).exists()


def test_few_places_are_cancelled_at_once(desk, event):
    rows = RegistrationFactory.create_batch(2, event=event)
    act(desk, "cancel_places", rows)
    assert states(event) == ["cancelled"] * 2
    page = desk.post(LIST, {"action": "cancel_places", "_selected_action": [rows[0].pk]}, follow=True)
    assert "None of these has a place" in page.content.decode()


def test_what_is_under_way_is_not_begun_again(desk, event, wishes):
    act(desk, "approve", wishes)
    page = desk.post(
        LIST,
        {"action": "approve", "_selected_action": [row.pk for row in wishes], "confirmed": "1"},
        follow=True,
    )
    assert "This is being done for these people of" in page.content.decode()
    assert Errand.objects.count() == 1


def test_more_people_wait_their_turn(desk, event, wishes, organiser):
    first = services.begin_errand(event, deed="approve", rows=[row.pk for row in wishes[:2]], by=organiser)
    page = desk.post(
        LIST,
        {"action": "approve", "_selected_action": [row.pk for row in wishes], "confirmed": "1"},
        follow=True,
    )
    assert "For 2 of them it is being done already." in page.content.decode()
    second = Errand.objects.exclude(pk=first.pk).get()
    assert sorted(second.rows) == [row.pk for row in wishes[2:]]
    services.do_errand(second.pk)
    services.do_errand(first.pk)
    assert states(event) == ["confirmed"] * 5


def test_no_more_is_under_way_than_may_be(event, wishes, organiser, monkeypatch):
    monkeypatch.setattr(errands, "MOST_UNDER_WAY", 1)
    ErrandFactory(event=event, deed="send_links")
    with pytest.raises(Refused) as refused:
        services.begin_errand(event, deed="approve", rows=[wishes[0].pk], by=organiser)
    assert refused.value.code == "errand.too_many_at_once"
    assert Errand.objects.count() == 1


def test_errand_ends_where_its_sender_runs_the_event_no_more(desk, event, wishes, organiser):
    act(desk, "approve", wishes)
    errand = Errand.objects.get()
    services.do_some_of_errand(errand.pk)
    event.organisation.memberships.filter(user=organiser).delete()
    services.do_errand(errand.pk)
    errand.refresh_from_db()
    assert states(event) == ["confirmed"] * 2 + ["pending"] * 3
    assert (errand.state, errand.done, errand.left_out, errand.refused[0][1]) == ("done", 2, 3, "errand.left")


def test_what_becomes_of_each_is_on_record_as_one_act(event, wishes, organiser):
    errand = services.begin_errand(event, deed="approve", rows=[row.pk for row in wishes], by=organiser)
    services.do_errand(errand.pk)
    kept = Entry.objects.filter(model="events.registration", kind="changed")
    assert sorted(kept.values_list("thing", flat=True)) == sorted(f"events.registration:{row.pk}" for row in wishes)
    assert {*kept.values_list("who_id", "door")} == {(organiser.pk, "desk")}
    assert kept.values("act").distinct().count() == 1


def test_what_was_asked_for_by_a_call_is_told_so_though_workers_do_it(event, wishes, organiser):
    with context.acting(door="api", who=organiser.email, who_id=organiser.pk):
        errand = services.begin_errand(event, deed="approve", rows=[row.pk for row in wishes], by=organiser)
    services.do_errand(errand.pk)
    kept = Entry.objects.filter(model="events.registration", kind="changed")
    assert {*kept.values_list("who_id", "door")} == {(organiser.pk, "api")}


def test_people_of_many_events_are_handed_over_all_or_none(desk, event, wishes, organiser):
    second = EventFactory(organisation=event.organisation)
    theirs = RegistrationFactory.create_batch(3, event=second, state=State.PENDING)
    rows = [*wishes, *theirs]
    under_way = ErrandFactory(event=second, deed="approve", rows=[row.pk for row in theirs], count=3)
    act(desk, "approve", rows)
    assert [*Errand.objects.all()] == [under_way]
    under_way.delete()
    act(desk, "approve", rows)
    assert {*Errand.objects.values_list("event", "count")} == {(event.pk, 5), (second.pk, 3)}


def test_events_beyond_the_most_are_told(desk, event, wishes, monkeypatch):
    monkeypatch.setattr(handing, "MOST_EVENTS", 1)
    rows = [*wishes, RegistrationFactory(event__organisation=event.organisation, state=State.PENDING)]
    page = desk.post(
        LIST, {"action": "approve", "_selected_action": [row.pk for row in rows], "confirmed": "1"}, follow=True
    )
    assert "Only 1 events at once" in page.content.decode()
    assert Errand.objects.get().event == event


def test_more_than_may_be_is_refused(event, organiser, monkeypatch):
    monkeypatch.setattr(errands, "MOST", 2)
    with pytest.raises(Refused) as refused:
        services.begin_errand(event, deed="approve", rows=range(3), by=organiser)
    assert refused.value.code == "errand.too_many"
    assert not Errand.objects.exists()


def test_no_that_was_told_is_taken_back_from_the_list(desk, event, wishes):
    act(desk, "decline", wishes[:2])
    offered = desk.get(LIST).context["cl"].way_back
    desk.post(offered["path"], {"action": offered["action"], offered["field"]: offered["ids"], "confirmed": "1"})
    assert states(event) == ["pending"] * 5


def test_asking_first_offers_no_way_back(desk, wishes):
    desk.post(LIST, {"action": "decline", "_selected_action": [wishes[0].pk]})
    assert desk.get(LIST).context["cl"].way_back is None


# Roles and bans -----------------------------------------------------------------------------------------------------
@pytest.fixture
def busy(monkeypatch, desk):
    monkeypatch.setattr(handing, "AT_ONCE", 2)
    return desk


def choose(desk, name, action, rows):
    address = reverse(f"admin:events_{name}_changelist")
    return desk.post(address, {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": "1"})


def test_links_of_many_roles_are_mailed_by_workers(busy, event):
    roles = EventRoleFactory.create_batch(3, event=event)
    staff = EventRoleFactory(event=event, role="moderator")
    page = choose(busy, "eventrole", "send_links", [*roles, staff])
    assert not OwedMail.objects.exists()
    errand = Errand.objects.get()
    services.do_errand(errand.pk)
    errand.refresh_from_db()
    assert (errand.done, errand.left_out) == (3, 1)
    assert OwedMail.objects.filter(kind="role_link").count() == 3
    shown = busy.get(page.url).content.decode()
    assert staff.user.email in shown
    assert reverse("admin:events_eventrole_changelist") in shown


def test_links_of_many_roles_are_ended_by_workers(busy, event):
    roles = EventRoleFactory.create_batch(3, event=event)
    for role in roles:
        JoinLinkFactory(registration=None, role=role)
    choose(busy, "eventrole", "revoke_links", roles)
    assert JoinLink.objects.filter(revoked_at=None).count() == 3
    services.do_errand(Errand.objects.get().pk)
    assert not JoinLink.objects.filter(revoked_at=None).exists()


def test_many_bans_are_lifted_by_workers(busy, event, other_event, organiser):
    bans = BanFactory.create_batch(3, event=event)
    theirs = BanFactory(event=other_event)
    choose(busy, "ban", "lift", [*bans, theirs])
    assert Ban.objects.standing().count() == 4
    services.do_errand(Errand.objects.get().pk)
    assert [ban.pk for ban in Ban.objects.standing()] == [theirs.pk]
    assert {ban.lifted_by for ban in Ban.objects.filter(event=event)} == {organiser}


def test_few_roles_and_bans_are_done_at_once(busy, event):
    choose(busy, "ban", "lift", BanFactory.create_batch(2, event=event))
    choose(busy, "eventrole", "send_links", EventRoleFactory.create_batch(2, event=event))
    assert not Ban.objects.standing().exists()
    assert (OwedMail.objects.count(), Errand.objects.exists()) == (2, False)
