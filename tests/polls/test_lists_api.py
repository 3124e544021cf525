"""Polls over REST: each finds those that are theirs to see, to the end; polls and templates go for good."""

import pytest
from django.urls import reverse

from apps.polls import services
from apps.polls.models import Answer, Poll, Template
from tests.access.test_tokens import program
from tests.factories.events import OrganisationFactory
from tests.factories.media import AssetFactory
from tests.factories.polls import OptionFactory, PollFactory, TemplateFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

JSON = {"content_type": "application/json"}
KINDS = [
    {"kind": "single", "options": ["Left", "Right"]},
    {"kind": "multiple", "options": ["a", "b", "c"], "least": 1, "most": 2},
    {"kind": "scale", "least": 1, "most": 5, "low_words": "Low", "high_words": {"en": "High"}},
    {"kind": "ranking", "options": ["a", "b", "c"]},
    {"kind": "points", "options": ["a", "b"]},
    {"kind": "words", "most": 3, "moderated": True},
    {"kind": "text", "moderated": True, "anonymous": True},
]


@pytest.fixture
def address(event):
    return reverse("api:polls", args=[event.slug])


@pytest.fixture
def desk(event, organiser, enter):
    client = enter(organiser)

    def call(method, name, pk, body=None):
        url = reverse(f"api:desk-{name}", args=[event.slug, pk])
        return getattr(client, method)(url, body, **JSON) if body is not None else getattr(client, method)(url)

    return call


def ids(answer):
    return {row["id"] for row in answer.json()["results"]}


@pytest.mark.parametrize("wish", KINDS, ids=lambda wish: wish["kind"])
def test_poll_of_every_kind_is_made_and_can_be_opened(address, event, moderator, enter, wish):
    client = enter(moderator)
    made = client.post(address, {"question": "Who pays?", **wish}, **JSON)

    assert made.status_code == 201, made.content
    assert client.post(reverse("api:poll-open", args=[event.slug, made.json()["id"]])).json()["state"] == "open"


def test_poll_of_pictures_is_made_with_them(address, event, moderator, enter):
    pictures = [AssetFactory(event=event, kind="image").key for _ in range(2)]
    wish = {"question": "Which?", "kind": "image", "options": ["Left", "Right"], "pictures": pictures}

    made = enter(moderator).post(address, wish, **JSON).json()

    assert [bool(option["picture"]) for option in made["options"]] == [True, True]


def test_each_finds_the_polls_that_are_theirs_to_see(address, event, attendee, speaker, moderator, enter):
    session = SessionFactory(event=event)
    SessionSpeakerFactory(session=session, speaker__event=event, speaker__user=speaker)
    of_state = {state: PollFactory(event=event, state=state).pk for state in Poll.State.values}
    own_draft = PollFactory(event=event, session=session, state="draft").pk
    by_seat = PollFactory(event=event, session=SessionFactory(event=event, sign_up=True)).pk
    withdrawn = PollFactory(event=event, session=SessionFactory(event=event, state="withdrawn")).pk
    PollFactory()

    shown = {of_state["open"], of_state["closed"]}
    assert ids(enter(attendee).get(address)) == shown
    assert ids(enter(speaker).get(address)) >= {*shown, own_draft}
    assert not ids(enter(speaker).get(address)) & {of_state["draft"], by_seat, withdrawn}
    assert ids(enter(moderator).get(address)) == {*of_state.values(), own_draft, by_seat, withdrawn}
    assert ids(enter(moderator).get(address, {"session": session.pk, "state": "draft"})) == {own_draft}


def test_settings_are_told_to_those_who_run_the_poll(address, event, attendee, moderator, enter):
    OptionFactory(poll=PollFactory(event=event, seconds=40))

    [seen], [run] = (enter(person).get(address).json()["results"] for person in (attendee, moderator))

    assert ("seconds" in seen, run["seconds"]) == (False, 40)
    assert run.keys() - seen.keys() == {"moderated", "takes_late", "seconds", "opens_at"}


