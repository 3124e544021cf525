"""Events over REST: the events themselves, what organisers do with one (`organising`), and its people (`people`)."""

from apps.events.api.events import AnnouncementsView, EventsViewSet, MeView, RegisterView, SchemaView
from apps.events.api.organising import AnnouncingView, CallOffView, DuplicateView, SaidView, SegmentsView
from apps.events.api.people import PersonView

__all__ = [
    "AnnouncementsView",
    "AnnouncingView",
    "CallOffView",
    "DuplicateView",
    "EventsViewSet",
    "MeView",
    "PersonView",
    "RegisterView",
    "SaidView",
    "SchemaView",
    "SegmentsView",
]
