"""Changing a poll before anybody is asked, over REST; and not afterwards."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.polls import services
from apps.polls.models import Poll
from tests.factories.events import EventRoleFactory
from tests.factories.media import AssetFactory

JSON = "application/json"


@pytest.fixture
def change(draft, enter, moderator):
    address = reverse("api:poll", args=[draft.event.slug, draft.pk])
    return lambda person=moderator, **wish: enter(person).patch(address, wish, content_type=JSON)


def texts(poll):
    return [str(option) for option in Poll.objects.get(pk=poll.pk).options.all()]


def test_draft_is_read_and_changed_in_part(change, draft, session, moderator, enter):
    found = enter(moderator).get(reverse("api:poll", args=[draft.event.slug, draft.pk])).json()["poll"]
    assert (found["state"], found["session"], found["seconds"]) == ("draft", session.pk, None)

    changed = change(
        question={"en": "Who pays?", "de": "Wer zahlt?"}, kind="multiple", most=2, seconds=40, session=None
    ).json()

    assert changed["question"] == {"en": "Who pays?", "de": "Wer zahlt?"}
    assert [changed[name] for name in ("kind", "least", "most", "seconds", "session")] == ["multiple", 1, 2, 40, None]
    assert texts(draft) == ["The towns", "The valley", "The state"]


def test_options_and_pictures_are_changed_apart(change, draft, event):
    pictures = [AssetFactory(event=event, kind="image") for _ in range(2)]

    change(kind="image", options=["Left", "Right"], pictures=[picture.key for picture in pictures])
    change(options=["Left bank", {"en": "Right bank", "de": "Rechtes Ufer"}])

    found = list(draft.options.order_by("position"))
    assert [(str(option), option.picture) for option in found] == list(
        zip(["Left bank", "Right bank"], pictures, strict=True)
    )


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"options": ["One"]}, "poll.options", "options"),
        ({"kind": "scale"}, "poll.options", "options"),
        ({"kind": "multiple", "least": 4, "most": 2}, "poll.bounds", "most"),
        ({"pictures": ["nowhere"]}, "poll.picture_unknown", "pictures"),
        ({"session": 10**9}, "poll.session_unknown", "session"),
        ({"question": {"xx": "?"}}, "invalid", None),
        ({"question": {"en": "x" * 301}}, "invalid", None),
    ],
    ids=["options", "kind", "bounds", "pictures", "session", "language", "length"],
)
def test_change_that_makes_no_poll_is_refused_and_changes_nothing(change, draft, wish, code, field):
    refused = change(**wish)

    assert (refused.status_code, refused.json()["code"], refused.json().get("field")) == (400, code, field)
    assert (texts(draft), Poll.objects.get().kind) == (["The towns", "The valley", "The state"], "single")


def test_scheduled_poll_is_changed_and_stays_one_that_can_be_asked(change, draft):
    services.schedule_poll(draft, opens_at=clock.now() + timedelta(minutes=5))

    assert change(question="Who pays?").json()["state"] == "scheduled"
    assert change(kind="image").json()["code"] == "poll.pictures"
    assert Poll.objects.get().kind == "single"


def test_poll_that_was_asked_stays_as_it_is(change, poll):
    for run in (lambda found: found, services.close_poll, services.archive_poll):
        run(poll)
        refused = change(question="Something else?")
        assert (refused.status_code, refused.json()["code"]) == (409, "poll.asked")
    assert str(Poll.objects.get()) == "Who should pay?"


def test_only_who_makes_polls_changes_them(change, event, attendee):
    speaker = EventRoleFactory(event=event, role="speaker").user

    assert (change(attendee, question="?").status_code, change(speaker, question="?").status_code) == (404, 404)
    assert str(Poll.objects.get()) == "Who should pay?"