def test_list_is_read_to_its_end_with_the_fields_that_are_wanted(address, event, moderator, enter):
    polls = [PollFactory(event=event).pk for _ in range(5)]
    client, found, onward = enter(moderator), [], f"{address}?limit=2&fields=id"
    while onward:
        page = client.get(onward).json()
        found += page["results"]
        onward = page["next"]

    assert found == [{"id": pk} for pk in reversed(polls)]
    refused = client.get(address, {"fields": "id,secret"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["fields"])


def test_who_lost_the_role_makes_no_poll_and_reads_no_kept_answer(address, event, moderator, attendee, enter):
    wish = {"question": "?", "options": ["a", "b"]}
    client = enter(moderator)
    assert client.post(address, wish, headers={"Idempotency-Key": "one"}, **JSON).status_code == 201
    event.event_roles.filter(user=moderator).update(role="speaker")

    assert client.post(address, wish, headers={"Idempotency-Key": "one"}, **JSON).status_code == 403
    assert enter(attendee).post(address, wish, **JSON).status_code == 403
    assert Poll.objects.count() == 1


def test_poll_is_deleted_with_its_answers_once_it_is_closed(desk, poll, cast, attendee, drain):
    cast(attendee)
    drain()

    refused = desk("delete", "poll", poll.pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "poll.still_open")
    services.close_poll(poll)
    assert desk("delete", "poll", poll.pk).status_code == 204

    assert (Poll.objects.count(), Answer.objects.count()) == (0, 0)
    assert desk("delete", "poll", poll.pk).json()["code"] == "poll.unknown"


def test_poll_is_deleted_by_organisers_of_its_event_alone(desk, event, draft, moderator, enter):
    assert enter(moderator).delete(reverse("api:desk-poll", args=[event.slug, draft.pk])).status_code == 403
    assert desk("delete", "poll", PollFactory(state="draft").pk).status_code == 404
    assert Poll.objects.count() == 2


def test_template_is_read_renamed_and_deleted(desk, event, draft):
    template = services.keep_as_template(draft)

    whole = desk("get", "poll-template", template.pk).json()
    assert whole["options"] == [{"en": "The towns"}, {"en": "The valley"}, {"en": "The state"}]
    assert desk("patch", "poll-template", template.pk, {"name": "Often asked"}).json()["name"] == "Often asked"
    assert desk("patch", "poll-template", template.pk, {"name": ""}).status_code == 400
    assert desk("delete", "poll-template", template.pk).status_code == 204
    assert (Template.objects.count(), Poll.objects.count()) == (0, 1)


def test_template_of_another_organisation_is_not_there(desk):
    template = TemplateFactory(organisation=OrganisationFactory())
    for method, body in (("get", None), ("patch", {"name": "Mine"}), ("delete", None)):
        assert desk(method, "poll-template", template.pk, body).json()["code"] == "poll.template_unknown"
    assert Template.objects.get().name == "Who pays"


def test_token_reads_the_polls_that_its_person_sees(address, event, attendee):
    PollFactory(event=event, state="draft")
    shown = PollFactory(event=event)

    assert ids(program(attendee, "polls:read").get(address)) == {shown.pk}
    assert program(attendee, "chat:read").get(address).json()["code"] == "token.scope"


def test_who_answered_what_is_told_to_those_who_run_the_poll(
    event, poll, cast, attendee, moderator, organiser, enter, drain
):
    cast(attendee)
    drain()
    address = reverse("api:poll-answers", args=[event.slug, poll.pk])

    [told] = enter(moderator).get(address).json()["results"]

    option = poll.options.first()
    assert [told[name] for name in ("person", "name", "email", "answer", "late")] == [
        attendee.pk, attendee.name, "", {"option": option.pk}, False,
    ]  # fmt: skip
    assert enter(organiser).get(address).json()["results"][0]["email"] == attendee.email
    assert enter(organiser).get(address, {"late": "true"}).json()["results"] == []
    assert enter(attendee).get(address).status_code == 403


def test_nobody_learns_who_answered_an_anonymous_poll(event, poll, cast, attendee, organiser, enter, drain):
    cast(attendee)
    drain()
    Poll.objects.filter(pk=poll.pk).update(anonymous=True)

    refused = enter(organiser).get(reverse("api:poll-answers", args=[event.slug, poll.pk]))

    assert (refused.status_code, refused.json()["code"]) == (409, "poll.anonymous")
    assert attendee.name not in refused.content.decode()
