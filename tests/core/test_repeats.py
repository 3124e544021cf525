"""Calls with an Idempotency-Key: done once, answered alike."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import calls, clock, repeats
from apps.core.errors import Refused
from apps.core.models import KeptAnswer
from apps.polls.models import Poll
from tests.access import routes
from tests.access.test_tokens import program
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

FILE = {"file_name": "slides.pdf", "size": 100, "fingerprint": "slides.pdf/100/1"}
WISH = {"question": "Which gauge?", "options": ["Upper", "Lower"]}


@pytest.fixture
def polls(event):
    return reverse("api:polls", args=[event.slug])


def post(client, address, body, key="a-key"):
    return client.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_repeated_call_is_done_once_and_answered_alike(polls, moderator, enter):
    client = enter(moderator)
    first, second = post(client, polls, WISH), post(client, polls, WISH)

    assert Poll.objects.count() == 1
    assert (first.status_code, "Idempotent-Replayed" in first.headers) == (201, False)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Content-Type"] == first.headers["Content-Type"] == "application/json"


def test_another_key_is_another_wish(polls, moderator, enter):
    client = enter(moderator)
    post(client, polls, WISH, "one"), post(client, polls, WISH, "two")
    assert Poll.objects.count() == 2


def test_refusal_is_repeated_too_and_keeps_its_type(polls, moderator, enter):
    client = enter(moderator)
    first, second = (post(client, polls, WISH | {"session": 12345}) for _time in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Content-Type"] == "application/problem+json"
    assert second.headers["Idempotent-Replayed"] == "true"


def test_empty_answer_is_repeated(event, moderator, enter):
    client = enter(moderator)
    words = reverse("api:chat-words", args=[event.slug])
    given = {"language": "en", "words": ["bilge"]}
    post(client, words, given, "add")
    word = client.get(words).json()["words"][0]["id"]
    gone = reverse("api:chat-word", args=[event.slug, word])
    answers = [client.delete(gone, headers={"Idempotency-Key": "k"}) for _time in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2


def test_other_content_with_the_same_key_is_refused(polls, moderator, enter):
    client = enter(moderator)
    post(client, polls, WISH)
    answer = post(client, polls, WISH | {"question": "Who pays?"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.other_body")
    assert Poll.objects.count() == 1


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_key_has_bounds(polls, moderator, enter, key):
    answer = post(enter(moderator), polls, WISH, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key")


def test_keys_of_two_people_and_of_two_tokens_are_apart(polls, moderator, organiser, enter):
    clients = [enter(moderator), enter(organiser), program(moderator), program(moderator)]
    assert [post(client, polls, WISH).headers.get("Idempotent-Replayed") for client in clients] == [None] * 4
    assert Poll.objects.count() == 4


def test_same_key_at_another_address_is_another_wish(event, polls, moderator, enter):
    client = enter(moderator)
    made = post(client, polls, WISH).json()
    opened = post(client, reverse("api:poll-open", args=[event.slug, made["id"]]), {})
    assert (opened.status_code, opened.json()["state"]) == (200, "open")


def test_who_lost_their_role_reads_no_kept_answer(event, polls, moderator, enter):
    client = enter(moderator)
    post(client, polls, WISH)
    event.event_roles.all().delete()
    assert post(client, polls, WISH).status_code == 403


def test_who_lost_the_object_reads_no_kept_answer(event, enter):
    """Still a speaker, but no longer of this session."""
    speaks = SessionSpeakerFactory(
        session=SessionFactory(event=event), speaker__event=event, speaker__user=UserFactory()
    )
    client = enter(EventRoleFactory(event=event, user=speaks.speaker.user, role="speaker").user)
    poll = PollFactory(event=event, session=speaks.session, state=Poll.State.DRAFT)
    OptionFactory.create_batch(2, poll=poll)
    address = reverse("api:poll-open", args=[event.slug, poll.pk])
    first, again = post(client, address, {}), post(client, address, {})
    speaks.delete()

    late = post(client, address, {})

    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert (late.status_code, "Idempotent-Replayed" in late.headers) == (403, False)


def test_who_may_bring_no_files_any_more_reads_no_kept_answer(event, enter):
    role = EventRoleFactory(event=event, role="speaker", user=RegistrationFactory(event=event).user)
    client = enter(role.user)
    address = reverse("api:uploads", args=[event.slug])
    first, again = post(client, address, FILE), post(client, address, FILE)
    role.delete()

    late = post(client, address, FILE)

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (late.status_code, "Idempotent-Replayed" in late.headers) == (403, False)


def test_call_that_still_runs_is_refused_and_taken_over_once_it_must_be_dead(moderator):
    wish = {"user_id": moderator.pk, "token_id": None, "key": "k", "call": "POST /", "body": {}}
    place = repeats.take(**wish)
    with pytest.raises(Refused) as refused:
        repeats.take(**wish)
    assert (refused.value.code, refused.value.retry_after) == ("idempotency.running", repeats.RETRY_SECONDS)
    with clock.at(place.begun_at + repeats.LEASE + timedelta(seconds=1)):
        second = repeats.take(**wish)
        assert isinstance(second, repeats.Place)
        with pytest.raises(Refused):
            repeats.take(**wish)
    repeats.keep(place, status=200, content_type="", location="", body=b"of the first, which is not dead after all")
    assert KeptAnswer.objects.get().status is None


def test_what_broke_is_not_kept(polls, moderator, enter, monkeypatch):
    from apps.polls import services

    client = enter(moderator)
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(services, "create_poll", lambda **_: 1 / 0)
        assert post(client, polls, WISH).status_code == 500
    assert not KeptAnswer.objects.exists()
    assert post(client, polls, WISH).status_code == 201


def test_what_asks_to_come_again_is_not_kept(polls, moderator, enter, monkeypatch):
    from apps.polls import services

    def refuse(**_):
        raise Refused("rate.limited", "Not so fast.", retry_after=3, status=429)

    client = enter(moderator)
    with monkeypatch.context() as busy:
        busy.setattr(services, "create_poll", refuse)
        assert post(client, polls, WISH).headers["Retry-After"] == "3"
    assert post(client, polls, WISH).status_code == 201


def test_answer_that_is_too_long_is_kept_as_a_fact(polls, moderator, enter, monkeypatch):
    monkeypatch.setattr(repeats, "MOST_BODY", 10)
    client = enter(moderator)
    post(client, polls, WISH)
    answer = post(client, polls, WISH)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.too_long")
    assert Poll.objects.count() == 1


def test_answers_are_let_go_after_a_day(polls, moderator, enter):
    client = enter(moderator)
    post(client, polls, WISH, "old")
    with clock.at(clock.now() + repeats.KEPT + timedelta(minutes=1)):
        post(client, polls, WISH, "old")
        assert Poll.objects.count() == 2
        post(client, polls, WISH, "new")
        KeptAnswer.objects.update(begun_at=clock.now())
        KeptAnswer.objects.filter(pk=KeptAnswer.objects.first().pk).update(begun_at=clock.now() - timedelta(days=2))
        repeats.sweep()
    assert KeptAnswer.objects.count() == 1


def test_visitors_have_no_keys(event, visitor):
    given = {"name": "Nadia", "email": "nadia@lakeside.example"}
    register = reverse("api:event-register", args=[event.slug])
    assert [post(visitor, register, given).status_code for _time in range(2)] == [202, 202]
    assert not KeptAnswer.objects.exists()


def test_nothing_is_kept_of_what_may_be_anonymous(event, attendee, enter):
    session = SessionFactory(event=event)
    ask = reverse("api:questions", args=[event.slug, session.slug])
    assert post(enter(attendee), ask, {"text": "Who pays?", "anonymous": True}).status_code in (201, 403, 409)
    poll = PollFactory(event=event, state=Poll.State.OPEN, anonymous=True)
    chosen = {"option": OptionFactory(poll=poll).pk}
    answered = enter(attendee).put(
        reverse("api:poll-answer", args=[event.slug, poll.pk]),
        chosen,
        content_type="application/json",
        headers={"Idempotency-Key": "a-key"},
    )
    assert answered.status_code < 500
    assert not KeptAnswer.objects.exists()


def test_files_are_compared_by_what_is_in_them():
    def form(name, content):
        from django.utils.datastructures import MultiValueDict

        return MultiValueDict({"file": [SimpleUploadedFile(name, content)], "alt": ["A gauge"]})

    one = repeats.body_digest(form("a.png", b"one"))
    assert repeats.body_digest(form("a.png", b"one")) == one
    assert len({one, repeats.body_digest(form("a.png", b"two")), repeats.body_digest(form("b.png", b"one"))}) == 3
    assert repeats.body_digest({"a": 1, "b": 2}) == repeats.body_digest({"b": 2, "a": 1})


def test_every_write_takes_keys():
    writes = [
        route
        for route in routes.every_route()
        if route.name.startswith("api:") and route.methods & {"post", "put", "patch", "delete"}
    ]
    assert [str(route) for route in writes if not issubclass(routes._view(route.view), calls.Repeatable)] == []
    assert len(writes) > 30


def test_two_at_once_are_done_once(transactional_db, enter):
    """From two threads, with a database connection each."""
    person = User.objects.create_user("two@example.org", name="Two")
    done, answers, both = [], [], threading.Barrier(2)
    change = accounts.update_profile

    def slowly(user, **values):
        done.append(values)
        return change(user, **values)

    def ask():
        try:
            both.wait(timeout=60)
            answer = enter(person).patch(
                reverse("api:me"), json.dumps({"title": "Hydrologist"}), content_type="application/json",
                headers={"Idempotency-Key": "once"},
            )  # fmt: skip
            answers.append(answer.status_code)
        finally:
            connection.close()

    accounts.update_profile = slowly
    try:
        threads = [threading.Thread(target=ask) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    finally:
        accounts.update_profile = change

    assert len(done) == 1
    assert sorted(answers) in ([200, 200], [200, 409])
