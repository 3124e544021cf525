"""The same bad answer by every door: socket, API and form say the same of it, and what they say is the kind's."""

import json

import msgspec
import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Call, Who
from apps.polls import kinds, live
from apps.polls.models import Answer, Kind
from tests.polls.test_kinds import BAD, ask, ids  # noqa: F401


def asked(ask, kind, fields, said):  # noqa: F811
    """A poll of this kind, and the bad answer to it."""
    poll = ask(kind, "abc" if kinds.registry[kind].most_options else "", **fields)
    return poll, said(*(ids(poll) or [0, 0, 0]))


def plain(said):
    return {name: value for name, value in msgspec.to_builtins(said).items() if value is not None}


def as_form(poll, said):
    """What a page would post for it; None where no page can."""
    given, own = plain(said), set(ids(poll))
    if len(given) > 1:
        return None
    if "order" in given:
        order = given["order"]
        return {f"rank-{option}": place for place, option in enumerate(order, 1)} if is_own(order, own) else None
    if "points" in given:
        shares = given["points"]
        options = [share["option"] for share in shares]
        return {f"points-{share['option']}": share["points"] for share in shares} if is_own(options, own) else None
    return given


def is_own(options, own):
    return len(set(options)) == len(options) and own.issuperset(options)


@pytest.mark.parametrize(("kind", "fields", "said", "code"), BAD)
def test_socket_says_what_the_kind_says(ask, event, attendee, kind, fields, said, code):  # noqa: F811
    poll, wrong = asked(ask, kind, fields, said)
    who = Who(attendee.pk, event.pk, attendee.name, permissions.roles_of(attendee, event), 1)
    body = msgspec.json.decode(json.dumps({"poll": poll.pk, **plain(wrong)}), type=live.CastVote.Body)

    [outcome] = live.CastVote().run([Call(who, body)])

    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.status) == (code, 400)


@pytest.mark.parametrize(("kind", "fields", "said", "code"), BAD)
def test_api_says_what_the_kind_says(ask, event, attendee, enter, kind, fields, said, code):  # noqa: F811
    poll, wrong = asked(ask, kind, fields, said)
    address = reverse("api:poll-answer", args=[event.slug, poll.pk])

    answer = enter(attendee).put(address, plain(wrong), content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(("kind", "fields", "said", "code"), BAD)
def test_form_says_what_the_kind_says(ask, event, attendee, enter, kind, fields, said, code):  # noqa: F811
    poll, wrong = asked(ask, kind, fields, said)
    data = as_form(poll, wrong)
    if data is None:
        return  # no page can post it
    with pytest.raises(Refused) as refused:
        kinds.kind_of(poll).read(poll, wrong)

    answer = enter(attendee).post(reverse("polls:vote", args=[event.slug, poll.pk]), data)

    assert (answer.status_code, refused.value.code) == (400, code)
    assert str(answer.context["error"]) == str(refused.value.message)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (Kind.SINGLE, {"option": "x"}, "poll.answer_missing"),
        (Kind.POINTS, {"points": "12.5"}, "poll.points"),
        (Kind.RANKING, {"rank": "first"}, "poll.ranking"),
        (Kind.SINGLE, {"option": "9" * 400}, "poll.option_unknown"),
    ],
)
def test_form_takes_what_is_no_number_for_none(ask, event, attendee, enter, kind, data, code):  # noqa: F811
    poll = ask(kind)
    rows = {f"{name}-{ids(poll)[0]}": value for name, value in data.items()} if kind != Kind.SINGLE else data

    answer = enter(attendee).post(reverse("polls:vote", args=[event.slug, poll.pk]), rows)

    assert answer.status_code == 400
    expected = {
        "poll.answer_missing": "Choose or write",
        "poll.points": "Share out exactly",
        "poll.ranking": "Give 3 ranks",
        "poll.option_unknown": "This is not an answer to this poll",
    }
    assert str(answer.context["error"]).startswith(expected[code])
