"""The base classes that every room's doors inherit: pages, API calls and desk of one event."""

from apps.events.doors.by_file import ComesByFile
from apps.events.doors.calls import EventAPIView, EventViewSet
from apps.events.doors.desk import Desk, OrganisationScopedAdmin, ScopedInline, ScopedTabularInline
from apps.events.doors.made import ReadHere, RefusedBeside, RefusedInForm, TellsRefusals
from apps.events.doors.owners import OwnersAlone, may_found, owns_any
from apps.events.doors.pages import EventView
from apps.events.doors.picture import CardView
from apps.events.doors.tables import columns, columns_in_languages
from apps.events.doors.unmet import ShowsPeople

__all__ = [
    "CardView",
    "ComesByFile",
    "Desk",
    "EventAPIView",
    "EventView",
    "EventViewSet",
    "OrganisationScopedAdmin",
    "OwnersAlone",
    "ReadHere",
    "RefusedBeside",
    "RefusedInForm",
    "ScopedInline",
    "ScopedTabularInline",
    "ShowsPeople",
    "TellsRefusals",
    "columns",
    "columns_in_languages",
    "may_found",
    "owns_any",
]
