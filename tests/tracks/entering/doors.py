"""The doors of a session, and who stands before them."""

from django.urls import reverse

from apps.core.errors import Refused
from apps.events import permissions
from apps.live.registry import Who, resolve

STAFF = frozenset({"moderator"})


def topics_of(shut):
    session, room, poll, game = shut.session.pk, shut.room.pk, shut.poll.pk, shut.game.pk
    of_session = ("stage", "people", "polls", "questions", "questions/standing", "questions/stage")
    return [
        *(f"session/{session}/{name}" for name in of_session),
        *(f"chat/{room}{name}" for name in ("", "/pace", "/marks")),
        f"reactions/{room}",
        f"poll/{poll}/turnout",
        f"poll/{poll}/results",
        f"quiz/{game}/stage",
        f"quiz/{game}/hall",
    ]


def may_hear(who, name):
    match = resolve(name)
    try:
        match.topic.guard(who, **match.params)
    except Refused:
        return False
    return True


def as_who(person, event):
    return Who(person.pk, event.pk, "", permissions.roles_of(person, event), 7)


def api_calls(shut, event):
    on = {"content_type": "application/json"}
    option = shut.poll.options.first().pk
    return [
        ("get", reverse("api:poll", args=[event.slug, shut.poll.pk]), {}),
        ("put", reverse("api:poll-answer", args=[event.slug, shut.poll.pk]), {"data": {"option": option}, **on}),
        ("get", reverse("api:questions", args=[event.slug, shut.session.slug]), {}),
        ("post", reverse("api:questions", args=[event.slug, shut.session.slug]), {"data": {"text": "Why?"}, **on}),
        ("put", reverse("api:question-vote", args=[event.slug, shut.question]), on),
        ("put", reverse("api:question-follow", args=[event.slug, shut.question]), on),
        ("get", reverse("api:quiz", args=[event.slug, shut.quiz.pk]), {}),
        ("put", reverse("api:quiz-seat", args=[event.slug, shut.quiz.pk]), {"data": {"name": "Nadia"}, **on}),
    ]
