"""The base of every API call about one event: the same rules as its pages, answered in status codes."""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from apps.accounts.doors import WHY_A_SECOND_STEP
from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Repeatable, Sparse
from apps.core.errors import Refused
from apps.core.scopes import Area
from apps.events import permissions, selectors, states
from apps.events.doors import linked
from apps.events.doors.acting import name_staff
from apps.events.doors.previewing import SAFE, Preview, closed, look_only, preview_of
from apps.events.models import Event


def event_of_token(request: Request) -> int | None:
    """The number of the only event that the caller's token opens; None where it opens all of theirs, or none came."""
    limit: int | None = getattr(request.auth, "event_id", None)
    return limit


class EventAccess(BasePermission):
    """Finds the event that the route names and asks whether this caller may come in; 404 where it is not for them."""

    def has_permission(self, request: Request, view: Any) -> bool:
        event = selectors.event_by_slug(view.kwargs["event"])
        if event is None or event_of_token(request) not in (None, event.pk):
            raise Http404
        request.user = linked.who_is_in(request, event)
        view.event, view.roles = event, permissions.roles_of(request.user, event)
        preview = preview_of(request, event, view.roles) if request.auth is None else None
        if preview is not None:
            self._look_as(preview, request, view)
            return True
        if permissions.can_see(event, view.roles) and permissions.has_access(
            view.access, event, view.roles, request.user
        ):
            name_staff(request.user, view.roles)
            if request.method not in SAFE_METHODS and getattr(view, "writes_event", True):
                states.check_writable(event.state)
            return True
        if permissions.awaits_second_factor(view.access, event, request.user):
            raise Refused("second_factor.missing", WHY_A_SECOND_STEP, status=403)
        if not permissions.can_see(event, view.roles):
            may_open = view.access is Access.PUBLIC and permissions.is_private_alone(event)
            if not may_open or not view.opens_by_address():
                raise Http404
            if request.method not in SAFE_METHODS:
                states.check_writable(event.state)
            return True
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return False

    def _look_as(self, preview: Preview, request: Request, view: Any) -> None:
        """As pages do (`EventView.show_as`): what is a draft still is looked at as once it is published."""
        name_staff(request.user, view.roles)
        if request.method not in SAFE:
            raise look_only()
        view.roles, request.user = preview.roles, preview.user
        if view.event.state == Event.State.DRAFT:
            view.event.state = Event.State.PUBLISHED
        if not permissions.has_access(view.access, view.event, view.roles, request.user):
            raise closed()


class EventAPIView(Repeatable):
    """Routes name the event as `<slug:event>`; `self.event`, `self.roles` and `self.person` are as on pages."""

    access: ClassVar[Access]
    area: ClassVar[Area]
    permission_classes = (EventAccess,)
    reads_primary: ClassVar[bool] = False
    writes_event: ClassVar[bool] = True
    """False where a write leaves the event itself as it is, so that it may be one that was put away."""
    event: Event
    roles: frozenset[str]

    def opens_by_address(self) -> bool:
        """As on pages: whether a private event is there for this caller all the same."""
        return False

    @property
    def person(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) else None


class EventViewSet(EventAPIView, Sparse, GenericViewSet[Any]):
    """Write `get_queryset` from `self.event`, and every object of another event is a 404.

    The schema is drawn without an event: use `self.event` only where `swagger_fake_view` is not set.
    """
