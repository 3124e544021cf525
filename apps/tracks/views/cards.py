"""The picture beside a session's link."""

from django.http import Http404

from apps.core.cards import Card
from apps.events.doors import CardView
from apps.tracks import selectors
from apps.tracks.selectors import previews


class SessionCard(CardView):
    def card(self) -> Card:
        session = selectors.session_by_slug(self.event, self.kwargs["slug"])
        if session is None:
            raise Http404
        return previews.session_card(self.event, session)
