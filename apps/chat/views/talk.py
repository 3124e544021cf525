"""One message with all that can be done to it, search in a room, its files, its replay and its export."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from apps.chat import broadcasts, permissions, registry, selectors, services
from apps.chat.forms import EditForm
from apps.chat.models import Attachment, Message, Room
from apps.chat.templatetags.moderation import report_reasons
from apps.chat.views.rooms import RoomDoor, number
from apps.core import clock
from apps.core.access import Access
from apps.core.doors import csv_answer
from apps.core.errors import Refused

REPLAY_SECONDS = 15 * 60
MOST_SECONDS = 7 * 24 * 3600
AROUND = 10


class MessageDoor(RoomDoor):
    def actor(self) -> services.Actor:
        return services.Actor(self.event.pk, self.person.pk if self.person else 0, self.roles)

    def message(self, room: Room, message_id: int) -> Message:
        """One that this reader may know of: shown to everybody, their own, or any for moderators."""
        message = selectors.find_message(room, message_id)
        own = self.person is not None and message.author_id == self.person.pk
        if message.seq is None and not own and not permissions.can_moderate(self.roles):
            raise Http404
        return message

    def show(self, room: Room, message: Message, *, status: int = 200, **context: Any) -> HttpResponse:
        user_id = self.person.pk if self.person else None
        around = message.seq is not None
        page = selectors.page_of(room, around=message.seq, limit=AROUND) if around else None
        ids = [entry.id for entry in page.messages] if page else []
        is_own = user_id is not None and message.author_id == user_id
        is_young = clock.now() - message.created_at <= services.EDIT_FOR
        can_moderate = permissions.can_moderate(self.roles)
        return self.render(
            "chat/message_page.html",
            status=status,
            room=room,
            title=registry.titles_of([room])[room.pk],
            message=broadcasts.message_entry(message),
            around=page.messages if page else [broadcasts.message_entry(message)],
            marks=selectors.marks_of(ids),
            mine=selectors.own_marks(ids, user_id),
            trace=selectors.trace_of(message) if can_moderate else None,
            is_pinned=room.pinned_id == message.pk,
            can_moderate=can_moderate,
            can_remove=is_own and not can_moderate and message.removed in ("", Message.Removed.BY_REPORTS),
            can_edit=is_own and is_young and not message.removed and not message.held,
            reactions=broadcasts.REACTIONS,
            **self.sheet(message),
            **context,
        )

    def sheet(self, message: Message) -> dict[str, Any]:
        """What can be done about it: for attendees a report, for moderators everything."""
        moderates = permissions.can_moderate(self.roles)
        author = message.author
        return {
            "row": message,
            "moderates": moderates,
            "may_act": moderates and author is not None and services.may_be_barred(self.actor(), author),
            "reasons": report_reasons(),
        }


class MessageView(MessageDoor):
    """A message, what stood around it, and what can be done. With `?part=1` only the last: the page's script puts that
    into a dialog."""

    def get(self, request: HttpRequest, event: str, room: int, message: int) -> HttpResponse:
        found = self.find(room)
        row = self.message(found, message)
        if "part" not in request.GET:
            return self.show(found, row)
        title = registry.titles_of([found])[found.pk]
        return self.render("chat/moderation/sheet.html", room=found, title=title, part=True, **self.sheet(row))


class ReportView(MessageDoor):
    def post(self, request: HttpRequest, event: str, room: int, message: int) -> HttpResponse:
        found = self.find(room)
        row = self.message(found, message)
        try:
            self.spend("chat.report")
            services.report(
                self.actor(),
                room_id=found.pk,
                message_id=row.pk,
                reason=request.POST.get("reason", "")[:20],
                text=request.POST.get("text", ""),
            )
        except Refused as refused:
            if self.wants_json or refused.status == 404:
                raise
            return self.show(found, row, status=refused.status, error=refused.message)
        said = _("Thank you. The moderators look at it; nobody else learns that it was you.")
        if self.wants_json:
            return JsonResponse({"said": said, "undo": ""})
        self.say(said)
        return self.back(found)


class EditView(MessageDoor):
    def post(self, request: HttpRequest, event: str, room: int, message: int) -> HttpResponse:
        found = self.find(room)
        form = EditForm(request.POST)
        text = form.cleaned_data["text"] if form.is_valid() else ""
        try:
            self.spend("chat.edit")
            services.edit_message(self.actor(), room_id=found.pk, message_id=message, text=text)
        except Refused as refused:
            if refused.status == 404:
                raise Http404 from refused
            return self.show(
                found, self.message(found, message), status=refused.status, error=refused.message, text=text
            )
        self.say(_("The message is changed."))
        return redirect("chat:message", event=self.event.slug, room=found.pk, message=message)


class MarkView(MessageDoor):
    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        """`mark` is the message's number and the kind, a blank between; given twice, it is taken back."""
        found = self.find(room)
        self.spend("chat.mark")
        message_id, _blank, kind = request.POST.get("mark", "")[:40].partition(" ")
        pk = number(message_id) or 0
        mine = selectors.own_marks([pk], self.person.pk if self.person else None).get(str(pk), [])
        [answer] = services.mark_messages(
            [
                services.Marking(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.person.pk if self.person else 0,
                    roles=self.roles,
                    message_id=pk,
                    kind=kind,
                    on=kind not in mine,
                )
            ]
        )
        if isinstance(answer, Refused):
            raise answer
        return self.back(found)


class PinView(MessageDoor):
    access = Access.MODERATOR

    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        self.spend("chat.pin")
        pinned = services.pin_message(self.actor(), room_id=found.pk, message_id=number(request.POST.get("message")))
        self.say(_("The message is pinned.") if pinned.message else _("Nothing is pinned any more."))
        return self.back(found)


