"""Polls over REST: read and answer them; make, open and close them."""

from typing import ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.access import Access
from apps.core.doors import answer
from apps.core.errors import Refused
from apps.events.doors import EventAPIView
from apps.polls import broadcasts, permissions, selectors, serializers, services
from apps.polls.models import Poll
from apps.tracks.models import Session


class PollCall(EventAPIView):
    access = Access.ATTENDEE
    reads_primary: ClassVar[bool] = True

    def poll(self) -> Poll:
        """Drafts exist for those who run polls only."""
        poll = selectors.get_poll(self.event.pk, self.kwargs["poll"])
        if not permissions.can_see(poll) and not permissions.can_run(self.roles):
            raise selectors.unknown()
        return poll


class PollsAPI(EventAPIView):
    access = Access.MODERATOR

    @extend_schema(operation_id="poll_create", request=serializers.PollIn, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, event: str) -> Response:
        """Makes a draft."""
        given = serializers.PollIn(data=request.data)
        given.is_valid(raise_exception=True)
        fields = dict(given.validated_data)
        session_id = fields.pop("session", None)
        session = None
        if session_id is not None:
            session = Session.objects.filter(event=self.event, pk=session_id).first()
            if session is None:
                raise Refused("poll.session_unknown", services.SESSION_UNKNOWN, field="session", status=400)
        poll = services.create_poll(event=self.event, session=session, **fields)
        return answer(described(poll), status=201)


class PollAPI(PollCall):
    @extend_schema(operation_id="poll", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, poll: int) -> Response:
        """The poll with your own answer, and the results where you may see them."""
        shown = selectors.shown_poll(self.poll(), self.person)
        return answer({"poll": shown.question, "mine": shown.mine, "results": shown.results, "answers": shown.answers})


class AnswerAPI(PollCall):
    @extend_schema(operation_id="poll_vote", request=serializers.VoteIn, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, event: str, poll: int) -> Response:
        """Answers, or changes the answer. The response is what stands."""
        given = serializers.VoteIn(data=request.data)
        given.is_valid(raise_exception=True)
        [outcome] = services.cast_votes(
            [
                services.Vote(
                    event_id=self.event.pk,
                    poll_id=poll,
                    user_id=self.person.pk if self.person else 0,
                    option_id=given.validated_data["option"],
                    revision=given.validated_data.get("revision"),
                )
            ]
        )
        return answer(outcome)


class ResultsAPI(PollCall):
    access = Access.MODERATOR

    @extend_schema(operation_id="poll_results", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, event: str, poll: int) -> Response:
        """All results, whatever the audience may see."""
        return answer(selectors.all_results(self.event.pk, poll))


class OpenAPI(PollCall):
    access = Access.MODERATOR

    @extend_schema(operation_id="poll_open", request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Opens a draft, or a closed poll again."""
        return answer(described(services.open_poll(self.poll())))


class CloseAPI(PollCall):
    access = Access.MODERATOR

    @extend_schema(operation_id="poll_close", request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, event: str, poll: int) -> Response:
        return answer(described(services.close_poll(self.poll())))


def described(poll: Poll) -> broadcasts.Question:
    return broadcasts.question(selectors.get_poll(poll.event_id, poll.pk), clock.now())
