"""Polls at the organisers' desk: made, run and exported here, their results as they come; and the templates."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Func, OuterRef, Subquery
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core import importmap
from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, ScopedTabularInline, columns
from apps.events.doors.current import current_event
from apps.polls import kinds, permissions, selectors, services
from apps.polls.forms.desk import OptionForms, PollForm
from apps.polls.models import Answer, Option, Poll, Template

SETTLED = ("session", "kind", "anonymous", "results", "may_change", "least", "most")
"""What can't be changed once people have been asked: they answered under it."""
DONE = {
    "open": _("The poll is open."),
    "close": _("The poll is closed."),
    "lock": _("No answers are taken until you unlock it."),
    "unlock": _("Answers are taken again."),
    "reveal": _("Everybody sees the results now."),
    "hide": _("The results are shown again as the poll says."),
    "extend": _("There are 30 seconds more."),
    "archive": _("The poll is put away."),
    "restore": _("The poll is back."),
    "unschedule": _("The poll waits for you to open it."),
    "keep": _("It is a template now."),
}
CLOSES_SOON = _("The poll closes in 30 seconds.")
KEEP = "keep"


class OptionInline(ScopedTabularInline):
    model = Option
    formset = OptionForms
    fields = ("text", "picture", "position")
    ordering_field = "position"
    hide_ordering_field = True
    max_num = kinds.MOST_OPTIONS

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            # In a table the head of the column names the field only for those who see it.
            field.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if _was_not_asked(obj) or obj.kind == Poll.Kind.IMAGE:
            return fields
        return [name for name in fields if name != "picture"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return kinds.LEAST_OPTIONS if obj is None else 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _was_not_asked(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _was_not_asked(obj)


ASKED = ("event", "session", "kind", "question", ("least", "most"), "low_words", "high_words")
ANSWERED = ("anonymous", "may_change", "moderated", "takes_late")
SHOWN = ("results", "seconds", "opens_at", "closes_at")


OF_ROUND = Answer.objects.filter(poll=OuterRef("pk"), round=OuterRef("round"), late=False).order_by()
ANSWERED_BY = Subquery(OF_ROUND.annotate(number=Func("pk", function="count")).values("number"))
"""How many answers are written, for a table that is taken away."""


@admin.register(Poll)
class PollAdmin(RefusedBeside, OrganisationScopedAdmin):
    form = PollForm
    desk = Desk.LIVE
    desk_position = 10
    icon = "how_to_vote"
    when_empty = _("Prepare the questions here; the control room opens them when the time comes.")
    add_words = _("Add a poll")
    inlines = (OptionInline,)
    list_display = ("question", "kind", "session", "state_word", "answers", "launch")
    list_filter = ("event", "state", "kind", "session")
    list_select_related = ("event", "session")
    search_fields = ("question",)
    table = columns(
        event="event__slug", session="session__title", question="question", kind="kind", state="state",
        answers=ANSWERED_BY, opened="opened_at", closed="closed_at",
    )  # fmt: skip
    autocomplete_fields: tuple[str, ...] = ()

    class Media:
        css = {"all": ("polls/desk.css",)}
        js = (
            importmap.Tag(),
            Script("polls/admin-results.js", type="module"),
            Script("polls/admin-form.js", type="module"),
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Answers are counted of the rows of this page alone: a list must not join all that anybody ever answered."""
        changelist = super().get_changelist_instance(request)
        totals = selectors.totals(list(changelist.result_list))
        for poll in changelist.result_list:
            poll.answered = totals[poll.pk]
        return changelist

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        settled = () if _was_not_asked(obj) else (*SETTLED, "opens_at")
        return [*super().get_readonly_fields(request, obj), *settled, "control", "outcome"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if _was_not_asked(obj) or kinds.kind_of(obj).most_options else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """While the kind can be chosen, with everything that one has; the page's script shows what this one has."""
        bounds = format_html(
            "<span data-poll-bounds>{}</span>",
            _(
                "“At least” and “at most” are the number of options to choose, the ends of a scale, the ranks to give, "
                "the words a person may send, or the characters of a text. Left empty, they are what is usual."
            ),
        )
        sets = [
            (_("The question"), {"fields": ASKED, "description": bounds}),
            (_("The answers"), {"fields": ANSWERED}),
            (_("Results and time"), {"fields": SHOWN}),
        ]  # fmt: skip
        if _was_not_asked(obj):
            return sets if obj is None else [(_("On air"), {"fields": ("control",)}), *sets]
        kind = kinds.kind_of(obj)
        ends = ("low_words", "high_words") if kind.name == Poll.Kind.SCALE else ()
        numbers = [name for name, words in (("least", kind.least_words), ("most", kind.most_words)) if words]
        asked = ["event", "session", "kind", "question", *([tuple(numbers)] if numbers else []), *ends]
        answered = [name for name in ANSWERED if name != "moderated" or kind.has_words]
        return [
            (_("On air"), {"fields": ("control", "outcome")}),
            (_("The question"), {"fields": asked}),
            (_("The answers"), {"fields": answered}),
            (_("Results and time"), {"fields": SHOWN}),
        ]

    def view_on_site(self, obj: Poll) -> str:
        """Nobody sees a draft on its own page; those who run it find it among the others."""
        if permissions.can_see(obj):
            return obj.get_absolute_url()
        slug = obj.event.slug
        home = reverse("polls:run_session", args=[slug, obj.session.slug]) if obj.session else None
        return f"{home or reverse('polls:run', args=[slug])}#poll-{obj.pk}"

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, poll: Poll) -> str:
        return str(_("Locked")) if poll.locked else poll.get_state_display()

    @admin.display(description=_("answers"))
    def answers(self, poll: Any) -> int:
        return int(poll.answered)

    @admin.display(description=_("launch"))
    def launch(self, poll: Poll) -> SafeString:
        """A real button of the list's own form: it posts, so no link that somebody sends can launch a poll."""
        return self._buttons(poll, selectors.deeds_for(poll)[:1])

    @admin.display(description=_("on air"))
    def control(self, poll: Poll) -> SafeString:
        slug = poll.event.slug
        links = [
            (reverse("polls:screen", args=[slug, poll.pk]), _("Shared screen")),
            (reverse("polls:export", args=[slug, poll.pk, "csv"]), _("CSV")),
            (reverse("polls:export", args=[slug, poll.pk, "xlsx"]), _("Excel")),
        ]
        if poll.opened_at:
            links.append((reverse("polls:reset", args=[slug, poll.pk]), _("Begin anew…")))
        return format_html(
            '<span class="poll-control"><b>{}</b> {} {}</span>',
            self.state_word(poll),
            self._buttons(poll, [*selectors.deeds_for(poll), (KEEP, _("Keep as a template"))]),
            format_html_join(" ", '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', links),
        )

    def _buttons(self, poll: Poll, deeds: list[tuple[str, Any]]) -> SafeString:
        made = ((_button(reverse("admin:polls_poll_run", args=[poll.pk, deed]), words),) for deed, words in deeds)
        return format_html_join(" ", "{}", made)

    @admin.display(description=_("results"))
    def outcome(self, poll: Poll) -> SafeString:
        shown = selectors.results_for_staff(selectors.get_poll(poll.event_id, poll.pk))
        address = reverse("admin:polls_poll_results", args=[poll.pk])
        return render_to_string("polls/admin_results.html", {"shown": shown, "address": address})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/run/<slug:deed>/", view(self.run_view), name="polls_poll_run"),
            path("<int:pk>/results/", view(self.results_view), name="polls_poll_results"),
        ]
        return [*own, *super().get_urls()]

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The results alone, as the form shows them: it asks for them anew while answers come."""
        poll = self.get_object(request, str(pk))
        if poll is None or not self.has_view_permission(request, poll):
            raise Http404
        return HttpResponse(self.outcome(poll))

    @method_decorator(require_POST)
    def run_view(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """A deed of those that need no more words; a reset asks on a page of its own."""
        poll = self.get_object(request, str(pk))
        if poll is None or deed not in DONE or not self.has_change_permission(request, poll):
            raise Http404
        done = CLOSES_SOON if deed == "extend" and poll.closes_at is None else DONE[deed]
        try:
            if deed == KEEP:
                services.keep_as_template(poll)
            else:
                services.run_poll(poll, deed)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        to_form = "/change/" in request.headers.get("Referer", "")
        return redirect("admin:polls_poll_change", pk) if to_form else redirect("admin:polls_poll_changelist")

    def save_model(self, request: HttpRequest, obj: Poll, form: Any, change: bool) -> None:
        if not change:
            services.check_polls(obj.event_id)
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, obj: Poll, *, change: bool) -> None:
        try:
            if obj.state == Poll.State.DRAFT and obj.opens_at:
                services.schedule_poll(obj, opens_at=obj.opens_at)
            elif obj.state == Poll.State.SCHEDULED and not obj.opens_at:
                services.unschedule_poll(obj)
            else:
                services.publish_changes(obj)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.ERROR)


@admin.register(Template)
class TemplateAdmin(OrganisationScopedAdmin):
    """Kept from a poll; used in any event of the organisation."""

    desk = Desk.LIVE
    desk_position = 12
    icon = "content_copy"
    event_path = "organisation__events"
    may_add: ClassVar[bool] = False
    when_empty = _("Keep a poll as a template on its own page; from here it is asked again in another event.")
    list_display = ("name", "kind", "organisation", "use")
    table = columns(organisation="organisation__slug", name="name", kind="kind", kept="created_at")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "organisation", "kind", "question", "options", "use")
    readonly_fields = ("organisation", "kind", "question", "options", "use")

    @admin.display(description=_("question"))
    def question(self, template: Template) -> str:
        return str(services.words_of(template)[0])

    @admin.display(description=_("options"))
    def options(self, template: Template) -> str:
        return ", ".join(str(text) for text in services.words_of(template)[1]) or "–"

    @admin.display(description=_("use"))
    def use(self, template: Template) -> SafeString:
        return _button(reverse("admin:polls_template_use", args=[template.pk]), _("Ask it in this event"))

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/use/", self.admin_site.admin_view(self.use_view), name="polls_template_use")
        return [own, *super().get_urls()]

    @method_decorator(require_POST)
    def use_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A draft in the event that the organiser is working on."""
        template, event = self.get_object(request, str(pk)), current_event(request)
        if template is None or event is None or not self.has_change_permission(request, template):
            raise Http404
        try:
            poll = services.create_from_template(template, event=event)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.ERROR)
            return redirect("admin:polls_template_changelist")
        self.message_user(request, services.drafted_words(poll), messages.SUCCESS)
        return redirect("admin:polls_poll_change", poll.pk)


def _was_not_asked(poll: Any) -> bool:
    return poll is None or poll.state in (Poll.State.DRAFT, Poll.State.SCHEDULED)


def _button(address: str, word: Any) -> SafeString:
    return format_html(
        '<button type="submit" formaction="{}" formnovalidate class="cursor-pointer font-medium rounded-default border '
        'border-base-200 px-3 py-1 whitespace-nowrap text-primary-600 dark:border-base-700 dark:text-primary-500">'
        "{}</button>",
        address,
        word,
    )
