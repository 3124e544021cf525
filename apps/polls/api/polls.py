"""Polls over REST: found, read and answered; made and run by those who may."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.access import Access
from apps.core.calls import Listing
from apps.core.doors import answer
from apps.core.errors import Refused
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced
from apps.media.models import Asset
from apps.polls import broadcasts, kinds, permissions, selectors, serializers, services
from apps.polls.models import Poll
from apps.polls.serializers import answers
from apps.tracks import selectors as tracks
from apps.tracks.models import Session

UNKNOWN = {404: ["poll.unknown"]}
SHUT = {403: ["session.seat", "session.ticket"]}
WISH = ["invalid", "poll.bounds", "poll.options", "poll.picture_unknown", "poll.pictures", "poll.session_unknown"]
ANSWER = [
    "invalid", "poll.answer_missing", "poll.option_unknown", "poll.points", "poll.ranking", "poll.text_too_long",
    "poll.too_few", "poll.too_many", "poll.value_unknown", "poll.word", "poll.word_too_long",
]  # fmt: skip
NO_ANSWER = [
    "poll.account_gone", "poll.answered", "poll.begun_anew", "poll.closed", "poll.locked", "poll.not_open",
    "poll.reopened",
]  # fmt: skip
RUN = ["invalid", "poll.bounds", "poll.options", "poll.past", "poll.pictures", "poll.seconds", "poll.unsaid"]
NO_RUN = [
    "poll.not_locked", "poll.not_open", "poll.open_already", "poll.reset_already", "poll.state", "poll.still_open",
]  # fmt: skip
TOO_FAST = {429: ["rate.limited"]}


class PollCall(Paced, EventAPIView):
    access = Access.ATTENDEE
    area = Area.POLLS
    reads_primary: ClassVar[bool] = True

    def check_repeated(self) -> None:
        if "poll" in self.kwargs:
            self.poll()

    def poll(self) -> Poll:
        """What is not to be seen exists for those who run polls only."""
        poll = selectors.get_poll(self.event.pk, self.kwargs["poll"])
        if not permissions.can_see(poll) and not self.can_run(poll):
            raise selectors.unknown()
        if not self.can_run(poll):
            tracks.check_enters(
                self.event.pk, poll.session_id, user_id=self.person.pk if self.person else None, roles=self.roles
            )
        return poll

    def can_run(self, poll: Poll) -> bool:
        return selectors.can_run(poll, self.roles, self.person.pk if self.person else None)

    def session(self, number: int | None) -> Session | None:
        if number is None:
            return None
        session = Session.objects.filter(event=self.event, pk=number).first()
        if session is None:
            raise services.session_unknown()
        return session

    def wish(self, given: serializers.PollIn) -> dict[str, Any]:
        """What a poll is to be like; of a change only what was said."""
        given.is_valid(raise_exception=True)
        fields = dict(given.validated_data)
        if "session" in fields:
            fields["session"] = self.session(fields["session"])
        if "pictures" in fields:
            fields["pictures"] = self.pictures(fields["pictures"])
        return fields

    def pictures(self, keys: list[str]) -> list[Asset]:
        found = {asset.key: asset for asset in Asset.objects.filter(event=self.event, kind="image", key__in=keys)}
        if len(found) < len(set(keys)):
            raise Refused("poll.picture_unknown", services.PICTURE_UNKNOWN, field="pictures", status=400)
        return [found[key] for key in keys]


class RunCall(PollCall):
    """For moderators, and for the speakers of the poll's session."""

    access = Access.SPEAKER

    def poll(self) -> Poll:
        poll = super().poll()
        if not self.can_run(poll):
            self.permission_denied(self.request)
        return poll