class ReadView(MessageDoor):
    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        self.spend("chat.read")
        services.mark_read(
            [
                services.HasRead(
                    event_id=self.event.pk,
                    room_id=found.pk,
                    user_id=self.person.pk if self.person else 0,
                    roles=self.roles,
                    seq=number(request.POST.get("seq")) or 2**53 - 1,
                )
            ]
        )
        return redirect("chat:places", event=self.event.slug)


class SearchView(RoomDoor):
    def get(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        words = request.GET.get("q", "")[:100]
        page = selectors.search(found, words, before=number(request.GET.get("before")))
        ids = [message.id for message in page.messages]
        return self.render(
            "chat/search.html",
            room=found,
            title=registry.titles_of([found])[found.pk],
            words=words,
            found=page.messages,
            marks=selectors.marks_of(ids),
            mine={},
            next_before=page.messages[-1].seq if page.earlier else None,
        )


class FileView(RoomDoor):
    """A file of a message: S3's own signed address, or its bytes where files lie on this machine."""

    def get(self, request: HttpRequest, event: str, room: int, key: str) -> HttpResponseBase:
        found = self.find(room)
        file = selectors.find_file(found, key)
        if file is None or not permissions.can_open(file, self.person.pk if self.person else None, self.roles):
            raise Http404
        name = str(file.preview.name if file.preview and "preview" in request.GET else file.file.name)
        if not _is_local():
            return redirect(self.address(file, name))
        return self.send(file, name)

    @staticmethod
    def address(file: Attachment, name: str) -> str:
        """Signed for a while. S3 says what we would: a document is saved under its name, a picture is shown."""
        is_pdf = file.kind == Attachment.Kind.PDF
        storage: Any = default_storage
        answered = {
            "ResponseContentType": "application/pdf" if is_pdf else "image/webp",
            "ResponseContentDisposition": content_disposition_header(is_pdf, file.name) or "inline",
        }
        # In front of the bucket CloudFront answers with what stands on the file itself.
        address: str = storage.url(name, parameters=None if storage.custom_domain else answered)
        return address

    def send(self, file: Attachment, name: str) -> HttpResponseBase:
        is_pdf = file.kind == Attachment.Kind.PDF
        try:
            response = FileResponse(
                default_storage.open(name), content_type="application/pdf" if is_pdf else "image/webp"
            )
        except FileNotFoundError as error:
            raise Http404 from error
        response["Content-Disposition"] = content_disposition_header(is_pdf, file.name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        # Whatever a document holds, it runs nothing here.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
        patch_cache_control(response, private=True, max_age=60 * 60)
        return response


def _is_local() -> bool:
    return hasattr(default_storage, "location") and not hasattr(default_storage, "bucket_name")


class ReplayView(RoomDoor):
    """What was said, on the recording's clock, a quarter of an hour a page; a lively one is cut behind the last message
    that a page holds."""

    def get(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        try:
            start = selectors.recorded_from(found)
        except Refused as refused:
            raise Http404 from refused
        begin = min(number(request.GET.get("from")) or 0, MOST_SECONDS)
        end = begin + REPLAY_SECONDS
        past = number(request.GET.get("past"))
        page = selectors.between(found, start, begin=begin, end=end, past=past)
        rows = [(max(0, int((message.at - start).total_seconds())), message) for message in page.messages]
        if page.later:
            after = f"?from={begin}&past={page.messages[-1].id}"
        else:
            after = f"?from={end}" if selectors.goes_on(found, start, end=end) else ""
        return self.render(
            "chat/replay.html",
            room=found,
            title=registry.titles_of([found])[found.pk],
            rows=[(f"{at // 60}:{at % 60:02d}", message) for at, message in rows],
            begin=(rows[0][0] if past and rows else begin) // 60,
            end=rows[-1][0] // 60 + 1 if page.later else end // 60,
            before=begin if past else max(0, begin - REPLAY_SECONDS) if begin else None,
            after=after,
        )


class ExportView(RoomDoor):
    """Everything that was said in a room, for staff, sent as it is read."""

    access = Access.MODERATOR

    def get(self, request: HttpRequest, event: str, room: int, kind: str) -> HttpResponseBase:
        found = self.find(room)
        rows, name = selectors.everything_said(found), f"{self.event.slug}-chat-{found.pk}"
        if kind == "csv":
            return csv_answer(_table(rows), name=name)
        headers = {"Content-Disposition": f'attachment; filename="{name}.json"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(_json(rows), content_type="application/json", headers=headers)


COLUMNS = (
    *("id", "number", "at", "author", "role", "text"),
    *("reply_to", "edited_at", "removed", "held", "reactions", "files"),
)


def _record(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "number": message.seq,
        "at": message.created_at.isoformat(),
        "author": message.author.name if message.author else "",
        "role": message.author_role,
        "text": message.text,
        "reply_to": message.reply_to_id,
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "removed": message.removed,
        "held": message.held,
        "reactions": message.marks,
        "files": [file["name"] for file in message.extras.get("files", ())],
    }


def _table(rows: Iterator[Message]) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for message in rows:
        record = _record(message)
        sums = ", ".join(f"{kind} {count}" for kind, count in record["reactions"].items())
        record |= {"reactions": sums, "files": ", ".join(record["files"])}
        yield tuple("" if value is None else value for value in record.values())


def _json(rows: Iterator[Message]) -> Iterator[str]:
    yield "[\n"
    for message, comma in zip(rows, itertools.chain([""], itertools.repeat(",\n")), strict=False):
        yield comma + json.dumps(_record(message), ensure_ascii=False)
    yield "\n]\n"
