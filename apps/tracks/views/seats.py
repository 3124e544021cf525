"""Taking a seat in a session, and giving it back, by a form: from the session's page, or from the agenda."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.core.access import Access
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.core.words import Number, names
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.tracks import selectors, services
from apps.tracks.models import Seat, Session

RATE = Rate(per_second=0.5, burst=8)


class SeatView(Paced, EventView):
    access = Access.ATTENDEE

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        """Somebody signed in again, or reloaded: the session is where they wanted to be."""
        return redirect(self._session())

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self._session()
        if self.person is None:
            raise Http404
        try:
            self.spend_at(RATE, "seat")
            if request.POST.get("do") == "give":
                services.give_seat_back(session, user=self.person)
                self.say(_("Your seat is given back."))
            else:
                self._tell(session, services.take_seat(session, user=self.person, roles=self.roles))
        except Refused as refused:
            messages.error(request, str(refused.message))
        return redirect(onward(request, session.get_absolute_url()))

    def _tell(self, session: Session, seat: Seat) -> None:
        """What became of it; two sessions at the same time are theirs to choose from, so that is only said."""
        if seat.state == Seat.State.TAKEN:
            self.say(_("You have a seat in %(session)s.") % {"session": session.title})
        else:
            number = Number(selectors.place_in_row(seat))
            self.say(
                _("You are number %(number)s on the waiting list. We mail you when it is your turn.")
                % {"number": number}
            )
        others = selectors.overlapping_seats(session, self.person) if self.person else []
        if others:
            titles = names(other.title for other in others)
            messages.warning(self.request, _("At the same time you signed up for %(titles)s.") % {"titles": titles})

    def _session(self) -> Session:
        rows = self.event.sessions.on_agenda().select_related("event").defer("imported", "description")
        session = rows.filter(slug=self.kwargs["slug"]).first()
        if session is None:
            raise Http404
        return session
