"""What people answered and wrote in polls, over REST: read, and decided on by those who run them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import May, may
from apps.core.calls import Listing
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


class AnswersAPI(Listing, RunCall):
    ordering = ("pk",)

    @documented(
        "poll_answers",
        asks=[serializers.AnswersQuery, *PAGING],
        gives=page_shape(answers.Given),
        example=page_example(answers.GIVEN),
        refuses={400: ["invalid"], **UNKNOWN, 409: ["poll.anonymous"]},
    )
    def get(self, request: Request, event: str, poll: int) -> Response:
        """Who answered what in the current round, as far as it is written down, with addresses for organisers. Of an
        anonymous poll nobody learns that: `poll_results` has what it added up to."""
        query = serializers.AnswersQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.named_answers(self.poll(), late=query.validated_data["late"])
        has_addresses = may(self.roles, May.READ_ADDRESSES)
        return self.listed(rows, answers.Given, lambda page: [_given(row, addresses=has_addresses) for row in page])


def _given(row: Any, *, addresses: bool) -> answers.Given:
    person = row.user
    return answers.Given(
        person=row.user_id,
        name=person.name if person else "",
        email=person.email if person and addresses else "",
        answer=row.said,
        late=row.late,
        at=row.answered_at,
    )
