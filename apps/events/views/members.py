"""The organisations that one belongs to, leaving them, and invitations to run another's events."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from apps.accounts.doors import OfOneself, ask_for_mailed_code, lead_to_second_factor, limit_by_address, showed_mailbox
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events import permissions, selectors, services
from apps.events.doors.acting import name_at_the_desk
from apps.events.models import MemberInvitation, Membership

# The address is a secret: it is told to no other site, and kept by nobody.
HEADERS = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class _Own(OfOneself, View):
    def welcome(self, membership: Membership) -> HttpResponseBase:
        """To the desk; by the page where a second step is set up, without which it stays closed."""
        said = _("You are a member of %(organisation)s now.") % {"organisation": membership.organisation}
        messages.success(self.request, said)
        self.person.refresh_from_db()
        desk = reverse("admin:index")
        return redirect(desk) if self.person.has_second_factor else lead_to_second_factor(self.request, desk)


class Organisations(_Own):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        name_at_the_desk(request.user)
        try:
            limit_by_address(request, "invite")
            if "accept" in request.POST:
                waiting = {str(one.pk): one for one in selectors.invitations_for(self.person)}
                if request.POST["accept"] not in waiting:
                    raise Http404
                if not showed_mailbox(request):  # the link of the mail would show it
                    return ask_for_mailed_code(request, request.path)
                return self.welcome(services.accept_invitation(waiting[request.POST["accept"]], user=self.person))
            return self._leave(request.POST.get("leave", ""))
        except Refused as refused:
            return self._answer(refused)

    def _leave(self, chosen: str) -> HttpResponseBase:
        number = row_number(chosen)
        if number is None:
            raise Http404
        try:
            left = services.leave_organisation(self.person, number)
        except Membership.DoesNotExist as error:
            raise Http404 from error
        messages.success(self.request, _("You have left %(organisation)s.") % {"organisation": left})
        return redirect("events:organisations")

    def _answer(self, refused: Refused | None = None) -> HttpResponse:
        found: dict[str, Any] = {
            "memberships": selectors.memberships_of(self.person),
            "invitations": selectors.invitations_for(self.person),
            "may_found": permissions.is_founding_open_to(self.person),
            "refused": refused,
        }
        status = refused.status if refused else 200
        return render(self.request, "events/organisations.html", found, status=status)


class Invitation(_Own):
    """By the link of the mail. Looking at the page accepts nothing; whoever it is for has to be signed in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return self._answer(self._find(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        invitation = self._find(token)
        name_at_the_desk(request.user)
        try:
            limit_by_address(request, "invite")
            return self.welcome(services.accept_invitation(invitation, user=self.person))
        except Refused as refused:
            return self._answer(invitation, refused)

    def _find(self, token: str) -> MemberInvitation:
        found = selectors.invitation_by_token(token)
        if found is None:
            raise Http404
        return found

    def _answer(self, invitation: MemberInvitation, refused: Refused | None = None) -> HttpResponse:
        is_open = MemberInvitation.objects.standing().filter(pk=invitation.pk).exists()
        is_theirs = self.person.email == invitation.email
        found = {"invitation": invitation, "is_open": is_open, "is_theirs": is_theirs, "refused": refused}
        status = refused.status if refused else 200 if is_open and is_theirs else 403 if is_open else 410
        answer = render(self.request, "events/member_invitation.html", found, status=status)
        for header, value in HEADERS.items():
            answer.headers[header] = value
        return answer
