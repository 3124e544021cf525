"""One's organisations over REST: their events, their members, and whom they asked to join."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import WHY_A_SECOND_STEP, check_own_proof, limit_by_address
from apps.core.access import Access
from apps.core.calls import Repeatable, Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors.account_calls import OneselfAlone
from apps.events.doors.acting import name_at_the_desk
from apps.events.doors.desk_calls import OrganisationCall, Reading, changed, check
from apps.events.models import Event, MemberInvitation, Membership, Organisation
from apps.events.serializers import EventQuery, EventSerializer
from apps.events.serializers.settings import SETTINGS, LanguagesIn, NewEventSerializer, SettingsSerializer
from apps.events.serializers.team import (
    INVITATION,
    MEMBER,
    ORGANISATION,
    MemberAddIn,
    MemberIn,
    MemberInvitationIn,
    MemberInvitationSerializer,
    MemberSerializer,
    OrganisationIn,
    OrganisationSerializer,
)


class OrganisationsView(Reading, Repeatable, Sparse, ListAPIView[Organisation]):
    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.TEAM
    permission_classes = (OneselfAlone,)
    serializer_class = OrganisationSerializer
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[Organisation]:
        user: Any = self.request.user
        return selectors.organisations_with_role(user)

    @extend_schema(operation_id="organisations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that you belong to."""
        return self.list(request, *args, **kwargs)

    @documented(
        "organisation_found",
        takes=OrganisationIn,
        gives=OrganisationSerializer,
        status=201,
        example=ORGANISATION,
        refuses={
            403: ["link.only", "organisation.not_owner", "second_factor.missing", "signin.own_proof"],
            409: ["organisation.slug_taken", "organisation.too_many"],
            429: ["too_many"],
        },
    )
    def post(self, request: Request) -> Response:
        """Makes one, and you own it. For who owns one already, or for anybody where the platform is open to that; with
        a second step."""
        user: Any = request.user
        if not user.has_second_factor:
            raise Refused("second_factor.missing", WHY_A_SECOND_STEP, status=403)
        if request.auth is None:
            check_own_proof(request)
        wish = self.given(OrganisationIn)
        check(Organisation(**wish), but=() if wish.get("slug") else ("slug",))
        limit_by_address(request, "invite")
        name_at_the_desk(user)
        made = services.found_organisation(user, **wish)
        return Response(OrganisationSerializer(self.get_queryset().get(pk=made.pk)).data, status=201)


class OrganisationView(OrganisationCall):
    area = Area.TEAM
    owners_alone = False

    def told(self) -> Response:
        row = selectors.organisations_with_role(self.by).filter(pk=self.organisation.pk).first()
        return Response(OrganisationSerializer(row or _foreign(self.organisation)).data)

    @documented("organisation", gives=OrganisationSerializer, example=ORGANISATION)
    def get(self, request: Request, organisation: str) -> Response:
        """One of them."""
        return self.told()

    @documented(
        "organisation_change",
        takes=OrganisationIn,
        gives=OrganisationSerializer,
        example=ORGANISATION,
        refuses={409: ["organisation.slug_taken"]},
    )
    def patch(self, request: Request, organisation: str) -> Response:
        """Gives it another name or address. Its old address leads nowhere from then on. For owners."""
        self.for_owners()
        new = changed(self.organisation, self.given(OrganisationIn, instance=self.organisation, partial=True))
        check(self.organisation)
        services.change_organisation(self.organisation, changed=new)
        return self.told()


def _foreign(organisation: Organisation) -> Organisation:
    """As whoever runs the platform sees one that they do not belong to."""
    organisation.role = None  # type: ignore[attr-defined]
    return organisation


