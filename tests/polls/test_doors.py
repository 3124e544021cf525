"""Each door of polls once happy, once refused: pages and forms, the API, the socket, the desk, the task."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Call, Who
from apps.polls import live, services, tasks
from apps.polls.models import Answer, Poll


def option(poll, place=0):
    return list(poll.options.all())[place].pk


@pytest.fixture
def page(poll):
    return lambda name: reverse(f"polls:{name}", args=[poll.event.slug, poll.pk])


@pytest.fixture
def api(poll):
    return lambda name: reverse(f"api:{name}", args=[poll.event.slug, poll.pk])


# Pages ---------------------------------------------------------------------------------------------------------


def test_poll_page_asks_and_then_shows(page, poll, attendee, enter, cast):
    client = enter(attendee)
    assert "Who should pay?" in client.get(page("poll")).content.decode()

    cast(attendee, 1)

    html = client.get(page("poll")).content.decode()
    assert "your answer" in html
    assert "100%" in html


@pytest.mark.parametrize("person", ["outsider", "nobody"])
def test_poll_page_is_for_those_who_take_part(page, request, enter, person):
    assert enter(request.getfixturevalue(person)).get(page("poll")).status_code in (302, 404)


def test_draft_and_foreign_polls_are_not_found(event, other_event, draft, attendee, enter):
    foreign = services.create_poll(event=other_event, question="?", options="ab")
    client = enter(attendee)

    for poll in (draft, foreign):
        assert client.get(reverse("polls:poll", args=[event.slug, poll.pk])).status_code == 404
        address = reverse("polls:vote", args=[event.slug, poll.pk])
        assert client.post(address, {"option": option(poll)}).status_code == 404


def test_form_answers_and_changes(page, poll, attendee, enter, drain):
    client = enter(attendee)

    first = client.post(page("vote"), {"option": option(poll), "revision": 1, "next": page("poll")})
    client.post(page("vote"), {"option": option(poll, 2), "revision": 2})
    drain()

    assert (first.status_code, first["Location"]) == (302, page("poll"))
    assert Answer.objects.get().said == {"option": option(poll, 2)}


def test_form_sent_from_two_devices_says_so(page, poll, attendee, enter, drain):
    client = enter(attendee)
    client.post(page("vote"), {"option": option(poll), "revision": 1})

    html = client.post(page("vote"), {"option": option(poll, 1), "revision": 1}, follow=True).content.decode()

    drain()
    assert "another device" in html
    assert Answer.objects.get().said == {"option": option(poll)}


@pytest.mark.parametrize(("data", "status"), [({}, 400), ({"option": "x"}, 400), ({"option": 10**9}, 400)])
def test_form_without_a_choice_says_what_to_do(page, attendee, enter, data, status):
    assert enter(attendee).post(page("vote"), data).status_code == status


def test_revision_of_any_length_is_no_error(page, poll, attendee, enter):
    assert enter(attendee).post(page("vote"), {"option": option(poll), "revision": "9" * 5000}).status_code == 302


def test_polls_of_a_withdrawn_session_are_gone(page, api, poll, session, event, attendee, enter):
    client = enter(attendee)
    session.state = "withdrawn"
    session.save()
    who = Who(attendee.pk, event.pk, attendee.name, permissions.roles_of(attendee, event), 1)

    assert client.get(page("poll")).status_code == 404
    assert client.post(page("vote"), {"option": option(poll)}).status_code == 404
    assert client.get(api("poll")).status_code == 404
    answer = client.put(api("poll-answer"), {"option": option(poll)}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "poll.unknown")
    with pytest.raises(Refused):
        live.SessionPolls().guard(who, session.pk)


def test_forms_and_calls_take_from_the_buckets_of_the_socket(page, api, poll, attendee, enter, monkeypatch):
    spent = []

    def too_quick(command, **whose):
        spent.append((command, whose["user_id"]))
        raise Refused("live.too_fast", "Too quick.", status=429)

    monkeypatch.setattr("apps.live.rates.spend", too_quick)
    client = enter(attendee)

    posted = client.post(page("vote"), {"option": option(poll)})
    called = client.put(api("poll-answer"), {"option": option(poll)}, content_type="application/json")

    assert (posted.status_code, called.status_code) == (429, 429)
    assert spent == [("poll.vote", attendee.pk)] * 2


def test_refused_form_keeps_what_was_typed(event, attendee, enter):
    def post(kind, options, **data):
        poll = services.open_poll(services.create_poll(event=event, question="?", kind=kind, options=options))
        names = {f"{name}-{option(poll, int(place))}": value for (name, place), value in data.pop("rows", {}).items()}
        address = reverse("polls:vote", args=[event.slug, poll.pk])
        answer = enter(attendee).post(address, names | data)
        assert answer.status_code == 400
        return answer.content.decode()

    points = post("points", "ab", rows={("points", 0): "60", ("points", 1): "39"})
    assert 'value="60"' in points
    assert 'value="39"' in points
    assert "these are 99" in points
    assert post("ranking", "abc", rows={("rank", 0): "2", ("rank", 1): "2"}).count("<option selected>2</option>") == 2
    assert "Why do we pay twice?" in post("text", (), text="Why do we pay twice?" + " " * 10 + "x" * 300)
    assert 'value="reeds"' in post("words", (), words=["reeds", "y" * 41])


def test_form_after_the_close_says_so(page, poll, attendee, enter):
    services.close_poll(poll)

    answer = enter(attendee).post(page("vote"), {"option": option(poll)})

    assert answer.status_code == 409
    assert "data-error>" in answer.content.decode()
    assert Answer.objects.count() == 0


# API -----------------------------------------------------------------------------------------------------------


def test_api_answers(api, poll, attendee, enter):
    client = enter(attendee)

    mine = client.put(api("poll-answer"), {"option": option(poll)}, content_type="application/json")

    assert mine.json() == {
        "poll": poll.pk,
        "round": 1,
        "revision": 1,
        "answer": {"option": option(poll)},
        "counted": True,
        "late": False,
    }
    read = client.get(api("poll")).json()
    assert (read["mine"], read["results"]["total"], read["answers"]) == (mine.json(), 1, 1)


def test_api_refuses_with_a_code(api, poll, attendee, outsider, visitor, enter):
    services.close_poll(poll)

    closed = enter(attendee).put(api("poll-answer"), {"option": option(poll)}, content_type="application/json")

    assert (closed.status_code, closed.json()["code"]) == (409, "poll.closed")
    for client in (visitor, enter(outsider)):
        assert client.put(api("poll-answer"), {"option": 1}, content_type="application/json").status_code in (
            401,
            403,
            404,
        )


def test_api_runs_polls_for_moderators_only(event, session, attendee, moderator, enter):
    polls = reverse("api:polls", args=[event.slug])
    wish = {"question": "Which gauge?", "options": ["Upper", "Lower"], "session": session.pk}
    assert enter(attendee).post(polls, wish, content_type="application/json").status_code == 403
    client = enter(moderator)

    made = client.post(polls, wish, content_type="application/json").json()
    address = {
        name: reverse(f"api:poll-{name}", args=[event.slug, made["id"]]) for name in ("open", "close", "results")
    }

    assert client.post(address["open"]).json()["state"] == "open"
    assert client.post(address["open"]).json()["code"] == "poll.open_already"
    assert client.get(address["results"]).json()["total"] == 0
    assert client.post(address["close"]).json()["state"] == "closed"
    assert all(enter(attendee).post(address[name]).status_code == 403 for name in ("open", "close"))
    assert enter(attendee).get(address["results"]).status_code == 403


def test_api_refuses_a_session_of_another_event(event, other_event, moderator, enter, session):
    other = services.create_poll(event=other_event, question="?", options="ab")
    wish = {"question": "?", "options": ["a", "b"], "session": session.pk + 1000}

    refused = enter(moderator).post(reverse("api:polls", args=[event.slug]), wish, content_type="application/json")

    assert refused.json()["code"] == "poll.session_unknown"
    assert enter(moderator).post(reverse("api:poll-open", args=[event.slug, other.pk])).status_code == 404


# Socket --------------------------------------------------------------------------------------------------------


def test_votes_of_one_tick_are_answered_in_order(poll, event, attendee, speaker, outsider, other_event):
    def call(person, where, place):
        body = live.CastVote.Body(poll=poll.pk, option=option(poll, place), revision=1)
        return Call(Who(person.pk, where.pk, person.name, permissions.roles_of(person, where), 1), body)

    mine, unknown, hers = live.CastVote().run(
        [call(attendee, event, 0), call(outsider, other_event, 1), call(speaker, event, 2)]
    )

    assert (mine.answer, unknown.code, hers.answer) == (
        {"option": option(poll)},
        "poll.unknown",
        {"option": option(poll, 2)},
    )


# Task and desk -------------------------------------------------------------------------------------------------


def test_task_closes_what_is_due(poll):
    Poll.objects.filter(pk=poll.pk).update(closes_at=clock.now() - timedelta(seconds=1))

    tasks.close_due()

    poll.refresh_from_db()
    assert poll.state == Poll.State.CLOSED


def test_desk_launches_and_closes_by_post_only(draft, organiser, other_organiser, enter):
    address = {name: reverse("admin:polls_poll_run", args=[draft.pk, name]) for name in ("open", "close")}
    client = enter(organiser)

    assert client.get(address["open"]).status_code == 405
    assert enter(other_organiser).post(address["open"]).status_code == 404
    client.post(address["open"])
    draft.refresh_from_db()
    assert draft.state == Poll.State.OPEN

    client.post(address["close"])
    draft.refresh_from_db()
    assert draft.state == Poll.State.CLOSED


def test_desk_lists_own_polls_and_shows_results(poll, organiser, other_organiser, attendee, enter, cast):
    cast(attendee, 1)
    listed = reverse("admin:polls_poll_changelist")
    form = reverse("admin:polls_poll_change", args=[poll.pk])

    assert "Who should pay?" in enter(organiser).get(listed).content.decode()
    assert "Who should pay?" not in enter(other_organiser).get(listed).content.decode()
    assert "live-results" in enter(organiser).get(form).content.decode()


def test_desk_makes_a_poll_with_its_options(event, organiser, enter):
    client = enter(organiser)
    wish = {
        "event": event.pk,
        "question_0": "Which gauge?",
        "kind": "single",
        "results": "live",
        "may_change": "on",
        "options-TOTAL_FORMS": 2,
        "options-INITIAL_FORMS": 0,
        "options-0-text_0": "Upper",
        "options-0-position": 0,
        "options-1-text_0": "Lower",
        "options-1-position": 1,
    }

    answer = client.post(reverse("admin:polls_poll_add"), wish)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    poll = Poll.objects.get()
    assert (str(poll), [str(one) for one in poll.options.all()]) == ("Which gauge?", ["Upper", "Lower"])


@pytest.mark.parametrize(
    ("kind", "wish", "places"),
    [
        ("single", {"options-0-text_0": "Upper"}, {"options"}),
        ("multiple", {"least": 2, "most": 1}, {"most"}),
        ("scale", {"least": 0, "most": 40}, {"most"}),
        ("words", {"most": 11}, {"most"}),
        ("image", {"options-0-text_0": "Upper", "options-1-text_0": "Lower"}, {"picture"}),
        ("text", {"seconds": 0, "opens_at_0": "2020-01-01", "opens_at_1": "10:00"}, {"seconds", "opens_at"}),
    ],
)
def test_desk_says_beside_the_field_what_is_wrong(event, organiser, enter, kind, wish, places):
    filled = {f"options-{place}-text_0": words for place, words in enumerate(("Upper", "Lower"))}
    base = {"event": event.pk, "question_0": "?", "kind": kind, "results": "live", "options-INITIAL_FORMS": 0}
    base |= {"options-0-position": 0, "options-1-position": 0}  # as the empty rows of the form have it
    wish = (filled if kind in ("multiple",) else {}) | base | {"options-TOTAL_FORMS": 2} | wish

    answer = enter(organiser).post(reverse("admin:polls_poll_add"), wish)

    assert answer.status_code == 200
    [formset] = [inline.formset for inline in answer.context["inline_admin_formsets"]]
    found = set(answer.context["adminform"].form.errors)
    found |= {name for errors in formset.errors for name in errors}
    found |= {"options"} if formset.non_form_errors() else set()
    assert found == places
    assert Poll.objects.count() == 0


def test_desk_drops_what_another_kind_had(draft, organiser, enter):
    options = list(draft.options.all())
    wish = {"question_0": "How well?", "kind": "scale", "results": "live", "least": "0", "most": "10"}
    wish |= {"options-TOTAL_FORMS": 3, "options-INITIAL_FORMS": 3}
    for place, row in enumerate(options):
        wish |= {f"options-{place}-id": row.pk, f"options-{place}-poll": draft.pk, f"options-{place}-text_0": str(row)}
        wish[f"options-{place}-position"] = row.position

    answer = enter(organiser).post(reverse("admin:polls_poll_change", args=[draft.pk]), wish)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    draft.refresh_from_db()
    assert (draft.kind, draft.least, draft.most, draft.options.count()) == ("scale", 0, 10, 0)
