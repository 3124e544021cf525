"""Announcements by mail: to each once, to nobody who wants none, and not too many at a time."""

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Event, EventRole, Registration, Unmet
from apps.notifications import registry
from apps.notifications import services as mails
from apps.notifications.models import Mailing, OwedMail
from apps.notifications.services import mailings
from tests.events.announcing.announced import State
from tests.factories.accounts import UserFactory
from tests.factories.events import BanFactory, EventRoleFactory
from tests.threads import at_once


def mailed():
    return sorted(OwedMail.objects.filter(kind="announcement").values_list("to", flat=True))


def test_mail_goes_to_each_of_the_segment_once_in_batches(event, people, monkeypatch):
    monkeypatch.setattr("apps.notifications.services.mailings.BATCH", 2)
    monkeypatch.setattr("apps.notifications.services.mailings.MOST_BATCHES", 2)
    row = services.announce(event, text="Doors open at nine.", by=None, by_mail=True)
    assert mailed() == []
    while mails.mail_announcements():
        pass
    everybody = sorted(person.email for name, person in people.items() if name != "ticket")
    row.refresh_from_db()
    assert (mailed(), row.mailed, Mailing.objects.get().done_at is not None) == (everybody, 6, True)
    assert (mails.mail_announcements(), mailed()) == (0, everybody)


@pytest.mark.parametrize("state", [Event.State.DRAFT, Event.State.ARCHIVED])
def test_event_that_is_not_open_mails_nothing_now(event, people, state):
    Event.objects.filter(pk=event.pk).update(state=state)
    event.refresh_from_db()
    with pytest.raises(Refused) as refused:
        services.announce(event, text="Lunch", by=None, by_mail=True)
    assert (refused.value.code, Mailing.objects.exists()) == ("announcement.not_open", False)
    assert services.announce(event, text="Lunch", by=None).state == State.SAID


def test_mail_waits_while_enough_is_still_to_be_sent(event, people, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 1)
    monkeypatch.setattr(mailings, "MOST_OWED", 2)
    services.announce(event, text="Lunch", by=None, by_mail=True)
    assert (mails.mail_announcements(), mails.mail_announcements()) == (2, 0)
    OwedMail.objects.update(state=OwedMail.State.SENT)
    assert mails.mail_announcements() >= 1


def test_mailing_that_raises_is_put_off_and_the_next_goes_on(event, other_event, people, monkeypatch):
    EventRoleFactory(event=other_event, user=UserFactory())
    bad = services.announce(event, text="Bad", by=None, by_mail=True)
    services.announce(other_event, text="Good", by=None, by_mail=True)
    owe = mailings._owe

    def owes(announcement, person):
        owe(announcement, person)
        if announcement == bad:
            raise ValueError("a broken row")

    monkeypatch.setattr(mailings, "_owe", owes)
    assert mails.mail_announcements() > 0
    kept = Mailing.objects.get(announcement=bad)
    assert (kept.attempts, kept.upto, kept.done_at) == (1, 0, None)
    assert kept.due_at > clock.now()
    assert set(OwedMail.objects.filter(kind="announcement").values_list("event", flat=True)) == {other_event.pk}


def test_mail_to_those_who_have_not_come_leaves_the_others_alone(event, attendee, people):
    Registration.objects.filter(user=attendee).update(joined_at=clock.now())
    services.announce(event, text="We begin.", by=None, audience="coming", on_screen=False, by_mail=True)
    mails.mail_announcements()
    assert mailed() == [people["holder"].email]
    assert selectors.announcements(event, audiences=["coming", ""]) == []


def test_mail_spares_who_wants_none_who_is_banned_and_who_was_only_named(event, people):
    mails.want_mails(people["attendee"].pk, kind="announcement", wanted=False)
    BanFactory(event=event, user=people["holder"])
    Unmet.objects.create(organisation=event.organisation, user=people["speaker"])
    services.announce(event, text="Doors open at nine.", by=None, by_mail=True)
    mails.mail_announcements()
    assert mailed() == sorted(people[name].email for name in ("exhibitor", "moderator", "organiser"))


def test_mail_can_be_stopped(event, people):
    person = people["attendee"]
    services.announce(event, text="Doors open at nine.", by=None, by_mail=True, on_screen=False)
    mails.mail_announcements()
    mail = OwedMail.objects.get(user=person)
    stop = registry.address(person.pk, "announcement")
    assert ("Doors open at nine." in mail.text, stop in mail.text, stop in mail.html) == (True, True, True)
    assert registry.headers(person.pk, mail.kind)["List-Unsubscribe"] == f"<{stop}>"
    assert selectors.announcements(event) == []


@pytest.mark.django_db(transaction=True)
def test_mail_is_owed_once_by_two_workers_at_the_same_time(event):
    EventRoleFactory.create_batch(9, event=event, role=EventRole.Role.SPEAKER)
    services.announce(event, text="Hello", by=None, audience="role/speaker", by_mail=True)
    assert sum(at_once(lambda _worker: mails.mail_announcements(), range(3))) == 9
    assert len(set(mailed())) == 9
