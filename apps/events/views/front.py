"""The front page: public events, and one's own."""

from typing import Any

from django.views.generic import TemplateView

from apps.core.access import Access
from apps.events import permissions, selectors
from apps.events.doors.linked import opened_by_links


class Front(TemplateView):
    access = Access.ANYONE
    template_name = "events/front.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        within = opened_by_links(self.request)
        mine = selectors.events_of_person(user, within=within)
        return context | {
            "mine": mine,
            "listed": selectors.events_listed(),
            "may_use_desk": permissions.can_use_desk(user) or permissions.lacks_second_factor(user),
            "may_organise": within is None,
        }