class PollsAPI(Listing, PollCall):
    ordering = ("-created_at", "-pk")

    def check_repeated(self) -> None:
        if not permissions.can_run(self.roles):
            self.permission_denied(self.request)

    @documented(
        "polls",
        asks=[serializers.PollsQuery, *PAGING],
        gives=page_shape(answers.Listed),
        example=page_example(answers.LISTED),
    )
    def get(self, request: Request, event: str) -> Response:
        """The polls that you may see, the newest first. Whoever runs polls finds those in any state, with the fields
        of `poll_create`; a speaker those of their own sessions."""
        query = serializers.PollsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.visible(self.event, self.person, self.roles).filter(**query.validated_data)
        own = selectors.own_sessions(self.event, self.person, self.roles)
        now = clock.now()

        def told(page: list[Poll]) -> list[dict[str, Any]]:
            runs = permissions.can_run(self.roles)
            return [_described(poll, now) if runs or poll.session_id in own else _listed(poll, now) for poll in page]

        return self.listed(rows, answers.Described if permissions.can_run(self.roles) or own else answers.Listed, told)

    @documented(
        "poll_create",
        takes=serializers.PollIn,
        gives=answers.Described,
        status=201,
        example=answers.DESCRIBED,
        refuses={400: WISH, 409: ["poll.too_many_polls"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a draft."""
        self.check_repeated()
        poll = services.create_poll(event=self.event, **self.wish(serializers.PollIn(data=request.data)))
        return answer(described(poll), status=201)


class PollAPI(PollCall):
    def check_repeated(self) -> None:
        """Each write here is for those who run the event's polls."""
        self.poll()
        if not permissions.can_run(self.roles):
            self.permission_denied(self.request)

    @documented("poll", gives=answers.Shown, example=answers.SHOWN, refuses={**SHUT, **UNKNOWN})
    def get(self, request: Request, event: str, poll: int) -> Response:
        """The poll with your own answer, and the results where you may see them."""
        found = self.poll()
        shown = selectors.shown_poll(found, self.person, of_staff=self.can_run(found))
        return answer(
            {
                "poll": described(found) if self.can_run(found) else shown.question,
                "mine": shown.mine,
                "results": shown.results,
                "late": shown.late,
                "answers": shown.answers,
            }
        )

    @documented(
        "poll_change",
        takes=serializers.PollIn,
        gives=answers.Described,
        example=answers.DESCRIBED,
        refuses={400: WISH, **UNKNOWN, 409: ["poll.asked"]},
    )
    def patch(self, request: Request, event: str, poll: int) -> Response:
        """Changes a poll that nobody was asked yet. What is left out stays as it is."""
        found = self.poll()
        if not permissions.can_run(self.roles):
            self.permission_denied(request)
        wish = self.wish(serializers.PollIn(data=request.data, partial=True))
        return answer(described(services.change_poll(found, **wish)))


class AnswerAPI(PollCall):
    takes_keys = False  # revisions answer a retry; what is kept under a name would say who answered what

    @documented(
        "poll_vote",
        takes=serializers.VoteIn,
        gives=broadcasts.Mine,
        example=answers.MINE,
        refuses={400: ANSWER, **SHUT, **UNKNOWN, 409: NO_ANSWER, **TOO_FAST},
    )
    def put(self, request: Request, event: str, poll: int) -> Response:
        """Answers, or changes the answer. The response is what stands."""
        self.spend("poll.vote")
        given = serializers.VoteIn(data=request.data)
        given.is_valid(raise_exception=True)
        user_id = self.person.pk if self.person else 0
        revision = given.validated_data.get("revision")
        [outcome] = services.cast_votes(
            [services.Vote(self.event.pk, poll, user_id, given.said(), revision, self.roles)]
        )
        return answer(outcome)


class ResultsAPI(RunCall):
    @documented("poll_results", gives=broadcasts.Staff, example=answers.STAFF, refuses=UNKNOWN)
    def get(self, request: Request, event: str, poll: int) -> Response:
        """All results, whatever the audience may see, and the words to decide on."""
        return answer(selectors.staff_results(self.poll()))


class RunAPI(RunCall):
    @documented(
        "poll_run",
        takes=serializers.RunIn,
        gives=answers.Described,
        example=answers.DESCRIBED,
        refuses={400: RUN, **UNKNOWN, 409: NO_RUN},
    )
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Schedules, opens, locks, unlocks, reveals, hides, extends, closes, resets or puts away a poll."""
        given = serializers.RunIn(data=request.data)
        given.is_valid(raise_exception=True)
        said = dict(given.validated_data)
        return answer(described(services.run_poll(self.poll(), said.pop("do"), **said)))


class OpenAPI(RunCall):
    @documented(
        "poll_open",
        takes=None,
        gives=answers.Described,
        example=answers.DESCRIBED,
        refuses={400: ["poll.bounds", "poll.options", "poll.pictures"], **UNKNOWN, 409: ["poll.open_already"]},
    )
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Opens a draft, or a closed poll again."""
        return answer(described(services.open_poll(self.poll())))


class CloseAPI(RunCall):
    @documented(
        "poll_close",
        takes=None,
        gives=answers.Described,
        example=answers.DESCRIBED,
        refuses={**UNKNOWN, 409: ["poll.not_open"]},
    )
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Closes it: what was acknowledged counts, nothing after it."""
        return answer(described(services.close_poll(self.poll())))


def described(poll: Poll) -> dict[str, Any]:
    """As those who run it see it: with its true state, and what it was told to be."""
    return _described(selectors.get_poll(poll.event_id, poll.pk), clock.now())


def _described(poll: Poll, now: datetime) -> dict[str, Any]:
    settings = {name: getattr(poll, name) for name in ("moderated", "takes_late", "seconds", "opens_at")}
    return {**_listed(poll, now), **settings, "state": _state(poll)}


def _listed(poll: Poll, now: datetime) -> dict[str, Any]:
    return {**_plain(kinds.question(poll, now)), "session": poll.session_id}


def _state(poll: Poll) -> str:
    is_over = poll.state == Poll.State.OPEN and not poll.is_on_at(clock.now())
    return Poll.State.CLOSED.value if is_over else str(poll.state)


def _plain(question: broadcasts.Question) -> dict[str, Any]:
    return {field: getattr(question, field) for field in question.__struct_fields__}
