"""What organisers put right of a registration: its ticket, its answers, and an address that was mistyped."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.events import selectors
from apps.events.models import Question, Registration, TicketKind
from apps.events.services.asking import MOST_CHARS


class CorrectionForm(forms.Form):
    """The ticket, and what is asked with it; what somebody agreed to is not among it."""

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        asked = selectors.questions_asked(registration.event, registration.ticket)
        self.questions = [question for question in asked if question.kind != Question.Kind.CONSENT]
        kwargs["initial"] = selectors.answers_given(registration) | {"ticket": registration.ticket_id}
        super().__init__(*args, **kwargs)
        tickets = registration.event.tickets.all()
        if tickets:
            is_settled = registration.ticket_id is not None
            self.fields["ticket"] = forms.ModelChoiceField(
                tickets,
                label=_("Ticket"),
                widget=UnfoldAdminSelectWidget,
                required=is_settled,
                empty_label=None if is_settled else _("None"),
            )
        for question in self.questions:
            self.fields[question.field] = _field(question)

    @property
    def ticket(self) -> TicketKind | None:
        found: TicketKind | None = self.cleaned_data.get("ticket") if "ticket" in self.changed_data else None
        return found

    @property
    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "ticket"}

    def refuse(self, field: str | None, message: str | Promise) -> None:
        self.add_error(field if field in self.fields else None, str(message))


def _field(question: Question) -> forms.Field:
    shared: dict[str, Any] = {"label": str(question.label), "help_text": str(question.help), "required": False}
    choices = [(str(choice.pk), str(choice)) for choice in question.choices.all()]
    match question.kind:
        case Question.Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "-"), *choices], widget=UnfoldAdminSelectWidget, **shared)
        case Question.Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, **shared)
        case Question.Kind.LONG:
            area = UnfoldAdminTextareaWidget(attrs={"rows": 3})
            return forms.CharField(max_length=MOST_CHARS[Question.Kind.LONG], widget=area, **shared)
        case _:
            return forms.CharField(
                max_length=MOST_CHARS[Question.Kind.TEXT], widget=UnfoldAdminTextInputWidget, **shared
            )


class RightAddressForm(forms.Form):
    email = forms.EmailField(label=_("The right address"), max_length=254, widget=UnfoldAdminEmailInputWidget)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
