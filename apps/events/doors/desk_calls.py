"""What the organisers' desk does, as calls of the API: of one event, and of an organisation."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Wrong
from django.db.models import Model
from django.http import Http404
from django.urls import URLPattern, path
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import NotAuthenticated, PermissionDenied, ValidationError
from rest_framework.fields import BooleanField, empty, get_error_detail
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from apps.accounts.doors import WHY_A_SECOND_STEP
from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Repeatable
from apps.core.errors import Refused
from apps.core.scopes import Area
from apps.events import permissions
from apps.events.doors.acting import name_at_the_desk
from apps.events.doors.calls import EventAPIView
from apps.events.models import Membership, Organisation


def check(thing: Model, *, but: Iterable[str] = ()) -> None:
    """What the model says of its own fields, as a refusal by field. `but` are fields that somebody else looks after."""
    try:
        thing.full_clean(exclude={*but})
    except Wrong as wrong:
        detail: Any = get_error_detail(wrong)
        raise ValidationError({"body" if name == "__all__" else name: said for name, said in detail.items()}) from wrong


def changed(thing: Any, values: dict[str, Any]) -> set[str]:
    """Gives the thing these values; which of them are new to it."""
    new = {name for name, value in values.items() if getattr(thing, name) != value}
    for name in new:
        setattr(thing, name, values[name])
    return new


class Reading(APIView):
    """What was sent, in order or refused."""

    def given(
        self, shape: type[BaseSerializer[Any]], *, instance: Any = None, partial: bool = False, **context: Any
    ) -> dict[str, Any]:
        body = shape(instance, data=self.request.data, partial=partial, context=context)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        return {name: value for name, value in values.items() if not self._is_unsaid(body, name)}

    def _is_unsaid(self, body: Any, name: str) -> bool:
        """A form leaves a box that is not ticked out, and the framework takes that for a no. Here it says nothing."""
        field = body.fields.get(name)
        default: Any = getattr(field, "default", None)
        is_box = isinstance(field, BooleanField) and default is empty
        return is_box and isinstance(self.request.data, MultiValueDict) and name not in self.request.data

    def asked(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """What a list shall be narrowed by."""
        query = shape(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return {name: value for name, value in query.validated_data.items() if value not in (None, "")}


class DeskCall(Reading, EventAPIView):
    """For those who run the event."""

    access = Access.ORGANISER
    reads_primary: ClassVar[bool] = True

    @property
    def by(self) -> User:
        person: Any = self.person
        found: User = person
        return found


class OrganisationAccess(BasePermission):
    """Finds the organisation that the route names; 404 where it is none of the caller's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        if not user.is_authenticated:
            raise NotAuthenticated
        known = Organisation.objects.filter(slug=view.kwargs["organisation"])
        if not user.runs_platform:
            known = known.filter(memberships__user=user)
        organisation = known.first()
        if organisation is None or not user.is_active:
            raise Http404
        if not user.has_second_factor:
            raise Refused("second_factor.missing", WHY_A_SECOND_STEP, status=403)
        view.organisation = organisation
        name_at_the_desk(user)
        return not view.owners_alone or permissions.can_manage_organisation(user, organisation.pk)


class OrganisationCall(Reading, Repeatable):
    """Routes name the organisation as `<slug:organisation>`; for its members, or its owners alone."""

    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area]
    permission_classes = (OrganisationAccess,)
    owners_alone: ClassVar[bool] = True
    reads_primary: ClassVar[bool] = True
    organisation: Organisation

    @property
    def by(self) -> User:
        user: Any = self.request.user
        found: User = user
        return found

    def for_owners(self) -> None:
        """Raises where what its members may read is for its owners to write."""
        if not permissions.can_manage_organisation(self.by, self.organisation.pk):
            raise PermissionDenied

    def membership(self, pk: int) -> Membership:
        found = self.organisation.memberships.select_related("organisation", "user").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


Route = tuple[str, Any, str]
"""Where a call stands, its view, and its name."""


def desk_routes(*calls: Route) -> list[URLPattern]:
    """Calls for those who run an event, below its desk."""
    base = "events/<slug:event>/desk/"
    return [path(f"{base}{where}", view.as_view(), name=f"desk-{name}") for where, view, name in calls]


def organisation_routes(*calls: Route) -> list[URLPattern]:
    """Calls for the members of an organisation."""
    base = "organisations/<slug:organisation>/"
    return [path(f"{base}{where}", view.as_view(), name=f"organisation-{name}") for where, view, name in calls]
