"""Somebody of an event, as the others of it may see them."""

from django.http import Http404, HttpRequest, HttpResponse

from apps.accounts.selectors import shown_of
from apps.core.access import Access
from apps.events import permissions, selectors
from apps.events.doors import EventView


class Person(EventView):
    """Whoever is not in the event, has not come by, or was put out of it, does not exist here."""

    access = Access.ATTENDEE

    def get(self, request: HttpRequest, event: str, person: int) -> HttpResponse:
        found = selectors.person_of(self.event, person)
        if found is None:
            raise Http404
        return self.render(
            "events/person.html",
            one=shown_of(found, to=permissions.reads_people_as(self.roles)),
            roles_of_one=selectors.roles_shown(self.event, found),
            is_oneself=self.person is not None and found.pk == self.person.pk,
        )
