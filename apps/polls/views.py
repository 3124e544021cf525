"""Polls by pages and forms: a poll on a page of its own, and the answer without a script."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.access import Access
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.live import versions
from apps.polls import broadcasts, permissions, selectors, services
from apps.polls.forms import VoteForm
from apps.polls.models import Poll


class PollDoor(EventView):
    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True

    def poll(self) -> Poll:
        try:
            poll = selectors.get_poll(self.event.pk, self.kwargs["poll"])
        except Refused as refused:
            raise Http404 from refused
        if not permissions.can_see(poll):
            raise Http404
        return poll

    def page(self, poll: Poll, *, status: int = 200, **context: Any) -> HttpResponse:
        version = versions.read()
        shown = selectors.shown_poll(poll, self.person)
        topic = broadcasts.list_topic(poll)
        return self.render(
            "polls/page.html", status=status, polls=[shown], topic=topic, version=version, poll=poll, **context
        )


class PollView(PollDoor):
    def get(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        return self.page(self.poll())


class VoteView(PollDoor):
    def post(self, request: HttpRequest, event: str, poll: int) -> HttpResponse:
        found = self.poll()
        form = VoteForm(request.POST)
        if not form.is_valid():
            return self.page(found, status=400, error=next(iter(form.errors.values()))[0])
        [answer] = services.cast_votes(
            [
                services.Vote(
                    event_id=self.event.pk,
                    poll_id=found.pk,
                    user_id=self.person.pk if self.person else 0,
                    option_id=form.cleaned_data["option"],
                    revision=form.cleaned_data["revision"],
                )
            ]
        )
        if isinstance(answer, Refused):
            return self.page(found, status=answer.status, error=answer.message)
        if answer.option != form.cleaned_data["option"]:
            messages.warning(
                request, _("You answered on another device meanwhile. Send this answer again to change it.")
            )
        else:
            self.say(_("Your answer counts."))
        return redirect(onward(request, reverse("polls:poll", args=[self.event.slug, found.pk])))
