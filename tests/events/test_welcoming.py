"""Invited into a draft: a place at once, the mail once it is published, and a link that waits with it."""

import pytest
from django.urls import reverse

from apps.events import selectors, services
from apps.events.models import Event, JoinLink, Registration
from apps.events.services import welcoming
from apps.notifications.models import OwedMail
from tests.factories.events import BanFactory, EventFactory, EventRoleFactory, JoinLinkFactory
from tests.factories.notifications import letters


@pytest.fixture
def draft(db):
    return EventFactory(state=Event.State.DRAFT, name="Freshet 2027")


def invite(event, *names):
    return [services.invite(event, email=f"{name}@example.org", name=name) for name in names]


def mailed():
    return sorted(OwedMail.objects.filter(kind="welcome").values_list("to", flat=True))


def test_draft_mails_nobody_until_it_is_published(draft):
    [ada] = invite(draft, "ada")
    services.welcome_all(draft.pk)
    assert (ada.state, mailed(), JoinLink.objects.count()) == (Registration.State.CONFIRMED, [], 0)

    services.publish_event(draft)
    services.welcome_all(draft.pk)
    services.welcome_all(draft.pk)

    [mail] = letters(kind="welcome")
    assert (mail.to, "/join/" in mail.text) == (ada.user.email, True)


def test_publishing_asks_a_worker_once_it_is_committed(draft, monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(welcoming, "_enqueue", asked.append)
    invite(draft, "ada")
    with django_capture_on_commit_callbacks(execute=True):
        services.publish_event(draft)
    assert asked == [draft.pk]


def test_many_are_mailed_some_at_a_time_and_once_each(draft, monkeypatch):
    monkeypatch.setattr(welcoming, "AT_ONCE", 2)
    invite(draft, "ada", "ben", "cleo")
    services.publish_event(draft)
    assert [services.welcome_some(draft.pk) for _time in range(3)] == [2, 1, 0]
    assert mailed() == ["ada@example.org", "ben@example.org", "cleo@example.org"]


def test_who_gave_it_back_or_was_banned_hears_nothing(draft):
    gone, banned, stays = invite(draft, "ada", "ben", "cleo")
    services.cancel_registration(gone)
    BanFactory(event=draft, user=banned.user)
    services.publish_event(draft)
    services.welcome_all(draft.pk)
    assert mailed() == [stays.user.email]


def test_round_finds_what_a_dead_worker_left(draft, monkeypatch):
    asked = []
    monkeypatch.setattr(welcoming, "_enqueue", asked.append)
    invite(draft, "ada")
    services.resume_welcomes()
    assert asked == []
    Event.objects.update(state=Event.State.PUBLISHED)
    services.resume_welcomes()
    assert asked == [draft.pk]


def test_link_into_a_draft_says_that_it_is_not_open_yet(draft, visitor):
    link = JoinLinkFactory(registration__event=draft)
    address = reverse("events:join", args=[selectors.join_token(link)])
    for answer in (visitor.get(address), visitor.post(address)):
        assert (answer.status_code, b"It is not open yet" in answer.content) == (200, True)
    link.refresh_from_db()
    link.registration.refresh_from_db()
    assert (link.used_at, link.registration.joined_at) == (None, None)


def test_link_of_a_speaker_opens_the_draft(draft, visitor):
    link = JoinLinkFactory(registration=None, role=EventRoleFactory(event=draft))
    answer = visitor.post(reverse("events:join", args=[selectors.join_token(link)]))
    assert answer.url == reverse("venue:lobby", args=[draft.slug])
