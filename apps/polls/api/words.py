"""What people wrote in polls, over REST: read, and decided on by those who run them."""

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.doors import answer
from apps.core.paging import Pages
from apps.core.schemas import PAGING, documented, page_example, page_shape
from apps.polls import selectors, serializers, services
from apps.polls.api.polls import SHUT, UNKNOWN, PollCall, RunCall
from apps.polls.serializers import answers


class TextsAPI(PollCall):
    ordering = ("-pk",)

    @documented(
        "poll_texts",
        asks=[serializers.TextsQuery, *PAGING],
        gives=page_shape(answers.Text),
        example=page_example(answers.TEXT),
        refuses={403: ["poll.results_hidden", *SHUT[403]], **UNKNOWN},
    )
    def get(self, request: Request, event: str, poll: int) -> Response:
        """The texts of an open text that are shown, the newest first, where you may see the results."""
        query = serializers.TextsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        found, late, pages = self.poll(), query.validated_data["late"], Pages()
        if not selectors.may_read_texts(found, self.person, self.roles, late=late):
            raise selectors.results_hidden()
        page = pages.paginate_queryset(selectors.shown_texts(found, late=late), request, self)
        shown: Response = pages.get_paginated_response([{"text": answer.said["text"]} for answer in page])
        return shown


class WordsAPI(RunCall):
    @documented(
        "poll_said",
        asks=[serializers.SaidQuery],
        gives=answers.Said,
        example=answers.SAID,
        refuses={400: ["invalid"], **UNKNOWN},
    )
    def get(self, request: Request, event: str, poll: int) -> Response:
        """All words to decide on, 200 on a page: what waits for a decision first, then what most people said."""
        query = serializers.SaidQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said, start = selectors.Sayings(self.poll()), (query.validated_data["page"] - 1) * selectors.MOST_SAYINGS
        count = len(said)
        rows = said[start : start + selectors.MOST_SAYINGS]
        return answer(answers.Said(count=count, waiting=said.waiting, results=rows))

    @documented(
        "poll_words",
        takes=serializers.PollWordsIn,
        refuses={400: ["invalid", "poll.no_words", "poll.words_unknown"], **UNKNOWN},
    )
    def post(self, request: Request, event: str, poll: int) -> Response:
        """Shows or hides words of a cloud or an open text, by the subjects that the results name."""
        given = serializers.PollWordsIn(data=request.data)
        given.is_valid(raise_exception=True)
        services.decide_words(self.poll(), **given.validated_data)
        return Response(status=204)
