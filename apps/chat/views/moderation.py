"""Keeping order by pages and forms: the queue, people, rooms, words, everything that was said, and the record."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.chat import broadcasts, registry, selectors, services
from apps.chat.forms import LogFilter, MessagesFilter, RoomRulesForm, WordsForm
from apps.chat.models import Act, Room
from apps.chat.templatetags import moderation as words
from apps.chat.views.rooms import number
from apps.core import clock
from apps.core.access import Access
from apps.core.doors import csv_answer, onward
from apps.core.errors import Refused
from apps.events.doors import EventView
from apps.events.doors.paced import Paced
from apps.live import versions

PAGE = 50
MOST_CHOSEN = 100


class ModerationDoor(Paced, EventView):
    """What these doors share: for moderators of this event; to everybody else from outside they do not exist."""

    access = Access.MODERATOR
    place = "control"
    tab = ""

    def turn_away(self) -> HttpResponse:
        if self.person is not None and not self.roles:
            raise Http404
        return super().turn_away()

    @property
    def actor(self) -> services.Actor:
        return services.Actor(self.event.pk, self.person.pk if self.person else None, self.roles)

    def chosen(self) -> list[int]:
        found = [number(value) for value in self.request.POST.getlist("messages")[: MOST_CHOSEN + 1]]
        return [value for value in found if value]

    def done(self, said: str, act: Act | None, back: str) -> HttpResponse:
        """What was done, in words; a script gets them with the way to take it back."""
        if self.wants_json:
            undo = reverse("chat:undo", args=[self.event.slug, act.pk]) if act else ""
            return JsonResponse({"said": said, "undo": undo})
        self.say(said)
        return redirect(onward(self.request, back))

    def render_tab(self, template: str, **context: Any) -> HttpResponse:
        found = selectors.queue(self.event.pk)
        return self.render(template, tab=self.tab, queue=found, topic=broadcasts.MODERATION, **context)

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"chat:{name}", args=[self.event.slug, *args])

    def paged(self, rows: Any) -> Any:
        return Paginator(rows, PAGE).get_page(self.request.GET.get("page"))


class QueueView(ModerationDoor):
    """What waits, and what was reported: the longest waiting first, so that nothing moves what is being read."""

    tab = "queue"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        version = versions.read()
        rows = list(selectors.waiting(self.event.pk)[: selectors.QUEUE])
        reported = selectors.reported(self.event.pk)
        rooms = [row.room for row in rows] + [line.message.room for line in reported]
        return self.render_tab(
            "chat/moderation/queue.html",
            version=version,
            rows=rows,
            reported=reported,
            titles=registry.titles_of({room.pk: room for room in rooms}.values()),
            hits=services.words_in(self.event.pk, rows),
        )


class DecideView(ModerationDoor):
    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        self.spend("chat.decide")
        approve = request.POST.get("do") == "approve"
        act = services.decide(self.actor, messages=self.chosen(), approve=approve)
        return self.done(words.decided_said(act), act, self.url("moderation"))


class SettleView(ModerationDoor):
    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        self.spend("chat.settle")
        remove = request.POST.get("do") == "remove"
        act = services.handle_reports(self.actor, messages=self.chosen(), remove=remove)
        said = _("Removed for everybody.") if remove else _("Nothing wrong with it: it stays.")
        return self.done(said, act, self.url("moderation"))


class RemoveManyView(ModerationDoor):
    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        self.spend("chat.remove_many")
        act = services.remove_messages(self.actor, messages=self.chosen())
        count = len(act.detail["messages"])
        said = ngettext("%(count)s message is removed.", "%(count)s messages are removed.", count) % {"count": count}
        return self.done(said, act, self.url("everything"))


class EverythingView(ModerationDoor):
    """Everything that was said, shown or not."""

    tab = "everything"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        form = MessagesFilter(request.GET)
        wanted = form.cleaned_data if form.is_valid() else {}
        rows = selectors.everything(
            self.event.pk,
            room=wanted.get("room"),
            person=wanted.get("person"),
            state=wanted.get("state") or "all",
            text=wanted.get("q", ""),
        )
        page = self.paged(rows)
        titles = registry.titles_of({row.room_id: row.room for row in page}.values())
        return self.render_tab("chat/moderation/everything.html", form=form, page=page, titles=titles)


class PeopleView(ModerationDoor):
    tab = "people"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.render_tab("chat/moderation/people.html", barred=selectors.barred(self.event.pk))


class PersonView(ModerationDoor):
    """One person: what stands against them, what they said last, and what can be done."""

    tab = "people"

    def get(self, request: HttpRequest, event: str, person: int) -> HttpResponse:
        found = selectors.person_of(self.event.pk, person)
        if found is None:
            raise Http404
        rows = list(selectors.everything(self.event.pk, person=found.pk)[:20])
        return self.render_tab(
            "chat/moderation/person.html",
            one=found,
            may_act=services.may_be_barred(self.actor, found),
            standing=selectors.standing_of(self.event.pk, found),
            rows=rows,
            titles=registry.titles_of({row.room_id: row.room for row in rows}.values()),
            acts=selectors.acts(self.event.pk, person=found.pk)[:20],
        )

    def post(self, request: HttpRequest, event: str, person: int) -> HttpResponse:
        if selectors.person_of(self.event.pk, person) is None:
            raise Http404
        verb, _colon, which = request.POST.get("do", "").partition(":")
        reason = request.POST.get("reason", "")[:300]
        if verb == "purge":
            self.spend("chat.purge")
            act = services.purge(self.actor, person_id=person)
        elif verb == "lift":
            self.spend("chat.lift")
            act = services.lift(self.actor, person_id=person, kind=which)
        else:
            self.spend("chat.bar")
            minutes = number(which)
            act = services.bar(self.actor, person_id=person, kind=verb, minutes=minutes, reason=reason)
        return self.done(words.act_said(act), act, self.url("person", person))


class RoomsView(ModerationDoor):
    tab = "rooms"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.render_tab("chat/moderation/rooms.html", rooms=selectors.busy_rooms(self.event.pk))


class RoomRulesView(ModerationDoor):
    tab = "rooms"

    def find(self, room: int) -> Room:
        found = Room.objects.filter(event=self.event, pk=room).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        return self.form_page(found, RoomRulesForm(instance=found))

    def form_page(self, room: Room, form: RoomRulesForm, status: int = 200) -> HttpResponse:
        title = registry.titles_of([room])[room.pk]
        return self.render_tab("chat/moderation/room.html", room=room, title=title, form=form, status=status)

    def post(self, request: HttpRequest, event: str, room: int) -> HttpResponse:
        found = self.find(room)
        form = RoomRulesForm(request.POST, instance=found)
        if not form.is_valid():
            return self.form_page(found, form, status=422)
        self.spend("chat.rules")
        act = services.set_rules(found, user_id=self.actor.user_id, **form.cleaned_data)
        return self.done(_("The rules of this conversation are changed."), act, self.url("room_rules", room))


class WordsView(ModerationDoor):
    tab = "words"

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        return self.page(WordsForm(initial={"language": self.event.default_language}))

    def page(self, form: WordsForm, status: int = 200) -> HttpResponse:
        page = self.paged(selectors.words(self.event.pk))
        return self.render_tab("chat/moderation/words.html", form=form, page=page, status=status)

    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        form = WordsForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            self.spend("chat.rules")
            done = services.add_words(self.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, str(refused.message))
            return self.page(form, status=422)
        return self.done(words.import_said(done), None, self.url("words"))


class RemoveWordsView(ModerationDoor):
    def post(self, request: HttpRequest, event: str) -> HttpResponse:
        self.spend("chat.rules")
        asked = [number(value) for value in request.POST.getlist("words")[:500]]
        count = services.remove_words(self.actor, words=[value for value in asked if value])
        said = ngettext("%(count)s word is out of the list.", "%(count)s words are out of the list.", count)
        return self.done(said % {"count": count}, None, self.url("words"))


class LogView(ModerationDoor):
    """The record: who did what, when, to whom."""

    tab = "log"

    def rows(self) -> tuple[LogFilter, Any]:
        form = LogFilter(self.request.GET, moderators=selectors.moderators(self.event.pk))
        wanted = form.cleaned_data if form.is_valid() else {}
        by = wanted.get("by")
        person = number(self.request.GET.get("person"))
        rows = selectors.acts(self.event.pk, kind=wanted.get("kind", ""), by=by.pk if by else None, person=person)
        return form, rows

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        form, rows = self.rows()
        page = self.paged(rows)
        rooms = {act.room_id: act.room for act in page if act.room is not None}
        titles = registry.titles_of(rooms.values())
        return self.render_tab("chat/moderation/log.html", form=form, page=page, titles=titles)


class LogCsvView(LogView):
    def get(self, request: HttpRequest, event: str) -> Any:
        _form, rows = self.rows()
        name = f"moderation-{self.event.slug}-{clock.now():%Y-%m-%d}"
        return csv_answer(words.log_rows(rows), name=name)


class UndoView(ModerationDoor):
    def post(self, request: HttpRequest, event: str, act: int) -> HttpResponse:
        self.spend("chat.undo")
        undone = services.undo(self.actor, act_id=act)
        return self.done(words.restored_said(undone), None, self.url("log"))
