"""More time for those who need it: they ask, who runs the quiz gives it, and it holds from the next question on."""

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events import permissions
from apps.live import guards
from apps.live.registry import Who, resolve
from apps.quizzes import selectors, services
from apps.quizzes.models import Allowance, Seat
from tests.factories.events import EventFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.quizzes.conftest import Table


def times(person):
    """Asked, given."""
    return Allowance.objects.filter(user=person).values_list("asked", "extra").first()


def may_hear(name, person, event):
    match = resolve(name)
    who = Who(person.pk, event.pk, person.name, permissions.roles_of(person, event), 1)
    return who.may(match.topic.access) and guards.ask_guard(who, match) is None


def told_to(name, event):
    match = resolve(name)
    return match.topic.snapshot(event.pk, **match.params)


@pytest.mark.usefixtures("intake")
def test_who_asks_has_no_more_time_until_it_is_given(event, table, attendee, told):
    table.join(attendee)
    desk, own = f"quiz/{table.game.pk}/desk", f"person/{attendee.pk}/quiz/{table.game.pk}"
    with told.after():
        services.ask_for_time(table.game, user_id=attendee.pk, extra=100)
    assert {(event.pk, desk), (event.pk, own)} <= set(told.states)
    assert (told_to(desk, event).asking, table.mine(attendee).asked, table.mine(attendee).given) == (1, 100, 0)

    table.ask(ago=30)
    assert table.answer(attendee, [2]).code == "quiz.too_late"
    table.reveal()
    services.give_time(table.fresh, user_id=attendee.pk, extra=100)
    mine = told_to(own, event)
    assert (told_to(desk, event).asking, mine.asked, mine.given, mine.extra) == (0, 0, 100, 0)
    table.ask(ago=30)

    assert (table.answer(attendee, [1, 3]).said, told_to(own, event).extra) == ([1, 3], 100)


@pytest.mark.usefixtures("intake")
def test_what_is_given_while_a_question_is_open_holds_from_the_next(table, attendee, told):
    table.join(attendee)
    table.ask(ago=25)

    services.give_time(table.fresh, user_id=attendee.pk, extra=50)

    assert table.answer(attendee, [2]).code == "quiz.too_late"
    table.reveal()
    with told.after():
        table.ask(ago=25)
    assert f"person/{attendee.pk}/quiz/{table.game.pk}" in [name for _event, name in told.states]
    assert table.answer(attendee, [1]).said == [1]


def test_wish_is_taken_back_or_declined(table, attendee):
    table.join(attendee)
    services.give_time(table.game, user_id=attendee.pk, extra=50)
    services.ask_for_time(table.game, user_id=attendee.pk, extra=200)
    assert times(attendee) == (200, 50)
    services.decline_time(table.game, user_id=attendee.pk)
    assert times(attendee) == (0, 50)

    services.ask_for_time(table.game, user_id=attendee.pk, extra=200)
    services.ask_for_time(table.game, user_id=attendee.pk, extra=50)  # which they have

    assert times(attendee) == (0, 50)


@pytest.mark.parametrize("deed", [services.ask_for_time, services.give_time])
@pytest.mark.parametrize(("extra", "joins", "refusal"), [(40, True, "quiz.extra"), (50, False, "quiz.not_joined")])
def test_refused_time(table, attendee, deed, extra, joins, refusal):
    if joins:
        table.join(attendee)

    with pytest.raises(Refused) as refused:
        deed(table.game, user_id=attendee.pk, extra=extra)

    assert (refused.value.code, times(attendee)) == (refusal, None)


def test_team_has_the_time_of_the_one_in_it_who_has_most(event, attendee, speaker, exhibitor):
    quiz = QuizFactory(event=event, teams=True)
    QuestionFactory(bank=quiz.bank)
    team = Table(services.open_lobby(quiz))
    for person, name in ((attendee, "Weirs"), (speaker, "weirs"), (exhibitor, "Sluices")):
        team.join(person, name)
    services.give_time(team.game, user_id=speaker.pk, extra=100)

    services.ask_next(team.fresh)

    extras = dict(Seat.objects.values_list("user", "extra"))
    assert extras == {attendee.pk: 100, speaker.pk: 100, exhibitor.pk: 0}


