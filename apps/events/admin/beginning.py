"""The first step of a new event at the desk: what kind it is, and with which settings its form then begins."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.kinds import PLANS
from apps.events.models import Event

AHEAD = timedelta(weeks=4)


class KindStep:
    """Beside `EventAdmin`, whose form is the second step."""

    admin_site: Any

    def kinds_view(self, request: HttpRequest) -> HttpResponse:
        address = reverse("admin:events_event_add")
        names = dict(Event.Kind.choices)
        kinds = [{"name": names[kind], "plan": plan, "url": f"{address}?kind={kind}"} for kind, plan in PLANS.items()]
        context = {**self.admin_site.each_context(request), "title": _("New event"), "kinds": kinds}
        return TemplateResponse(request, "admin/events/event/kinds.html", context)

    @staticmethod
    def beginning_of(kind: str) -> dict[str, Any]:
        """What the form begins with; nothing for what is no kind. The hours are those of the zone in which the form is
        written, and so will be meant in whichever zone is chosen in it."""
        plan = PLANS.get(kind)
        if plan is None:
            return {}
        day = (timezone.localtime(clock.now()) + AHEAD).date()
        begins = datetime.combine(day, time(plan.opens_at), timezone.get_current_timezone())
        return {"kind": kind, **plan.fields, "starts_at": begins, "ends_at": begins + plan.lasts}
