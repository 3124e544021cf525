"""The secret addresses of one's own agenda, over REST: calendars ask there without signing in."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.models import Registration
from apps.tracks import selectors, services
from apps.tracks.serializers import AgendaAddressesSerializer

FORMS = ("ics", "json", "xml")
ADDRESSES = {form: f"https://events.example.org/e/freshet/my/3Ckq0Xc2aR/agenda.{form}" for form in FORMS}


class AgendaAddressView(EventAPIView):
    access = Access.ATTENDEE
    area = Area.AGENDA
    reads_primary = True
    takes_keys: ClassVar[bool] = False  # an answer that is kept would be a secret that is kept

    def place(self) -> Registration:
        found = selectors.confirmed_registration(self.event, self.person) if self.person else None
        if found is None:
            raise Http404
        return found

    def told(self, token: str) -> Response:
        named: dict[str, Any] = {
            form: settings.SITE_URL + reverse("tracks:personal", args=[self.event.slug, token, form]) for form in FORMS
        }
        return Response(AgendaAddressesSerializer(named).data, headers={"Cache-Control": "no-store"})

    @documented("agenda_address", gives=AgendaAddressesSerializer, example=ADDRESSES)
    def get(self, request: Request, event: str) -> Response:
        """Where calendars find what you starred. Whoever has such an address reads it."""
        return self.told(self.place().agenda_token)

    @documented("agenda_address_renew", takes=None, gives=AgendaAddressesSerializer, example=ADDRESSES)
    def post(self, request: Request, event: str) -> Response:
        """Gives it other addresses; the ones before lead nowhere from now on."""
        return self.told(services.renew_agenda_address(registration=self.place()))
