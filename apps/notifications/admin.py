"""Mails at the desk: what left, what waits, what was given up. Their texts hold people's links and are not shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.events.doors import Desk, OrganisationScopedAdmin
from apps.notifications import services
from apps.notifications.models import OwedMail


@admin.register(OwedMail)
class OwedMailAdmin(OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 40
    icon = "mail"
    when_empty = _("What the event mails to people stands here, and whether it left.")
    may_add = may_change = may_delete = False
    list_display = ("to", "subject", "kind", "state_label", "created_at", "sent_at")
    list_filter = ("event", "state", "kind")
    search_fields = ("to", "subject")
    date_hierarchy = "created_at"
    fields = ("event", "to", "subject", "kind", "state", "attempts", "error", "created_at", "due_at", "sent_at")
    actions = ("try_again",)

    @display(description=_("state"), ordering="state", label={"sent": "success", "owed": "info", "failed": "danger"})  # type: ignore[untyped-decorator]
    def state_label(self, mail: OwedMail) -> tuple[str, str]:
        return mail.state, mail.get_state_display()

    @admin.action(description=_("Send what was given up"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[OwedMail]) -> None:
        for mail in chosen.filter(state=OwedMail.State.FAILED)[:500]:
            services.try_again(mail)
