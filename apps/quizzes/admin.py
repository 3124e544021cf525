"""Quizzes at the organisers' desk: banks of questions are written here, and quizzes made of them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import Script
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from apps.core import importmap
from apps.events.doors import (
    Desk,
    OrganisationScopedAdmin,
    RefusedBeside,
    ScopedTabularInline,
    ShowsPeople,
    TellsRefusals,
    columns,
)
from apps.events.doors.acting import record_export
from apps.quizzes import selectors, services
from apps.quizzes.forms import BankForm
from apps.quizzes.models import Allowance, Bank, Choice, Question, Quiz
from apps.quizzes.registry import Incomplete, kind_of

MOST_PLACES = 8


class ChoiceForms(BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """With the question and all its answers before us: can it be asked like this?"""
        super().clean()
        if any(form.errors for form in self.forms):
            return
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        choices = [form.instance for form in kept if not form.cleaned_data.get("DELETE")]
        try:
            kind_of(self.instance.kind).check(self.instance, choices)
        except Incomplete as why:
            raise ValidationError(why.message) from why


class ChoiceInline(ScopedTabularInline):
    model = Choice
    formset = ChoiceForms
    fields = ("text", "is_right", "position")
    ordering_field = "position"
    hide_ordering_field = True
    extra = 4
    max_num = 40
    verbose_name = _("answer")
    verbose_name_plural = _("Answers, items in the right order, or accepted spellings")


class QuestionInline(ScopedTabularInline):
    """A bank's questions in their order; each is written on its own page."""

    model = Question
    fields = ("text", "kind", "seconds", "worth", "position")
    ordering_field = "position"
    hide_ordering_field = True
    show_change_link = True
    extra = 0
    may_add = False
    tab = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("text", "kind")


