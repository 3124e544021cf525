"""What is made of many rooms, over REST."""

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.registry import next_for_you
from apps.venue.serializers import NEXT, NextSerializer


class NextAPI(EventAPIView):
    access = Access.ATTENDEE
    area = Area.EVENTS
    reads_primary = True

    @documented("next_for_you", gives=NextSerializer, example=NEXT)
    def get(self, request: Request, event: str) -> Response:
        """What waits for you in the event, what runs out first before all: as the lobby shows it."""
        if self.person is None:
            raise Http404
        found = next_for_you.of(self.event, self.person, self.roles)
        return Response(NextSerializer({"next": found}).data)
