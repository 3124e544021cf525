"""Whom the owners of an organisation asked to join it, at the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.doors import limit_by_address
from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors import ComesByFile, Desk, OrganisationScopedAdmin, OwnersAlone, TellsRefusals, bulk, columns
from apps.events.forms import MemberInvitationForm, MemberLine
from apps.events.models import MemberInvitation, Organisation

AT_ONCE = 50


@admin.register(MemberInvitation)
class MemberInvitationAdmin(ComesByFile, OwnersAlone, TellsRefusals, OrganisationScopedAdmin):
    event_path = "organisation__events"
    desk = Desk.EVENTS
    desk_position = 22
    icon = "group_add"
    when_empty = _("Ask somebody by their address. They say yes themselves, and sign in with a second step.")
    add_words = _("Invite a member")
    may_change = may_delete = False
    form = MemberInvitationForm
    list_display = ("email", "organisation", "role", "state_now", "sent_at", "expires_at", "by")
    list_filter = ("organisation", "role")
    list_select_related = ("organisation", "by")
    search_fields = ("email",)
    actions = ("send_again", "revoke")
    asks_first = frozenset({"send_again", "revoke"})
    line = MemberLine
    table = columns(
        organisation="organisation__slug", email="email", role="role", sent="sent_at", expires="expires_at",
        by="by__email",
    )  # fmt: skip

    def owners(self, request: HttpRequest) -> tuple[Any, QuerySet[Any]]:
        user: Any = request.user
        return _("Organisation"), selectors.owned_organisations(user)

    def keep_lines(self, owner: Organisation, rows: Any, *, by: Any) -> int:
        return services.bring_members(owner, rows, by=by)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        asked = ["organisation", "email", "role"]
        return [*asked, "state_now", "by", "created_at", "sent_at", "expires_at"] if obj else asked

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj) if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[MemberInvitation]:
        found: QuerySet[MemberInvitation] = super().get_queryset(request)
        return found.annotate(stands=Exists(MemberInvitation.objects.standing().filter(pk=OuterRef("pk"))))

    @admin.display(description=_("state"))
    def state_now(self, invitation: MemberInvitation) -> str:
        """Not open where its link opens nothing, since who asked may not ask any more."""
        stands = getattr(invitation, "stands", True)
        return str(invitation.state if stands or not invitation.is_open else _("Over until it is mailed again"))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id is None and request.method == "POST":
            limit_by_address(request, "invite")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def file_view(self, request: HttpRequest) -> HttpResponse:
        try:
            limit_by_address(request, "invite")
        except Refused as refused:
            messages.error(request, refused.message)
            request.method = "GET"
        return super().file_view(request)

    def after_refusal(self, request: HttpRequest) -> HttpResponse:
        """The form again: the service refuses what it cannot know, so that two at once are settled too."""
        request.method = "GET"
        return self.changeform_view(request)

    def save_model(self, request: HttpRequest, obj: MemberInvitation, form: Any, change: bool) -> None:
        by = request.user if isinstance(request.user, User) else None
        made = services.invite_member(obj.organisation, email=obj.email, role=obj.role, by=by)
        obj.pk, obj.expires_at = made.pk, made.expires_at

    @admin.action(description=_("Mail the invitation again"), permissions=["add"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[MemberInvitation]) -> None:
        by: Any = request.user
        asked = _first(request, chosen)
        sent = bulk.each(request, asked, lambda one: services.invite_again(one, by=by), name=lambda one: one.email)
        text = ngettext("One is on its way again.", "%(count)s are on their way again.", len(sent))
        messages.success(request, text % {"count": len(sent)})

    @admin.action(description=_("Revoke the invitation"), permissions=["add"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[MemberInvitation]) -> None:
        revoked = bulk.each(request, _first(request, chosen), services.revoke_invitation, name=lambda one: one.email)
        count = sum(revoked)
        text = ngettext("One is revoked. Its link opens nothing.", "%(count)s are revoked.", count)
        messages.success(request, text % {"count": count})


def _first(request: HttpRequest, chosen: QuerySet[MemberInvitation]) -> list[MemberInvitation]:
    return bulk.first(request, chosen.select_related("organisation", "by"), most=AT_ONCE)
