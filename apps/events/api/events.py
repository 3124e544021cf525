"""The API of events: the public list, one event, registering, and oneself."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveUpdateAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from apps.accounts import services as accounts
from apps.accounts.doors import limit_by_address
from apps.accounts.models import User
from apps.core import describing
from apps.core.access import Access
from apps.core.calls import Repeatable, Sparse
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors import EventAPIView
from apps.events.doors.by_code import code_brought, code_of_wish
from apps.events.doors.calls import event_of_token
from apps.events.doors.linked import opened_by_links, owners_alone
from apps.events.models import Announcement, Event
from apps.events.serializers import (
    AnnouncementSerializer,
    EventQuery,
    EventSerializer,
    MeSerializer,
    RegistrationAnswer,
    RegistrationRequest,
)

YAML = "application/vnd.oai.openapi"


class SchemaView(SpectacularAPIView):
    """The API's description, OpenAPI 3.1, in YAML or JSON; the page at /api/ reads it to people."""

    access: ClassVar[Access] = Access.ANYONE
    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.accepted_media_type or YAML
        found = describing.written(as_json="json" in kind)
        answer = get_conditional_response(request._request, etag=found.tag) or HttpResponse(found.text)
        if answer.status_code == 200:
            answer.headers["Content-Type"] = kind
        answer.headers["ETag"] = found.tag
        answer.headers["Cache-Control"] = "public, max-age=300"
        patch_vary_headers(answer, ("Accept", "Accept-Language", "Cookie"))
        return answer


class EventsViewSet(Sparse, ListModelMixin, RetrieveModelMixin, GenericViewSet[Event]):
    """Events that the caller may see: the listed ones and their own; one by its address also where it is unlisted."""

    access: ClassVar[Access] = Access.ANYONE
    area: ClassVar[Area] = Area.EVENTS
    narrows_by_token: ClassVar[bool] = True
    permission_classes = (AllowAny,)
    serializer_class = EventSerializer
    lookup_field = "slug"
    lookup_url_kwarg = "event"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    ordering = ("-starts_at", "slug")

    def get_queryset(self) -> QuerySet[Event]:
        seen = selectors.events_seen_by if self.action == "retrieve" else selectors.events_found_by
        found = seen(self.request.user, within=opened_by_links(self.request))
        limit = event_of_token(self.request)
        return found if limit is None else found.filter(pk=limit)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.action != "list":
            return queryset
        query = EventQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.events_where(queryset, **query.validated_data)

    @extend_schema(parameters=[EventQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class RegisterView(EventAPIView):
    """Asks for a place. The link goes to the mailbox; the answer does not tell whether the address was known."""

    access = Access.PUBLIC
    area = Area.EVENTS
    code = ""

    def opens_by_address(self) -> bool:
        self.code = code_brought(self.request, self.event)
        return bool(self.code)

    @extend_schema(request=RegistrationRequest, responses={202: RegistrationAnswer})
    def post(self, request: Request, event: str) -> Response:
        limit_by_address(request, "register")
        body = RegistrationRequest(data=request.data)
        body.is_valid(raise_exception=True)
        about = dict(body.validated_data)
        code = code_of_wish(request, about.pop("code"), brought=self.code)
        wish = services.Wish(about.pop("ticket"), code, about.pop("answers"), about.pop("ref"))
        services.register(self.event, language=translation.get_language() or "", wish=wish, by=self.person, **about)
        answer = RegistrationAnswer({"sent_to": body.validated_data["email"]})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)


class AnnouncementsView(EventAPIView, Sparse, ListAPIView[Announcement]):
    """What the organisers said to the caller: to everybody, to their role, to those with their ticket. Newest first."""

    access = Access.ATTENDEE
    area = Area.EVENTS
    serializer_class = AnnouncementSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Announcement]:
        if getattr(self, "swagger_fake_view", False):
            return Announcement.objects.none()
        person: Any = self.person
        return selectors.announced_for(self.event, person, self.roles).select_related("by")


class MeView(Repeatable, Sparse, RetrieveUpdateAPIView[User]):
    """The caller's own profile. Who came in by the link of a mail has it at that event alone."""

    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.PROFILE
    serializer_class = MeSerializer
    http_method_names = ("get", "patch", "head", "options")

    def get_object(self) -> User:
        if opened_by_links(self.request) is not None:
            raise owners_alone()
        user: Any = self.request.user
        person: User = user
        return person

    def perform_update(self, serializer: BaseSerializer[User]) -> None:
        accounts.update_profile(self.get_object(), **serializer.validated_data)
