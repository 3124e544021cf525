"""The people of an event over REST: each as far as they let the caller see them."""

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.selectors import shown_of
from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import permissions, selectors
from apps.events.doors import EventAPIView
from apps.events.serializers import PERSON, PersonSerializer


class PersonView(EventAPIView):
    access = Access.ATTENDEE
    area = Area.PEOPLE

    @documented("person", gives=PersonSerializer, example=PERSON)
    def get(self, request: Request, event: str, person: int) -> Response:
        """Somebody of the event. What they do not show to you is empty; who has not come by is not found."""
        found = selectors.person_of(self.event, person)
        if found is None:
            raise Http404
        one = shown_of(found, to=permissions.reads_people_as(self.roles))
        return Response(PersonSerializer(one, context={"roles": selectors.roles_granted(self.event, found)}).data)
