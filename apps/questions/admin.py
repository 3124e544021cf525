"""Questions at the organisers' desk: what waits first, each with what can be done; and the rules of sessions."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, bulk, columns
from apps.questions import broadcasts, forms, selectors, services
from apps.questions.models import Board, Question


@admin.register(Question)
class QuestionAdmin(OrganisationScopedAdmin):
    """The queue. Words are the askers' own: they are shown, let through or dismissed, never rewritten."""

    event_path = "board__event"
    desk = Desk.LIVE
    desk_position = 14
    icon = "live_help"
    may_add = False
    may_delete = False
    when_empty = _("What people ask in sessions stands here; what waits for a look comes first.")
    list_display = ("text", "session", "state_word", "votes", "asked_by", "created_at", "run")
    list_filter = ("board__event", "state", "board__session")
    list_select_related = ("board__session__event", "board__event", "author")
    search_fields = ("text", "reply")
    fields = ("text", "session", "state_word", "votes", "asked_by", "created_at", "tags", "reply", "run")
    form = forms.DeskForm
    readonly_fields = ("text", "session", "state_word", "votes", "asked_by", "created_at", "run")
    records_itself = True
    actions = ("let_through", "put_on_list", "answer", "put_off", "dismiss")
    table = staticmethod(selectors.table_of)
    asks_first = frozenset({"let_through"})
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {
        name: ("put_on_list", Q(state=Question.State.NEW)) for name in ("answer", "put_off", "dismiss")
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        waiting = Case(When(state=Question.State.HELD, then=Value(0)), default=Value(1))
        questions: QuerySet[Question] = super().get_queryset(request)
        return questions.exclude(state=Question.State.WITHDRAWN).order_by(waiting, "-created_at", "-pk")

    @admin.display(description=_("session"), ordering="board__session")
    def session(self, question: Question) -> str:
        return str(question.board)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, question: Question) -> str:
        return question.get_state_display()

    @admin.display(description=_("asked by"))
    def asked_by(self, question: Question) -> str:
        return broadcasts.name_of(question) or str(_("Without a name") if question.is_anonymous else "")

    @admin.display(description=_("session’s questions"))
    def run(self, question: Question) -> SafeString | str:
        session = question.board.session
        if session is None:
            return ""
        address = reverse("questions:desk", args=[session.event.slug, session.slug])
        return format_html(
            '<a class="font-medium text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, _("Run them")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        settled = obj is not None and obj.state == Question.State.MERGED
        return [*super().get_readonly_fields(request, obj), *(("tags", "reply") if settled else ())]

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        user: Any = request.user
        try:
            if "tags" in form.changed_data:
                services.tag_question(obj, tags=obj.tags)
            if "reply" in form.changed_data:
                services.reply_to_question(obj, text=obj.reply, by=user)
        except Refused as refused:  # Somebody joined it with another one in the meantime.
            self.message_user(request, str(refused.message), messages.ERROR)

    @admin.action(description=_("Let through"))
    def let_through(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        self._move(request, queryset.filter(state=Question.State.HELD), Question.State.NEW)

    @admin.action(description=_("Back to the list"))
    def put_on_list(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        self._move(request, queryset.exclude(state=Question.State.HELD), Question.State.NEW)

    @admin.action(description=_("Answered"))
    def answer(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        self._move(request, queryset, Question.State.ANSWERED)

    @admin.action(description=_("For later"))
    def put_off(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        self._move(request, queryset, Question.State.LATER)

    @admin.action(description=_("Dismiss"))
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        self._move(request, queryset, Question.State.DISMISSED)

    def _move(self, request: HttpRequest, queryset: QuerySet[Question], to: str) -> None:
        done = self._each(request, queryset, lambda question: services.move_question(question, to=to))
        said = ngettext("%(count)s question is moved.", "%(count)s questions are moved.", done) % {"count": done}
        self.message_user(request, said, messages.SUCCESS if done else messages.WARNING)

    def _each(self, request: HttpRequest, queryset: QuerySet[Question], act: Callable[[Question], Any]) -> int:
        done = 0
        for question in bulk.first(request, queryset.select_related("board")):
            try:
                act(question)
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
            else:
                done += 1
        return done


@admin.register(Board)
class BoardAdmin(OrganisationScopedAdmin):
    """The rules of sessions; those without a session hold for all of the event, and are set here only."""

    desk = Desk.LIVE
    desk_position = 15
    icon = "rule"
    may_delete = False
    when_empty = _("Sessions take questions at once and with or without a name. Add rules to change that.")
    add_words = _("Add rules")
    list_display = ("__str__", "is_open", "is_anonymous_allowed", "holds", "most_chars", "wait_seconds")
    table = columns(
        event="event__slug", session="session__title", open="is_open", without_a_name="is_anonymous_allowed",
        holds="holds", characters="most_chars", pause="wait_seconds",
    )  # fmt: skip
    list_filter = ("event",)
    search_fields = ("session__title",)
    list_select_related = ("event", "session")
    fields = ("event", "session", *selectors.RULES)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        kept = ("session",) if obj is not None else ()
        return [*super().get_readonly_fields(request, obj), *kept]

    def save_model(self, request: HttpRequest, obj: Board, form: Any, change: bool) -> None:
        changed = form.changed_data if change else selectors.RULES
        rules = {name: getattr(obj, name) for name in selectors.RULES if name in changed}
        kept = services.set_rules(obj.session, **rules) if obj.session else services.set_usual_rules(obj.event, **rules)
        obj.pk = kept.pk
