"""A session's polls beside its recording, over REST."""

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.polls.api.polls import SHUT, PollCall
from apps.polls.selectors.clock import on_clock
from apps.polls.serializers import answers
from apps.tracks import selectors as tracks


class ClockAPI(PollCall):
    @documented(
        "polls_clock",
        gives=answers.Beside,
        example=answers.BESIDE,
        refuses={**SHUT, 404: ["not_found", "session.no_recording"]},
    )
    def get(self, request: Request, event: str, slug: str) -> Response:
        """What was asked in a session, beside its recording: when each poll was open, and how it came out, where
        everybody may see that. Nothing is answered here."""
        session = tracks.with_stage(self.event, slug)
        if session is None:
            raise Http404
        user_id = self.person.pk if self.person else None
        tracks.check_enters(self.event.pk, session.pk, user_id=user_id, roles=self.roles)
        start, end = tracks.recording_of(session, clock.now())
        return answer(answers.Beside(start, [found.moment for found in on_clock(session, start, end)]))
