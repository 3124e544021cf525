"""Tickets, invitation codes and the questions at registration, at the desk."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.forms.widgets import Script
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.core import clock
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import registry, selectors, services
from apps.events.doors import (
    ComesByFile,
    Desk,
    OrganisationScopedAdmin,
    RefusedBeside,
    ScopedTabularInline,
    columns_in_languages,
)
from apps.events.forms import CodeLine, CodesForm, QuestionLine, TicketLine
from apps.events.models import Choice, Event, InvitationCode, Question, Registration, TicketKind


@admin.register(TicketKind)
class TicketKindAdmin(RefusedBeside, ComesByFile, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 20
    icon = "confirmation_number"
    when_empty = _("An event without tickets has places of one kind. Make tickets where people come in different ways.")
    add_words = _("New ticket")
    may_delete_many = False
    list_display = ("name", "places", "taken", "way_in", "is_offered", "position", "event")
    list_editable = ("is_offered", "position")
    list_filter = ("event",)
    search_fields = ("name",)
    list_select_related = ("event",)
    line = TicketLine
    table = columns_in_languages(
        "name", "description",
        event="event__slug", name="name", description="description", places="capacity", taken="taken_of",
        who_gets_in="admission", offered="is_offered", opens="opens_at", closes="closes_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("event", "name", "description", "position")}),
        (_("Who gets one"), {"fields": ("capacity", "admission", "is_offered", "opens_at", "closes_at")}),
        (_("What it opens"), {"fields": ("opens_programme", "opens_expo")}),
    )

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_tickets(owner, rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketKind]:
        taken = Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED))
        found: QuerySet[TicketKind] = super().get_queryset(request).annotate(taken_of=taken)
        return found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while nobody has one; what is over is taken from the offer instead."""
        is_free = obj is None or not obj.registrations.exists()
        return is_free and super().has_delete_permission(request, obj)

    @admin.display(description=_("places"), ordering="capacity")
    def places(self, ticket: TicketKind) -> str:
        return str(Number(ticket.capacity)) if ticket.capacity else "-"

    @admin.display(description=_("taken"), ordering="taken_of")
    def taken(self, ticket: Any) -> int:
        return int(ticket.taken_of)

    @admin.display(description=_("who gets in"))
    def way_in(self, ticket: TicketKind) -> str:
        return str(ticket.event.Admission(ticket.way_in).label)

    def save_model(self, request: HttpRequest, obj: TicketKind, form: Any, change: bool) -> None:
        services.keep_ticket(obj, changed=form.changed_data if change else None)

    def after_save(self, request: HttpRequest, obj: TicketKind, *, change: bool) -> None:
        """More places go to who waits."""
        services.move_up(obj.event)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """What it names, its own lines tell."""
        super().save_related(request, form, formsets, change)
        services.ticket_changed(form.instance, form.changed_data)

    def delete_model(self, request: HttpRequest, obj: TicketKind) -> None:
        resting = selectors.questions_of_ticket_alone(obj).count()
        services.remove_ticket(obj)
        if resting:
            said = ngettext(
                "One question was for this ticket alone. It is asked no more; what was answered stays.",
                "%(count)s questions were for this ticket alone. They are asked no more; what was answered stays.",
                resting,
            )
            messages.warning(request, said % {"count": Number(resting)})

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (*super().get_inlines(request, obj), *registry.ticket_parts)