@admin.register(Bank)
class BankAdmin(TellsRefusals, OrganisationScopedAdmin):
    desk = Desk.QUIZZES
    desk_position = 21
    icon = "library_books"
    when_empty = _("A bank holds the questions that quizzes ask; begin with one.")
    add_words = _("Add a question bank")
    inlines = (QuestionInline,)
    list_display = ("name", "event", "count", "write")
    table = columns(event="event__slug", name="name", questions="held", made="created_at")
    list_filter = ("event",)
    search_fields = ("name",)
    form = BankForm
    fields = ("event", "name", "file", "take_away")
    readonly_fields = ("take_away",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bank]:
        banks: QuerySet[Bank] = super().get_queryset(request)
        return banks.annotate(held=Count("questions"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else self.fields[:-1]

    @admin.display(description=_("questions"), ordering="held")
    def count(self, bank: Any) -> int:
        return int(bank.held)

    @admin.display(description=_("next question"))
    def write(self, bank: Bank) -> SafeString:
        address = reverse("admin:quizzes_question_add") + f"?bank={bank.pk}&position={bank.questions.count()}"
        return _link(address, _("Write a question"))

    @admin.display(description=_("its questions"))
    def take_away(self, bank: Bank) -> SafeString:
        links = [
            _link(reverse("admin:quizzes_bank_csv", args=[bank.pk]), _("All as CSV")),
            _link(reverse("admin:quizzes_bank_qti", args=[bank.pk]), _("All as QTI 2.1")),
            _link(reverse("quizzes:template", args=[bank.event.slug]), _("Template for CSV")),
        ]
        stays = _("QTI has no place for the seconds, pictures, clips and other languages; CSV takes all of them along.")
        return format_html('{}<br><span class="text-sm">{}</span>', _beside([self.write(bank), *links]), stays)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/csv/", self.admin_site.admin_view(self.csv_view), name="quizzes_bank_csv"),
            path("<int:pk>/qti/", self.admin_site.admin_view(self.qti_view), name="quizzes_bank_qti"),
        ]
        return [*own, *super().get_urls()]

    def csv_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        bank = self._bank(request, pk)
        response = StreamingHttpResponse(services.export_csv(bank), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="bank-{bank.pk}.csv"'
        record_export(response, bank.event, words=str(_("Took a table away")))
        return response

    def qti_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        bank = self._bank(request, pk)
        response = HttpResponse(services.export_qti(bank), content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="bank-{bank.pk}-qti.zip"'
        record_export(response, bank.event, words=str(_("Took a table away")))
        return response

    def _bank(self, request: HttpRequest, pk: int) -> Bank:
        bank: Bank | None = self.get_object(request, str(pk))
        if bank is None or not self.has_view_permission(request, bank):
            raise Http404
        return bank

    def after_save(self, request: HttpRequest, obj: Bank, *, change: bool) -> None:
        written = getattr(request, "bank_written", [])
        if written:
            services.fill_bank(obj, written)
            count = ngettext("%(count)d question came in.", "%(count)d questions came in.", len(written))
            self.message_user(request, count % {"count": len(written)})
            left = [one.place for one in written if one.leaves_behind]
            if left:
                words = ngettext(
                    "%(count)d question has a picture, clip or passage that did not come along: %(places)s",
                    "%(count)d questions have pictures, clips or passages that did not come along: %(places)s",
                    len(left),
                )
                places = "; ".join(left[:MOST_PLACES]) + ("; …" if len(left) > MOST_PLACES else "")
                self.message_user(request, words % {"count": len(left), "places": places}, messages.WARNING)

    def save_model(self, request: Any, obj: Bank, form: BankForm, change: bool) -> None:
        request.bank_written = form.written
        if not change:
            services.check_banks(obj.event_id)
        super().save_model(request, obj, form, change)


def _link(address: str, words: Any) -> SafeString:
    classes = "text-primary-600 font-medium whitespace-nowrap dark:text-primary-500"
    return format_html('<a class="{}" href="{}">{}</a>', classes, address, words)


def _beside(links: list[SafeString]) -> SafeString:
    """As words of one line: on a phone a cell would set each in a column of its own."""
    return format_html("<span>{}</span>", format_html_join(" \u00a0 ", "{}", ((link,) for link in links)))


@admin.register(Question)
class QuestionAdmin(OrganisationScopedAdmin):
    event_path = "bank__event"
    desk = Desk.QUIZZES
    desk_position = 22
    icon = "quiz"
    when_empty = _("Questions of all banks stand here. Make a bank first.")
    add_words = _("Write a question")
    inlines = (ChoiceInline,)
    list_display = ("text", "bank", "kind_word", "seconds")
    table = columns(
        event="bank__event__slug", bank="bank__name", question="text", kind="kind", seconds="seconds",
        points="worth", explanation="explanation",
    )  # fmt: skip
    list_filter = ("bank", "kind")
    list_select_related = ("bank",)
    search_fields = ("text",)
    radio_fields = {"kind": admin.HORIZONTAL}
    fields = (
        "bank", "text", "kind", "truth", "number", "tolerance", "unit", "media", "media_words", "seconds", "worth",
        "explanation", "position",
    )  # fmt: skip

    class Media:
        js = (importmap.Tag(), Script("quizzes/desk.js", type="module"))

    @admin.display(description=_("kind"), ordering="kind")
    def kind_word(self, question: Question) -> str:
        return question.get_kind_display()


@admin.register(Quiz)
class QuizAdmin(RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.QUIZZES
    desk_position = 20
    icon = "emoji_events"
    when_empty = _("A quiz asks the questions of a bank, live, with a leaderboard.")
    add_words = _("Add a quiz")
    list_display = ("title", "event", "session", "bank", "run")
    table = columns(
        event="event__slug", title="title", session="session__title", bank="bank__name", mode="mode",
        published="is_published", questions="draws", share_to_be_right="pass_percent", tries="most_attempts",
    )  # fmt: skip
    list_filter = ("event", "session")
    list_select_related = ("event", "session", "bank")
    search_fields = ("title",)
    fields = (
        "event",
        "title",
        "bank",
        "session",
        "mode",
        "draws",
        "shuffles",
        "teams",
        "talk_seconds",
        "is_published",
        "pass_percent",
        "most_attempts",
        "reviews",
        "known_before",
        "run",
    )
    readonly_fields = ("known_before", "run")

    class Media:
        js = (importmap.Tag(), Script("quizzes/desk.js", type="module"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else self.fields[:-2]

    def save_model(self, request: HttpRequest, obj: Quiz, form: Any, change: bool) -> None:
        if not change:
            services.check_quizzes(obj.event_id)
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, obj: Quiz, *, change: bool) -> None:
        for warning in selectors.warnings(obj):
            self.message_user(request, warning, messages.WARNING)

    @admin.display(description=_("to know before it is played"))
    def known_before(self, quiz: Quiz) -> SafeString | str:
        return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in selectors.warnings(quiz))) or "–"

    @admin.display(description=_("run it"))
    def run(self, quiz: Quiz) -> SafeString:
        arguments = [quiz.event.slug, quiz.pk]
        if quiz.mode == Quiz.Mode.LIVE:
            return _link(reverse("quizzes:host", args=arguments), _("Control page"))
        links = [_link(quiz.get_absolute_url(), pgettext("a quiz", "Training"))]
        for by, words in (("people", _("By person")), ("questions", _("By question"))):
            links += [
                _link(reverse("quizzes:report", args=[*arguments, by, form]), f"{words} ({form.upper()})")
                for form in ("csv", "xlsx")
            ]
        return _beside(links)


@admin.register(Allowance)
class AllowanceAdmin(ShowsPeople, OrganisationScopedAdmin):
    """Who has more time in an event's quizzes, and who asks for it; saving one answers their wish."""

    desk = Desk.QUIZZES
    desk_position = 23
    icon = "more_time"
    when_empty = _("Nobody has more time. Whoever needs it asks in the quiz; or give it here, before it begins.")
    add_words = _("Give more time")
    list_display = ("person", "asked", "extra", "event")
    table = columns(event="event__slug", name="known_name", email="user__email", asked="asked", extra="extra")
    list_filter = ("event", "asked")
    list_select_related = ("event", "user")
    search_fields = ("user__name", "user__email")
    autocomplete_fields = ("user",)
    fields = ("event", "user", "asked", "extra")
    readonly_fields = ("asked",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        own = ["event", "user"] if obj is not None else []
        return [*super().get_readonly_fields(request, obj), *own]

    def save_model(self, request: Any, obj: Allowance, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        services.allow_time(obj.event, user_id=obj.user_id, extra=obj.extra)