class OrganisationEventsView(OrganisationCall, Sparse, ListAPIView[Event]):
    area = Area.ORGANISING
    owners_alone = False
    serializer_class = EventSerializer
    ordering = ("-starts_at", "slug")

    def get_queryset(self) -> QuerySet[Event]:
        if getattr(self, "swagger_fake_view", False):
            return Event.objects.none()
        events = self.organisation.events.select_related("organisation")
        return selectors.events_where(events, **self.asked(EventQuery))

    @extend_schema(operation_id="organisation_events", parameters=[EventQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All events of the organisation, drafts too; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "event_make",
        takes=NewEventSerializer,
        gives=SettingsSerializer,
        status=201,
        example=SETTINGS,
        refuses={409: ["event.slug_taken", "event.too_many"]},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Makes a draft as its kind has it: stages, rules, polls, and the settings that you leave out."""
        sketch = Event(**self.given(LanguagesIn))
        wish = self.given(NewEventSerializer, event=sketch)
        made_later = {"slug", "ends_at"} - wish.keys()
        check(Event(organisation=self.organisation, **wish), but=made_later)
        made = services.begin_event(self.organisation, **wish)
        return Response(SettingsSerializer(made, context={"event": made}).data, status=201)


class MembersView(OrganisationCall, Sparse, ListAPIView[Membership]):
    area = Area.TEAM
    owners_alone = False
    serializer_class = MemberSerializer
    ordering = ("pk",)

    def get_queryset(self) -> QuerySet[Membership]:
        if getattr(self, "swagger_fake_view", False):
            return Membership.objects.none()
        return selectors.as_known(self.organisation.memberships.select_related("user"), "organisation")

    @extend_schema(operation_id="members")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who runs the organisation's events."""
        return self.list(request, *args, **kwargs)

    @documented(
        "member_add",
        takes=MemberAddIn,
        gives=MemberSerializer,
        status=201,
        example=MEMBER,
        refuses={409: ["member.is_one", "member.too_many"], 429: ["too_many"]},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Makes somebody a member at once, without asking them; they run its events once they sign in with a second
        step. Mostly an invitation is the better way. For owners."""
        self.for_owners()
        limit_by_address(request, "invite")
        wish = self.given(MemberAddIn)
        made = services.make_member(self.organisation, **wish)
        rows = self.organisation.memberships.filter(pk=made.pk).select_related("user")
        return Response(MemberSerializer(selectors.as_known(rows, "organisation").get()).data, status=201)


class MemberView(OrganisationCall):
    area = Area.TEAM

    @documented(
        "member_change", takes=MemberIn, gives=MemberSerializer, example=MEMBER, refuses={409: ["member.last_owner"]}
    )
    def patch(self, request: Request, organisation: str, member: int) -> Response:
        """Makes somebody an owner or a manager. For owners."""
        found = self.membership(member)
        if not services.change_member(found, role=self.given(MemberIn)["role"]):
            raise Http404
        rows = self.organisation.memberships.filter(pk=found.pk).select_related("user")
        return Response(MemberSerializer(selectors.as_known(rows, "organisation").get()).data)

    @documented("member_remove", refuses={409: ["member.last_owner"]})
    def delete(self, request: Request, organisation: str, member: int) -> Response:
        """Takes somebody out of the organisation. For owners; the last of them stays."""
        services.remove_member(self.membership(member))
        return Response(status=204)


class LeaveView(OrganisationCall):
    area = Area.TEAM
    owners_alone = False

    @documented("membership_end", refuses={409: ["member.last_owner"]})
    def delete(self, request: Request, organisation: str) -> Response:
        """Leaves the organisation: you run its events no more. The last owner stays."""
        mine = get_object_or_404(self.organisation.memberships, user=self.by)
        services.leave_organisation(self.by, mine.pk)
        return Response(status=204)


class InvitationCall(OrganisationCall):
    area = Area.TEAM

    def invitation(self) -> MemberInvitation:
        rows = self.organisation.member_invitations.select_related("organisation", "by")
        found: MemberInvitation = get_object_or_404(rows, pk=self.kwargs["invitation"])
        return found


class InvitationsView(InvitationCall, Sparse, ListAPIView[MemberInvitation]):
    serializer_class = MemberInvitationSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[MemberInvitation]:
        if getattr(self, "swagger_fake_view", False):
            return MemberInvitation.objects.none()
        return self.organisation.member_invitations.select_related("by")

    @extend_schema(operation_id="member_invitations")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Whom owners asked to join, and what became of it. For owners."""
        return self.list(request, *args, **kwargs)

    @documented(
        "member_invite",
        takes=MemberInvitationIn,
        gives=MemberInvitationSerializer,
        status=201,
        example=INVITATION,
        refuses={409: ["member.invited", "member.is_one", "member.too_many"], 429: ["too_many"]},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """Asks somebody by mail to run the organisation's events; the link holds a week. For owners."""
        limit_by_address(request, "invite")
        made = services.invite_member(self.organisation, by=self.by, **self.given(MemberInvitationIn))
        return Response(MemberInvitationSerializer(made).data, status=201)


class InvitationView(InvitationCall):
    @documented(
        "member_invite_again",
        takes=None,
        gives=MemberInvitationSerializer,
        example=INVITATION,
        refuses={409: ["member.answered", "member.too_soon"]},
    )
    def post(self, request: Request, organisation: str, invitation: int) -> Response:
        """Mails a new link that holds another week; the one before ends. For owners."""
        services.invite_again(self.invitation(), by=self.by)
        return Response(MemberInvitationSerializer(self.invitation()).data)

    @documented("member_invitation_revoke")
    def delete(self, request: Request, organisation: str, invitation: int) -> Response:
        """Its link opens nothing from now on. For owners."""
        services.revoke_invitation(self.invitation())
        return Response(status=204)
