"""The same for pages without the desk: what those who run an event post there, by route."""

from apps.exhibitors.models import ContactRequest
from apps.media.models import Line, WordJob
from apps.polls.models import Poll, Template
from apps.quizzes.models import Game
from tests.audit.makers import (
    a_cloud,
    a_mute,
    a_player,
    a_quiz,
    a_step,
    another_question,
    in_green_room,
    merged,
    muted,
    on_stage,
    one_said,
    polled,
    registered,
    reported,
    sent,
    to_say,
    waiting,
)
from tests.factories import exhibitors, quizzes


def with_do(prepare, do):
    """What is chosen there, and the button that is pressed."""

    def ready(place):
        body, where = prepare(place)
        return {**(body or {}), "do": do}, where

    return ready


def only(prepare, *fields):
    def ready(place):
        body, where = prepare(place)
        return {name: (body | where)[name] for name in fields}, where

    return ready


def to_person(do):
    return lambda place: ({"do": do}, {"person": registered(place).user_id})


def of_stage(place):
    body, where = on_stage(place)
    return body, {"slug": where["slug"]}


def a_press(do, *, asked, **more):
    def ready(place):
        body, where = a_step(do, asked=asked)(place)
        return {"game": where["game"], "position": body["position"], **({"do": do} | more)}, {"quiz": where["quiz"]}

    return ready


def of_player(**body):
    def ready(place):
        _extra, where = a_player(place)
        return {"game": place.things[Game].pk, "person": where["person"], **body}, {"quiz": where["quiz"]}

    return ready


def of_team(place):
    quiz = quizzes.QuizFactory(event=place.event, teams=True)
    seat = quizzes.SeatFactory(game=quizzes.GameFactory(quiz=quiz))
    return {"game": seat.game_id, "person": seat.user_id, "captain": "1"}, {"quiz": quiz.pk}


def a_wish(place):
    allowance = quizzes.AllowanceFactory(event=place.event)
    seat = quizzes.SeatFactory(game=place.things[Game], user=allowance.user)
    return {"game": seat.game_id, "person": seat.user_id, "decline": "1"}, {"quiz": place.things[Game].quiz_id}


def asked_at_a_booth(place):
    request = exhibitors.ContactRequestFactory(booth=place.things[ContactRequest].booth)
    return {"do": "handled"}, {"pk": request.pk}


S = Poll.State


def a_line_of_the_page(place):
    pk = place.things[Line].pk
    said = {"begins": "0", "ends": "1", "speaker": "", "text": "Low water.", "version": "1", "was": "x"}
    return {"line": pk, **{f"{name}-{pk}": value for name, value in said.items()}}, {}


POSTED = {
    "media:transcripts_of": [sent({"language": "sv"})],
    "media:transcript": [a_line_of_the_page],
    "media:transcript_deed": [sent({"do": "shift", "seconds": "1"}), sent({"do": "unpublish"})],
    "media:word_jobs": [lambda place: ({"do": "retry", "job": place.things[WordJob].pk}, {})],
    "media:captioner": [sent({"language": "en", "text": "Eleven mayors."}), sent({"do": "key"}), sent({"do": "hush"})],
    "tracks:stage": [sent({"to": "intermission"})],
    "tracks:on_stage": [lambda place: ({"on": in_green_room(place)}, {})],
    "tracks:stage_keep": [sent({"source": "film", "lobby_minutes": 20, "publish": "by_hand"})],
    "chat:decide": [with_do(only(waiting, "messages"), "approve"), with_do(only(waiting, "messages"), "reject")],
    "chat:settle": [with_do(only(reported, "messages"), "remove"), with_do(only(reported, "messages"), "keep")],
    "chat:remove_many": [lambda place: ({"messages": [one_said(place)[1]["message"]]}, {})],
    "chat:person": [
        to_person("mute:60"),
        to_person("ban"),
        to_person("expel"),
        lambda place: ({"do": "lift:mute"}, muted(place)[1]),
    ],
    "chat:room_rules": [
        sent({"slow_seconds": 30, "newcomer_minutes": 0, "holds": "", "hide_after": 0, "display_rate": 20})
    ],
    "chat:words": [sent({"language": "en", "action": "hold", "lines": "bilge"})],
    "chat:remove_words": [lambda place: ({"words": [word.pk for word in place.event.chat_words.all()]}, {})],
    "chat:undo": [a_mute],
    "chat:rules": [sent({"slow": 30})],
    "chat:pin": [lambda place: ({"message": one_said(place)[1]["message"]}, {})],
    "questions:rules": [sent({"most_chars": 300, "wait_seconds": 90})],
    "questions:next": [of_stage],
    "questions:move": [sent({"to": "later"})],
    "questions:reply": [sent({"text": "The towns."})],
    "questions:tags": [sent({"tags": "money"})],
    "questions:merge": [lambda place: ({"into": another_question(place).pk}, {})],
    "questions:split": [merged],
    "polls:prepare": [lambda place: ({"template": place.things[Template].pk}, {})],
    "polls:deed": [polled("open", S.DRAFT), polled("lock", S.OPEN), polled("reveal", S.OPEN)],
    "polls:words": [lambda place: ({"decide": f"hide:{'0' * 64}"}, a_cloud(place)[1])],
    "polls:reset": [lambda place: ({"ends": 1}, polled("reset", S.CLOSED)(place)[1])],
    "quizzes:open": [a_quiz],
    "quizzes:step": [
        a_press("next", asked=False),
        a_press("reveal", asked=True),
        a_press("", asked=True, extend=30),
        a_press("end", asked=False),
    ],
    "quizzes:seat": [of_player(extra=50), of_player(rename="1"), of_team, a_wish],
    "venue:announce": [sent({"text": "Lunch is ready.", "audience": ""})],
    "venue:call_off": [to_say],
    "exhibitors:desk_request": [asked_at_a_booth],
}
ONLY_LOOKS = {"events:preview", "tracks:backstage", "tracks:green_room_ticket"}
"""Looking as somebody else changes nothing, nor does a ticket for one's own camera, nor a word to the green room."""
