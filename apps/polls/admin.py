"""Polls at the organisers' desk: made, launched and closed here, their results as they come."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core import importmap
from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, ScopedTabularInline
from apps.polls import selectors, services
from apps.polls.models import Option, Poll

SETTLED = ("session", "kind", "results", "may_change")
"""What can't be changed once people have been asked: they answered under it."""


class OptionInline(ScopedTabularInline):
    model = Option
    fields = ("text", "position")
    ordering_field = "position"
    hide_ordering_field = True
    min_num = services.LEAST_OPTIONS
    max_num = services.MOST_OPTIONS
    validate_min = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)


class PollForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        session, event = cleaned.get("session"), cleaned.get("event") or getattr(self.instance, "event", None)
        if session and event and session.event_id != event.pk:
            raise ValidationError({"session": services.SESSION_UNKNOWN})
        return cleaned


@admin.register(Poll)
class PollAdmin(OrganisationScopedAdmin):
    form = PollForm
    desk = Desk.LIVE
    desk_position = 10
    icon = "how_to_vote"
    when_empty = _("Prepare the questions here; the control room opens them when the time comes.")
    add_words = _("Add a poll")
    inlines = (OptionInline,)
    list_display = ("question", "session", "state_word", "answers", "launch")
    list_filter = ("event", "state", "session")
    list_select_related = ("event", "session")
    search_fields = ("question",)
    autocomplete_fields: tuple[str, ...] = ()
    fields = ("event", "session", "question", "kind", "results", "may_change", "closes_at", "control", "outcome")

    class Media:
        css = {"all": ("polls/desk.css",)}
        js = (importmap.Tag(), Script("polls/admin-results.js", type="module"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        current = Count("answers", filter=Q(answers__round=F("round")))
        polls: QuerySet[Poll] = super().get_queryset(request)
        return polls.annotate(answered=current)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        settled = () if _is_draft(obj) else SETTLED
        return [*super().get_readonly_fields(request, obj), *settled, "control", "outcome"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is not None else self.fields[:-2]

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, poll: Poll) -> str:
        return poll.get_state_display()

    @admin.display(description=_("answers"), ordering="answered")
    def answers(self, poll: Any) -> int:
        return int(poll.answered)

    @admin.display(description=_("launch"))
    def launch(self, poll: Poll) -> SafeString:
        """A real button of the list's own form: it posts, so no link that somebody sends can launch a poll."""
        if poll.state == Poll.State.OPEN:
            return _button(reverse("admin:polls_poll_close", args=[poll.pk]), _("Close"))
        word = _("Launch") if poll.state == Poll.State.DRAFT else _("Open again")
        return _button(reverse("admin:polls_poll_open", args=[poll.pk]), word)

    @admin.display(description=_("on air"))
    def control(self, poll: Poll) -> SafeString:
        return format_html("{} &nbsp; {}", poll.get_state_display(), self.launch(poll))

    @admin.display(description=_("results"))
    def outcome(self, poll: Poll) -> SafeString:
        shown = selectors.results_for_staff(poll)
        address = reverse("api:poll-results", args=[poll.event.slug, poll.pk])
        return render_to_string("polls/admin_results.html", {"shown": shown, "address": address})

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/open/", self.admin_site.admin_view(self.open_view), name="polls_poll_open"),
            path("<int:pk>/close/", self.admin_site.admin_view(self.close_view), name="polls_poll_close"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._run(request, pk, services.open_poll, _("The poll is open."))

    @method_decorator(require_POST)
    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._run(request, pk, services.close_poll, _("The poll is closed."))

    def _run(self, request: HttpRequest, pk: int, act: Any, done: Any) -> HttpResponse:
        poll = self.get_object(request, str(pk))
        if poll is None or not self.has_change_permission(request, poll):
            raise Http404
        try:
            act(poll)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        to_form = "/change/" in request.headers.get("Referer", "")
        return redirect("admin:polls_poll_change", pk) if to_form else redirect("admin:polls_poll_changelist")

    def after_save(self, request: HttpRequest, obj: Poll, *, change: bool) -> None:
        services.publish_changes(obj)


def _is_draft(poll: Any) -> bool:
    return poll is None or poll.state == Poll.State.DRAFT


def _button(address: str, word: Any) -> SafeString:
    return format_html(
        '<button type="submit" formaction="{}" formnovalidate class="cursor-pointer font-medium rounded-default border '
        'border-base-200 px-3 py-1 text-primary-600 dark:border-base-700 dark:text-primary-500">{}</button>',
        address,
        word,
    )
