"""The conversations that somebody takes part in, and closed groups."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import shown_of
from apps.chat import permissions, selectors, services
from apps.chat.doors import RATES
from apps.chat.forms import GroupForm, PeopleForm
from apps.chat.models import Group, Room
from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import versions


class PlacesDoor(Paced, EventView):
    access = Access.ATTENDEE
    place = "chat"

    @property
    def user(self) -> User:
        assert self.person is not None  # noqa: S101 - attendees are signed in
        return self.person

    def list(self, *, status: int = 200, **context: Any) -> HttpResponse:
        version = versions.read()
        return self.render(
            "chat/places.html",
            status=status,
            version=version,
            places=selectors.places(self.event, self.user, self.roles),
            invitations=selectors.invitations(self.event, self.user),
            mentions=selectors.mentions(self.event.pk, self.user.pk),
            **context,
        )

    def group(self, pk: int) -> Group:
        try:
            return selectors.get_group(self.event, pk, self.user.pk)
        except Refused as refused:
            raise Http404 from refused

    def to_room(self, group: Group) -> HttpResponse:
        room = Room.objects.get(event=self.event, owner=f"group/{group.pk}")
        return redirect("chat:room", event=self.event.slug, room=room.pk)


class PlacesView(PlacesDoor):
    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.list()


class CreateGroupView(PlacesDoor):
    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        form = GroupForm(request.POST)
        name = form.cleaned_data["name"] if form.is_valid() else request.POST.get("name", "")[:200]
        try:
            self.spend_at(RATES["chat.make_group"], "chat.make_group")
            group = services.create_group(self.event, name=name, by=self.user)
        except Refused as refused:
            return self.list(status=refused.status, error=refused.message, name=name)
        return redirect(reverse("chat:group", args=[self.event.slug, group.pk]))


class GroupView(PlacesDoor):
    """Who is in a group, and whom to ask into it: `q` is how a name begins."""

    def get(self, request: HttpRequest, event: str, group: int) -> HttpResponse:
        return self.show(self.group(group))

    def show(self, group: Group, *, status: int = 200, **context: Any) -> HttpResponse:
        members = selectors.members_of(group)
        words = self.request.GET.get("q", "")[:60]
        there = [member.user_id for member in members]
        mine = next((member for member in members if member.user_id == self.user.pk), None)
        return self.render(
            "chat/group.html",
            status=status,
            group=group,
            room=Room.objects.filter(event=self.event, owner=f"group/{group.pk}").first(),
            members=members,
            invitation=mine if mine and not mine.joined_at else None,
            is_member=bool(mine and mine.joined_at),
            can_put_out=group.made_by_id == self.user.pk or permissions.can_moderate(self.roles),
            words=words,
            found=[shown_of(other, to=Reader.PEOPLE) for other in self.called(words, but=there)],
            **context,
        )

    def called(self, words: str, *, but: list[int]) -> list[User]:
        return selectors.find_people(selectors.people_of_event(self.event), words, but=but) if words else []


class InviteView(GroupView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, group: int) -> HttpResponse:
        found = self.group(group)
        form = PeopleForm(request.POST)
        people = form.cleaned_data["people"] if form.is_valid() else []
        try:
            self.spend_at(RATES["chat.invite"], "chat.invite")
            count = services.invite(found, people=people, by=self.user)
        except Refused as refused:
            return self.show(found, status=refused.status, error=refused.message)
        if count < len(people):
            self.say(_("Who is asked already is not asked twice, nor who said no a short while ago."))
        return redirect("chat:group", event=event, group=group)


class AnswerView(PlacesDoor):
    def post(self, request: HttpRequest, event: str, group: int) -> HttpResponse:
        found = self.group(group)
        accept = request.POST.get("answer") == "yes"
        self.spend_at(RATES["chat.answer"], "chat.answer")
        services.answer_invitation(found, user=self.user, accept=accept)
        return self.to_room(found) if accept else redirect("chat:places", event=event)


class LeaveView(PlacesDoor):
    def post(self, request: HttpRequest, event: str, group: int) -> HttpResponse:
        found = self.group(group)
        person = request.POST.get("person", "")
        person_id = int(person) if person.isdecimal() and len(person) < 16 else self.user.pk
        self.spend_at(RATES["chat.leave"], "chat.leave")
        services.leave_group(found, person_id=person_id, by=self.user, roles=self.roles)
        if person_id == self.user.pk:
            return redirect("chat:places", event=event)
        return redirect("chat:group", event=event, group=group)
