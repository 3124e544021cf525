"""What people type to get a place: who they are, which ticket, a code, and answers to the event's own questions."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import validate_person_name
from apps.core.links import linked
from apps.core.words import joined
from apps.events import selectors, services
from apps.events.models import Event, Question, Registration, TicketKind
from apps.events.services.asking import MOST_CHARS

MOST_CODE = 40


def email_field(**extra: Any) -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("This looks unfinished. An address is written like name@example.org.")},
        **extra,
    )


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_person_name],
        help_text=_("As the others will see it"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def code_field(**extra: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Invitation code"),
        max_length=MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        **extra,
    )


class CodeForm(forms.Form):
    """Of somebody who asked for a place and has a code since."""

    code = code_field()

    @classmethod
    def of(cls, wish: Registration, *, code: str = "") -> "CodeForm | None":
        """Where one could help; with the one that a mail brings."""
        is_open = wish.state in (Registration.State.PENDING, Registration.State.WAITING)
        event = wish.event
        form = cls(initial={"code": code[:MOST_CODE]} if code else None)
        return form if is_open and event.takes_registrations and selectors.takes_codes(event) else None


class ResendForm(forms.Form):
    email = email_field()

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def answer_field(question: Question, offered: set[int]) -> forms.Field:
    """Never required by itself: whether it is depends on the ticket, which the service knows."""
    field = _bare_field(question, offered)
    field.is_needed = question.required  # type: ignore[attr-defined]
    if question.required:
        field.widget.attrs["aria-required"] = "true"
    return field


def _bare_field(question: Question, offered: set[int]) -> forms.Field:
    shared: dict[str, Any] = {"label": str(question.label), "help_text": str(question.help), "required": False}
    shared["help_text"] = " ".join(filter(None, (_with_tickets(question, offered), shared["help_text"])))
    choices = [(str(choice.pk), str(choice)) for choice in question.choices.all()]
    match question.kind:
        case Question.Kind.CONSENT:
            # The terms that somebody agrees to stand at an address, more often than not.
            return forms.BooleanField(**shared | {"label": linked(str(question.label))})
        case Question.Kind.CHOICE:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
        case Question.Kind.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
        case Question.Kind.LONG:
            area = forms.Textarea(attrs={"rows": 3})
            return forms.CharField(max_length=MOST_CHARS[Question.Kind.LONG], widget=area, **shared)
        case _:
            return forms.CharField(max_length=MOST_CHARS[Question.Kind.TEXT], **shared)


def _with_tickets(question: Question, offered: set[int]) -> str:
    """Names no ticket that only some know of."""
    names = joined(ticket for ticket in question.tickets.all() if ticket.pk in offered)
    return str(_("With %(tickets)s.") % {"tickets": names}) if names else ""


class AnswersForm(forms.Form):
    """An event's questions to those who register; of one ticket, where that is settled."""

    def __init__(self, *args: Any, event: Event, registration: Registration | None = None, **kwargs: Any) -> None:
        self.event = event
        self.offers = [] if registration else selectors.tickets_on_offer(event)
        offered = {offer.ticket.pk for offer in self.offers}
        self.questions = (
            selectors.questions_asked(event, registration.ticket)
            if registration
            else selectors.all_questions_asked(event)
        )
        super().__init__(*args, **kwargs)
        for question in self.questions:
            self.fields[question.field] = answer_field(question, offered)

    @property
    def answers(self) -> dict[str, Any]:
        return {question.field: self.cleaned_data.get(question.field) for question in self.questions}

    def refuse(self, field: str | None, message: str | Promise) -> None:
        """Beside its field, where the form has it."""
        self.add_error(field if field in self.fields else None, str(message))


class PlaceForm(AnswersForm):
    """Which place: all that somebody signed in has to say."""

    ref = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    """The label of the link that brought them."""

    ticket = forms.ChoiceField(label=_("Ticket"), required=False, widget=forms.RadioSelect)
    code = code_field(required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        choices = [(str(offer.ticket.pk), _label(offer)) for offer in self.offers]
        self.fields["ticket"].choices = choices  # type: ignore[attr-defined]
        if len(choices) < 2:
            del self.fields["ticket"]
        if not selectors.takes_codes(event):
            del self.fields["code"]
        elif event.admission == Event.Admission.CODE:
            self.fields["code"].is_needed = True  # type: ignore[attr-defined]

    @property
    def is_short(self) -> bool:
        """Nothing is asked: a click is enough."""
        return not self.questions and not {"ticket", "code"} & set(self.fields)

    def wish(self) -> services.Wish:
        ticket = self.cleaned_data.get("ticket")
        code = self.cleaned_data.get("code", "")
        source = self.cleaned_data.get("ref", "")
        return services.Wish(int(ticket) if ticket else None, code, self.answers, source)


def _label(offer: selectors.Offer) -> str:
    """A ticket's name, and what one should know before choosing it."""
    remarks = {
        Event.Admission.APPROVAL: _("we look at each registration"),
        Event.Admission.CODE: _("with an invitation code"),
    }
    ticket: TicketKind = offer.ticket
    told: list[Any] = [remarks[Event.Admission(ticket.way_in)]] if ticket.way_in in remarks else []
    if offer.is_full:
        told.append(_("waiting list") if ticket.event.waiting_list else _("sold out"))
    elif offer.left is not None and offer.left <= 20:
        told.append(_("%(count)s left") % {"count": offer.left})
    name = str(ticket)
    return f"{name} ({', '.join(str(word) for word in told)})" if told else name


class RegistrationForm(PlaceForm):
    """What a visitor says, or somebody who registers another."""

    name = name_field()
    email = email_field(help_text=_("Your personal link goes there"))
    company = forms.CharField(
        label=_("Organisation"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    title = forms.CharField(
        label=_("What you do"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, event=event, **kwargs)
        own = [question.field for question in self.questions]
        self.order_fields(["name", "email", "company", "title", "ticket", *own, "code"])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "email", "company", "title")}


class OfferForm(forms.Form):
    """To whom somebody wants to pass their place on."""

    name = name_field()
    email = email_field()

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class TakeForm(AnswersForm):
    """Who takes a place that was offered to them."""

    name = name_field()
    field_order = ("name",)
