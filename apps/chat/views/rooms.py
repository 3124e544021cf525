"""Chat by pages and forms: a room of its own, its history, and what people do there without a script."""

from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.chat import registry, selectors, services
from apps.chat.doors import RATES
from apps.chat.forms import MOST_CHARS, MessageForm
from apps.chat.models import Room
from apps.core.access import Access
from apps.core.doors import onward
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced

MOST_DIGITS = 15


def number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= MOST_DIGITS else None


class RoomDoor(Paced, EventView):
    """What these doors share: the room that the address names, for somebody who may read it."""

    access = Access.ATTENDEE
    place = "lobby"
    reads_primary: ClassVar[bool] = True

    def room(self) -> Room:
        return self.find(self.kwargs["room"])

    def find(self, room_id: int) -> Room:
        try:
            return selectors.get_room(
                self.event.pk, room_id, user_id=self.person.pk if self.person else None, roles=self.roles
            )
        except Refused as refused:
            raise Http404 from refused

    def page(self, room: Room, *, status: int = 200, **context: Any) -> HttpResponse:
        before = number(self.request.GET.get("before"))
        older = selectors.page_of(room, before=before) if before else selectors.Page([], False, False)
        return self.render(
            "chat/page.html",
            status=status,
            room=room,
            title=registry.titles_of([room])[room.pk],
            place_address=self.place_of(room),
            snapshot=selectors.room_snapshot(room),
            older=older.messages,
            older_from=older.messages[0].seq if older.earlier else None,
            before=before,
            replying=number(self.request.GET.get("reply")),
            **context,
        )

    @staticmethod
    def place_of(room: Room) -> str:
        """Where the place itself is, if it has a page."""
        address = registry.kind_of(room).address
        return address(room) if address else ""

    def back(self, room: Room) -> HttpResponse:
        return redirect(
            onward(self.request, self.place_of(room) or reverse("chat:room", args=[self.event.slug, room.pk]))
        )


class RoomView(RoomDoor):
    def get(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        return self.page(self.find(room))


class SendView(RoomDoor):
    """A refused message comes back with its words, and with the files that were taken in; what was not, it says."""

    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        form = MessageForm(request.POST, request.FILES)
        files = [services.Wanted(key) for key in form.kept]
        if not form.is_valid():
            return self.again(found, form, files, str(next(iter(form.errors.values()))[0]))
        try:
            self.spend("chat.send", place=found.pk)
            for file in form.cleaned_data["file"]:
                files.append(self.attached(found, file, form.cleaned_data["alt"]))  # noqa: PERF401 - the next may fail
        except Refused as refused:
            return self.again(found, form, files, str(refused.message), status=refused.status)
        [answer] = services.send_messages(
            [
                services.Saying(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.person.pk if self.person else 0,
                    roles=self.roles,
                    text=form.cleaned_data["text"],
                    reply_to=form.cleaned_data["reply_to"],
                    command_id=form.cleaned_data["command_id"] or None,
                    files=tuple(files),
                )
            ]
        )
        if isinstance(answer, Refused):
            return self.again(found, form, files, str(answer.message), status=answer.status)
        return self.back(found)

    def attached(self, room: Room, file: "UploadedFile[Any]", alt: str) -> services.Wanted:
        if self.person is None:
            raise Http404
        self.spend_at(RATES["chat.attach"], "chat.attach")
        row = services.attach(room, user=self.person, roles=self.roles, name=file.name or "", file=file)
        return services.Wanted(row.key, alt)

    def again(
        self, room: Room, form: MessageForm, files: list[services.Wanted], error: str, *, status: int = 400
    ) -> HttpResponse:
        kept = selectors.unsent_files(room, self.person, [file.key for file in files])
        if len(kept) < len(form.kept) + len(self.request.FILES.getlist("file")):
            error = f"{error} {_('Choose the file again: a browser does not keep it.')}"
        return self.page(room, status=status, error=error, text=form.data.get("text", "")[:MOST_CHARS], kept=kept)


class RemoveView(RoomDoor):
    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        self.spend("chat.remove")
        services.remove_message(
            event_id=self.event.pk,
            room_id=found.pk,
            message_id=number(request.POST.get("message")) or 0,
            user_id=self.person.pk if self.person else 0,
            roles=self.roles,
        )
        self.say(_("The message is removed."))
        return self.back(found)


class ReactView(RoomDoor):
    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        self.spend("chat.react")
        [answer] = services.react(
            [
                services.Reacting(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.person.pk if self.person else 0,
                    roles=self.roles,
                    kind=request.POST.get("kind", "")[:20],
                )
            ]
        )
        if isinstance(answer, Refused):
            raise answer
        return self.back(found)


class RulesView(RoomDoor):
    access = Access.MODERATOR

    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        self.spend("chat.rules")
        slow = min(number(request.POST.get("slow")) or 0, services.MOST_SLOW_SECONDS)
        services.set_rules(
            found,
            is_open=request.POST.get("open") == "yes",
            slow_seconds=slow,
            user_id=self.person.pk if self.person else None,
        )
        self.say(_("The rules of this conversation are changed."))
        return self.back(found)
