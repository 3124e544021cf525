"""Mails at the desk: what left, what waits, what was given up. Their texts hold people's links and are not shown."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core.errors import Refused
from apps.core.words import Number
from apps.events.doors import Desk, OrganisationScopedAdmin, bulk, columns
from apps.notifications import services
from apps.notifications.models import OwedMail

LABELS = {"sent": "success", "owed": "info", "failed": "danger", "refused": "danger"}


@admin.register(OwedMail)
class OwedMailAdmin(OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 40
    icon = "mail"
    when_empty = _("What the event mails to people stands here, and whether it left.")
    writes_event = False
    may_add = may_change = may_delete = False
    list_display = ("to", "subject", "kind", "state_label", "created_at", "sent_at")
    table = columns(
        event="event__slug", to="to", subject="subject", kind="kind", state="state", tries="attempts",
        error="error", written="created_at", sent="sent_at", delivered="delivered_at",
    )  # fmt: skip
    list_filter = ("event", "state", "kind")
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"
    fields = (
        "event", "to", "subject", "kind", "state", "attempts", "bounces", "error", "created_at", "due_at", "sent_at",
        "delivered_at",
    )  # fmt: skip
    actions = ("try_again", "lift_suppression")
    asks_first = frozenset({"try_again", "lift_suppression"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[OwedMail]:
        """Without their texts, which are long and which nobody is shown."""
        found: QuerySet[OwedMail] = super().get_queryset(request)
        return found.defer("text", "html", "facts", "attachments")

    @display(description=_("state"), ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def state_label(self, mail: OwedMail) -> tuple[str, str]:
        return mail.state, mail.get_state_display()

    @admin.action(description=_("Send what was given up"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[OwedMail]) -> None:
        again, _left = self._owe(request, chosen.filter(state=OwedMail.State.FAILED))
        if again:
            text = ngettext("One mail is on its way again.", "%(count)s mails are on their way again.", again)
            messages.success(request, text % {"count": Number(again)})
        else:
            messages.warning(request, _("None of these was given up and can still be sent."))

    @admin.action(description=_("The address is right: send to it again"))
    def lift_suppression(self, request: HttpRequest, chosen: QuerySet[OwedMail]) -> None:
        """What was refused goes out again. Who called us spam is for those who run the platform to ask."""
        refused = chosen.filter(state=OwedMail.State.REFUSED)
        lifted, kept = self._owe(request, refused, address_is_right=True)
        if lifted:
            text = _("Mail goes to these addresses again. Where a text was forgotten, send the link anew: %(count)s.")
            messages.success(request, text % {"count": Number(lifted)})
        if not lifted and not kept:
            messages.warning(request, _("None of these addresses is refused."))
        if kept:
            text = _("Marked as spam, so we do not write again: %(count)s.")
            messages.warning(request, text % {"count": Number(kept)})

    def _owe(
        self, request: HttpRequest, chosen: QuerySet[OwedMail], *, address_is_right: bool = False
    ) -> tuple[int, int]:
        """Of how many that was possible, and of how many not."""
        by: Any = request.user
        done = left = 0
        for mail in bulk.first(request, chosen):
            try:
                services.owe_after_all(mail, by=by, address_is_right=address_is_right)
                done += 1
            except Refused:
                left += 1
        return done, left