def test_what_was_given_before_holds_in_every_quiz_of_the_event_and_no_other(event, quiz, attendee):
    services.allow_time(event, user_id=attendee.pk, extra=200)
    elsewhere = QuizFactory(event=EventFactory())
    QuestionFactory(bank=elsewhere.bank)

    for played, extra in ((quiz, 200), (elsewhere, 0)):
        table = Table(services.open_lobby(played))
        table.join(attendee)
        services.ask_next(table.fresh)
        assert Seat.objects.get(game=table.game).extra == extra


def test_who_hears_who_asks_and_ones_own_time(event, other_event, table, attendee, speaker, moderator, outsider):
    desk, own = f"quiz/{table.game.pk}/desk", f"person/{attendee.pk}/quiz/{table.game.pk}"

    assert [may_hear(desk, one, event) for one in (moderator, attendee, speaker, outsider)] == [True, *[False] * 3]
    assert [may_hear(own, one, event) for one in (attendee, moderator, outsider)] == [True, False, False]
    assert not may_hear(desk, outsider, other_event)


def test_player_asks_on_their_page_and_the_host_gives_on_the_control_page(quiz, table, attendee, moderator, enter):
    page = {name: reverse(f"quizzes:{name}", args=[quiz.event.slug, quiz.pk]) for name in ("time", "host", "seat")}
    table.join(attendee, "Otter")
    asked = enter(attendee).post(page["time"], {"game": table.game.pk, "extra": 100}, follow=True).content.decode()
    assert "It is asked for." in asked
    assert '<p class="meta" data-asked-time>' in asked
    assert times(attendee) == (100, 0)

    host = enter(moderator)
    assert "1 person asks for more time" in host.get(page["host"]).content.decode()
    host.post(page["seat"], {"game": table.game.pk, "person": attendee.pk, "extra": 100})
    assert times(attendee) == (0, 100)
    assert "asks for more time</a>" not in host.get(page["host"]).content.decode()
    services.ask_for_time(table.game, user_id=attendee.pk, extra=200)
    host.post(page["seat"], {"game": table.game.pk, "person": attendee.pk, "decline": 1})

    assert times(attendee) == (0, 100)
    html = enter(attendee).get(quiz.get_absolute_url()).content.decode()
    assert "<span data-given-extra>twice as much</span>" in html


def test_time_is_seen_and_given_at_the_desk(event, table, attendee, organiser, enter, told):
    table.join(attendee)
    services.ask_for_time(table.game, user_id=attendee.pk, extra=100)
    client, row = enter(organiser), Allowance.objects.get()
    listed = client.get(reverse("admin:quizzes_allowance_changelist")).content.decode()
    assert attendee.name in listed and "twice as much" in listed

    with told.after():
        client.post(reverse("admin:quizzes_allowance_change", args=[row.pk]), {"extra": 100})

    assert times(attendee) == (0, 100)
    assert (event.pk, f"person/{attendee.pk}/quiz/{table.game.pk}") in told.states


def test_list_of_who_plays_takes_the_same_number_of_queries(table, attendee, speaker, django_assert_num_queries):
    for people in ([attendee], [speaker]):
        for person in people:
            table.join(person)
            services.ask_for_time(table.game, user_id=person.pk, extra=50)
        with django_assert_num_queries(2):
            seats, asking = selectors.seats(table.game), list(selectors.asking(table.game))
            assert {seat.user.name for seat in seats} == {seat.user.name for seat in asking}


# By call ------------------------------------------------------------------------------------------------------------
def give(client, name, *args, extra=50):
    return client.put(reverse(name, args=["freshet", *args]), {"extra": extra}, content_type="application/json")