@admin.register(InvitationCode)
class InvitationCodeAdmin(RefusedBeside, ComesByFile, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 30
    icon = "password"
    when_empty = _("Codes let people in where registration is not open to all. Make one for everybody, or one each.")
    add_words = _("New codes")
    may_delete_many = False
    form = CodesForm
    list_display = ("code", "link", "ticket", "uses_left", "expires_at", "state", "note", "event")
    list_filter = ("event", "ticket")
    list_select_related = ("event", "ticket")
    search_fields = ("code", "note")
    line = CodeLine
    table = staticmethod(selectors.code_rows)
    actions = ("end_codes", "revive_codes")
    asks_first = frozenset({"end_codes"})
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {"end_codes": ("revive_codes", Q(revoked_at=None))}

    class Media:
        js = (Script("events/desk-copy.js", type="module"),)

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_codes(owner, rows, by=by)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while nobody has used it; else it is ended."""
        return (obj is None or obj.used == 0) and super().has_delete_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shared = ["ticket", "uses", "lets_in", "expires_at", "note"]
        return ["event", "code", "link", *shared, "used"] if obj else ["event", "code", "count", *shared]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        own = ["code", "link", "used"] if obj else []
        return [*super().get_readonly_fields(request, obj), *own]

    @admin.display(description=_("link"))
    def link(self, code: InvitationCode) -> SafeString:
        """To pass on: it opens the form with the code in it."""
        address = selectors.code_url(code)
        context = {"address": address, "code": code.code}
        return render_to_string("admin/events/invitationcode/link.html", context)

    @admin.display(description=_("used"), ordering="used")
    def uses_left(self, code: InvitationCode) -> str:
        most = Number(code.uses) if code.uses else "∞"
        return f"{Number(code.used)} / {most}"

    @display(description=_("state"), label={"usable": "success", "over": "warning"})  # type: ignore[untyped-decorator]
    def state(self, code: InvitationCode) -> tuple[str, Any]:
        is_over = code.revoked_at or (code.expires_at and code.expires_at <= clock.now())
        if is_over or (code.uses is not None and code.used >= code.uses):
            return "over", _("over")
        return "usable", _("works")

    def save_model(self, request: HttpRequest, obj: InvitationCode, form: Any, change: bool) -> None:
        user: Any = request.user
        if change:
            services.change_code(obj, changed=form.changed_data)
            return
        count = form.cleaned_data["count"]
        made = services.make_codes(obj, count=count, by=user)
        obj.pk = made[0].pk
        obj.code = made[0].code
        if count > 1:
            said = ngettext("%(count)s code is made.", "%(count)s codes are made.", count)
            messages.success(request, said % {"count": Number(count)})

    def delete_model(self, request: HttpRequest, obj: InvitationCode) -> None:
        services.remove_code(obj)

    @admin.action(description=_("End them: they let nobody in any more"))
    def end_codes(self, request: HttpRequest, chosen: QuerySet[InvitationCode]) -> None:
        ended = chosen.filter(revoked_at=None).update(revoked_at=clock.now())
        said = ngettext("One code has ended.", "%(count)s codes have ended.", ended)
        messages.success(request, said % {"count": Number(ended)})

    @admin.action(description=_("Let in by them again"))
    def revive_codes(self, request: HttpRequest, chosen: QuerySet[InvitationCode]) -> None:
        revived = chosen.exclude(revoked_at=None).update(revoked_at=None)
        said = ngettext("One code lets people in again.", "%(count)s codes let people in again.", revived)
        messages.success(request, said % {"count": Number(revived)})


class ChoicesOfQuestion(BaseInlineFormSet):  # type: ignore[type-arg]
    """What stands in the form once it is saved: a line that is empty or taken away is no choice."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form for form in kept if form not in self.deleted_forms]
        try:
            services.check_choices(self.instance, len(kept), new=sum(form.instance.pk is None for form in kept))
        except Refused as refused:
            raise ValidationError(str(refused.message), code=refused.code) from refused


class ChoiceInline(ScopedTabularInline):
    model = Choice
    formset = ChoicesOfQuestion
    fields = ("label", "position")
    verbose_name_plural = _("choices, for questions that have some")


@admin.register(Question)
class QuestionAdmin(RefusedBeside, ComesByFile, OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 40
    icon = "contact_support"
    when_empty = _("Ask what you need to know of those who come: what they eat, what they agree to.")
    add_words = _("New question")
    may_delete_many = False
    list_display = ("words", "kind", "required", "is_asked", "position", "event")
    list_editable = ("required", "is_asked", "position")
    list_filter = ("event", "kind")
    search_fields = ("label",)
    list_select_related = ("event",)
    inlines = (ChoiceInline,)
    line = QuestionLine
    table = staticmethod(selectors.question_rows)
    fieldsets = (
        (None, {"fields": ("event", "kind", "label", "help")}),
        (_("When it is asked"), {"fields": ("required", "is_asked", "tickets", "position")}),
    )

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_questions(owner, rows)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick: several of a list are chosen with keys that few know."""
        return super().formfield_for_manytomany(
            db_field, request, **kwargs, widget=UnfoldAdminCheckboxSelectMultipleWidget
        )

    @admin.display(description=_("question"))
    def words(self, question: Question) -> str:
        return str(question)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only while nobody has answered; else it is asked no more, and the answers stay."""
        is_free = obj is None or not obj.answers.exists()
        return is_free and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What was answered stays what it is: a text is no consent."""
        settled = ["kind"] if obj and obj.answers.exists() else []
        return [*super().get_readonly_fields(request, obj), *settled]

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        services.check_tickets(obj, form.cleaned_data.get("tickets", ()))
        named = {field.name for field in obj._meta.concrete_fields}
        services.keep_question(obj, changed=named & {*form.changed_data} if change else None)

    def delete_model(self, request: HttpRequest, obj: Question) -> None:
        services.remove_question(obj)
