"""Invitations to run an organisation's events, over REST, for those who are asked."""

from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.doors import limit_by_address, showed_mailbox
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.doors.account_calls import AccountCall, check_session
from apps.events.doors.acting import name_at_the_desk
from apps.events.models import MemberInvitation
from apps.events.serializers.oneself import OWN_INVITATION, AcceptIn, OwnInvitationSerializer
from apps.events.serializers.team import ORGANISATION, OrganisationSerializer

ANSWERED: dict[int, list[str]] = {409: ["member.too_many"], 410: ["member.over"], 429: ["too_many"]}


class InvitedCall(AccountCall):
    area: ClassVar[Area] = Area.TEAM

    def accept(self, invitation: MemberInvitation) -> Response:
        membership = services.accept_invitation(invitation, user=self.me)
        organisation: Any = membership.organisation
        organisation.role = membership.role  # which the list tells once they have a second step
        return Response(OrganisationSerializer(organisation).data)


class OwnInvitationsView(InvitedCall):
    takes_keys: ClassVar[bool] = False
    """What is kept of a call would hold the secret of a mail."""

    @documented(
        "own_invitations",
        gives=OwnInvitationSerializer(many=True),
        example=[OWN_INVITATION],
        refuses={403: ["link.only"]},
    )
    def get(self, request: Request) -> Response:
        """Which organisations ask you to run their events with them, and wait for your yes."""
        return Response(OwnInvitationSerializer(selectors.invitations_for(self.me), many=True).data)

    @documented(
        "own_invitation_by_link",
        takes=AcceptIn,
        gives=OrganisationSerializer,
        example=ORGANISATION,
        refuses={403: ["link.only", "member.other_address"], **ANSWERED},
    )
    def post(self, request: Request) -> Response:
        """Says yes by the link that was mailed. What you may do there waits for your second step."""
        limit_by_address(request, "invite")
        name_at_the_desk(self.me)
        invitation = selectors.invitation_by_token(self.given(AcceptIn)["token"])
        if invitation is None:
            raise Http404
        return self.accept(invitation)


class OwnInvitationView(InvitedCall):
    @documented(
        "own_invitation_accept",
        takes=None,
        gives=OrganisationSerializer,
        example=ORGANISATION,
        refuses={403: ["link.only", "member.other_address", "signin.mailbox", "token.session_needed"], **ANSWERED},
    )
    def post(self, request: Request, invitation: int) -> Response:
        """Says yes without the link, for whoever signed in by a mailed code: the mailbox is yours."""
        limit_by_address(request, "invite")
        name_at_the_desk(self.me)
        waiting: dict[int, Any] = {one.pk: one for one in selectors.invitations_for(self.me)}
        if invitation not in waiting:
            raise Http404
        check_session(request)
        if not showed_mailbox(request):
            words = _("Sign in by a mailed code, or use the link of the mail: it shows that the mailbox is yours.")
            raise Refused("signin.mailbox", words, status=403)
        return self.accept(waiting[invitation])