def test_time_is_given_by_call_to_who_plays_and_asks(table, quiz, moderator, attendee, enter):
    table.join(attendee, "Reed")
    services.ask_for_time(table.game, user_id=attendee.pk, extra=100)
    client = enter(moderator)
    [asking] = client.get(reverse("api:quiz-players", args=["freshet", quiz.pk])).json()["results"]

    answer = give(client, "api:quiz-player-time", quiz.pk, attendee.pk)

    assert asking == {"person": attendee.pk, "name": "Reed", "extra": 0, "given": 0, "asked": 100}
    assert (answer.status_code, answer.json()) == (200, asking | {"given": 50, "asked": 0})
    assert times(attendee) == (0, 50)


def test_players_are_found_by_name_by_call(table, quiz, moderator, attendee, speaker, enter):
    table.join(attendee, "Reed")
    table.join(speaker, "Heron")
    found = enter(moderator).get(reverse("api:quiz-players", args=["freshet", quiz.pk]), {"find": "her"})
    assert [player["name"] for player in found.json()["results"]] == ["Heron"]


def test_time_is_given_by_call_to_nobody_who_does_not_play_here(table, quiz, moderator, attendee, outsider, enter):
    table.join(attendee)
    elsewhere = QuizFactory()
    client = enter(moderator)
    refused = [
        give(client, "api:quiz-player-time", quiz.pk, outsider.pk),
        give(client, "api:quiz-player-time", elsewhere.pk, attendee.pk),
        client.get(reverse("api:quiz-players", args=["freshet", elsewhere.pk])),
    ]
    assert [answer.status_code for answer in refused] == [404, 404, 404]
    assert give(client, "api:quiz-player-time", quiz.pk, attendee.pk, extra=40).json()["errors"].keys() == {"extra"}
    assert not Allowance.objects.exists()


def test_nobody_gives_time_to_themselves_by_call(table, quiz, attendee, enter):
    table.join(attendee)
    client = enter(attendee)
    assert give(client, "api:quiz-player-time", quiz.pk, attendee.pk).status_code == 403
    assert give(client, "api:quiz-time", attendee.pk).status_code == 403
    assert client.get(reverse("api:quiz-players", args=["freshet", quiz.pk])).status_code == 403
    assert times(attendee) is None


def test_time_is_given_by_call_before_anything_begins(event, organiser, attendee, outsider, moderator, enter):
    client = enter(organiser)
    answer = give(client, "api:quiz-time", attendee.pk, extra=200)
    assert (answer.status_code, answer.json()) == (200, {"person": attendee.pk, "given": 200})
    assert times(attendee) == (0, 200)
    assert give(client, "api:quiz-time", outsider.pk).status_code == 404
    assert give(enter(moderator), "api:quiz-time", attendee.pk).status_code == 403
    assert times(outsider) is None


def test_player_asks_for_time_by_call(table, quiz, attendee, enter, told):
    table.join(attendee)
    client = enter(attendee)

    with told.after():
        answer = give(client, "api:quiz-ask-time", quiz.pk, extra=100)

    assert (answer.status_code, answer.json()["asked"], answer.json()["given"]) == (200, 100, 0)
    assert times(attendee) == (100, 0)
    assert (quiz.event_id, f"quiz/{table.game.pk}/desk") in told.states
    assert give(client, "api:quiz-ask-time", quiz.pk, extra=0).json()["asked"] == 0


def test_who_does_not_play_asks_for_no_time_by_call(table, quiz, attendee, speaker, enter):
    table.join(attendee)
    client = enter(speaker)

    assert give(client, "api:quiz-ask-time", quiz.pk).json()["code"] == "quiz.not_joined"
    assert give(enter(attendee), "api:quiz-ask-time", quiz.pk, extra=40).status_code == 400
    assert give(client, "api:quiz-ask-time", QuizFactory().pk).status_code == 404
    assert times(speaker) is None


def test_form_that_says_no_time_takes_none_away(quiz, table, attendee, moderator, enter):
    table.join(attendee)
    services.give_time(table.game, user_id=attendee.pk, extra=100)
    address = reverse("quizzes:seat", args=[quiz.event.slug, quiz.pk])

    answer = enter(moderator).post(address, {"game": table.game.pk, "person": attendee.pk})

    assert (answer.status_code, times(attendee)) == (400, (0, 100))
