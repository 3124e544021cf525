"""Asking for an organisation over REST, where people make none by themselves."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import check_own_proof, limit_by_address
from apps.core.access import Access
from apps.core.calls import Repeatable, Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.account_calls import OneselfAlone
from apps.events.doors.desk_calls import Reading
from apps.events.models import OrganisationWish
from apps.events.serializers.wishing import ORGANISATION_WISH, OrganisationWishSerializer


class OrganisationWishesView(Reading, Repeatable, Sparse, ListAPIView[OrganisationWish]):
    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.TEAM
    permission_classes = (OneselfAlone,)
    serializer_class = OrganisationWishSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[OrganisationWish]:
        if getattr(self, "swagger_fake_view", False):
            return OrganisationWish.objects.none()
        user: Any = self.request.user
        return OrganisationWish.objects.filter(by=user).select_related("organisation")

    @extend_schema(operation_id="organisation_wishes")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you asked for, and what became of it; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "organisation_ask",
        takes=OrganisationWishSerializer,
        gives=OrganisationWishSerializer,
        status=201,
        example=ORGANISATION_WISH,
        refuses={
            403: ["link.only", "signin.own_proof"],
            409: ["organisation.nobody_to_ask", "organisation.open", "organisation.wishes_wait"],
            429: ["too_many"],
        },
    )
    def post(self, request: Request) -> Response:
        """Asks those who run the platform for an organisation of your own; their answer comes by mail. For where one
        is not made by oneself."""
        user: Any = request.user
        if request.auth is None:
            check_own_proof(request)
        wish = self.given(OrganisationWishSerializer)
        limit_by_address(request, "founding")  # of wishes that can be read, as on the page
        made = services.ask_for_organisation(user, **wish)
        return Response(OrganisationWishSerializer(made).data, status=201)
