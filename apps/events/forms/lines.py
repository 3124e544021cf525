"""What stands in a line of the tables that organisers bring: codes, tickets, questions, roles, people who shall join
an organisation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import validate_person_name
from apps.core.by_line import LineForm, Moment, YesNo
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import Event, EventRole, InvitationCode, Membership, Organisation, Question
from apps.events.models.asking import MOST_QUESTIONS
from apps.events.models.ticket import CODE
from apps.events.services.asking import check_choices
from apps.events.services.coding import MOST_AT_ONCE
from apps.events.services.people import PUT_OUT

MOST_NUMBER = 2_147_483_647
ANY = "any"
MOST_OF_CHOICE = 200


class CodeLine(LineForm):
    most = MOST_AT_ONCE
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("RIVERBANK", "1", "", "2030-10-13", "yes", "For the press"),
        ("", "any", "", "2030-10-13 18:00", "no", "Made up by us: any number of uses"),
    )
    beside = frozenset({"event", "used", "link"})

    code = forms.CharField(
        max_length=40,
        required=False,
        validators=[CODE],
        help_text=_("A word of yours. Empty: one is made up that nobody can guess."),
    )
    uses = forms.CharField(
        max_length=10, required=False, help_text=_("How often it works: a number, or “any”. Empty: once.")
    )
    ticket = forms.CharField(
        max_length=120, required=False, help_text=_("As the ticket is called in the event. Empty: any.")
    )
    valid_until = Moment(is_end=True, help_text=_("A day, or a day with its hour, in the event’s zone. Empty: always."))
    without_asking = YesNo(
        otherwise=True,
        help_text=_("Yes or no: who has it gets in where we would look at each registration. Empty: yes."),
    )
    note = forms.CharField(max_length=120, required=False, help_text=_("For you: whom it was given to."))

    @classmethod
    def gather(cls, owner: Event) -> dict[str, Any]:
        return {"tickets": selectors.tickets_by_name(owner)}

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["code"]).upper()

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        codes = InvitationCode.objects.filter(event=owner).annotate(upper=Upper("code"))
        return codes.filter(upper__in=keys).order_by().values_list("upper", flat=True)

    def clean_uses(self) -> int | None:
        text = str(self.cleaned_data["uses"]).casefold()
        if text == ANY:
            return None
        if text and not (text.isascii() and text.isdecimal() and 0 < int(text) <= MOST_NUMBER):
            raise forms.ValidationError(_("Write a whole number from 1, or “any”."))
        return int(text or 1)

    def clean_ticket(self) -> int | None:
        called = self.cleaned_data["ticket"]
        if called and called.casefold() not in self.known["tickets"]:
            raise forms.ValidationError(_("there is no ticket “%(name)s”"), params={"name": called[:40]})
        return self.known["tickets"][called.casefold()] if called else None


class TicketLine(LineForm):
    most = 200
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("Evening", "The talks from six o’clock", "120", "", "yes", "", "2030-10-13"),
        ("Press", "", "", "code", "no", "", ""),
    )
    in_languages = frozenset({"name", "description"})
    beside = frozenset({"event", "taken"})

    name = forms.CharField(max_length=120, help_text=_("As people read it."))
    description = forms.CharField(max_length=1000, required=False, help_text=_("What it holds."))
    places = forms.IntegerField(
        min_value=1, max_value=MOST_NUMBER, required=False, help_text=_("Empty: as many as the event.")
    )
    who_gets_in = forms.ChoiceField(
        choices=Event.Admission.choices, required=False, help_text=_("open, approval or code. Empty: as the event.")
    )
    offered = YesNo(otherwise=True, help_text=_("Yes or no: whether it can be chosen. Empty: yes."))
    opens = Moment(help_text=_("From when it can be had. Empty: at once."))
    closes = Moment(is_end=True, help_text=_("Until when it can be had. Empty: as long as registration."))

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["name"]).casefold()

    @classmethod
    def keys(cls, row: Mapping[str, Any], others: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
        """A ticket is found by what it is called in any language."""
        return dict.fromkeys([cls.key(row), *(name.casefold() for name in others.get("name", {}).values())])

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        return set(keys) & set(selectors.tickets_by_name(owner))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("It closes before it opens. Check both times."))
        return data


class QuestionLine(LineForm):
    most = MOST_QUESTIONS
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("What do you eat?", "choice", "Anything | Vegetarian | Vegan", "", "yes", "yes", ""),
        ("What shall we know of you?", "long", "", "Allergies, a wheelchair", "no", "yes", ""),
        ("I agree that photos are taken.", "consent", "", "", "yes", "yes", ""),
    )
    beside = frozenset({"event"})

    question = forms.CharField(
        max_length=1000, help_text=_("As people read it. Of a consent, the very words that are agreed to.")
    )
    kind = forms.ChoiceField(
        choices=Question.Kind.choices,
        required=False,
        help_text=_("text, long, choice, several or consent. Empty: text, which is one line."),
    )
    choices = forms.CharField(
        max_length=20_000, required=False, help_text=_("For choice and several, with | between them.")
    )
    help = forms.CharField(max_length=300, required=False, help_text=_("Stands below the question."))
    required = YesNo(otherwise=False, help_text=_("Yes or no: whether it must be answered. Empty: no."))
    asked = YesNo(otherwise=True, help_text=_("Yes or no: whether it is asked. Empty: yes."))
    tickets = forms.CharField(
        max_length=2000,
        required=False,
        help_text=_("Only with these tickets, as they are called, with | between them. Empty: with all."),
    )

    @classmethod
    def gather(cls, owner: Event) -> dict[str, Any]:
        return {"tickets": selectors.tickets_by_name(owner)}

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["question"]).casefold()

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        return set(keys) & selectors.questions_by_words(owner)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Question.Kind.TEXT

    def clean_choices(self) -> list[str]:
        choices = _several(self.cleaned_data["choices"])
        if any(len(choice) > MOST_OF_CHOICE for choice in choices):
            raise forms.ValidationError(_("A choice has up to %(most)s characters."), params={"most": MOST_OF_CHOICE})
        return choices

    def clean_tickets(self) -> list[int]:
        named = _several(self.cleaned_data["tickets"])
        for name in named:
            if name.casefold() not in self.known["tickets"]:
                raise forms.ValidationError(_("there is no ticket “%(name)s”"), params={"name": name[:40]})
        return [self.known["tickets"][name.casefold()] for name in named]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors.keys() & {"kind", "choices"}:
            count = len(data["choices"])
            try:
                check_choices(Question(kind=data["kind"]), count, new=count)
            except Refused as refused:
                self.add_error("choices", str(refused.message))
        return data


def _several(cell: str) -> list[str]:
    """What stands in one cell, each once."""
    parts = (" ".join(part.split()) for part in cell.split(selectors.BETWEEN))
    return list(dict.fromkeys(part for part in parts if part))


class MemberLine(LineForm):
    most = 100
    example: ClassVar[Sequence[Sequence[str]]] = (("nadia@example.org", "manager"),)
    beside = frozenset({"organisation", "state", "sent", "expires", "by"})

    email = forms.EmailField(max_length=254, help_text=_("Where the invitation goes."))
    role = forms.ChoiceField(
        choices=Membership.Role.choices, required=False, help_text=_("owner or manager. Empty: manager.")
    )

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["email"]).lower()

    @classmethod
    def taken(cls, owner: Organisation, keys: Sequence[str]) -> Iterable[str]:
        return owner.memberships.filter(user__email__in=keys).order_by().values_list("user__email", flat=True)


class RoleLine(LineForm):
    most = 200
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("nadia@example.org", "Nadia Okello", "speaker", "yes"),
        ("ivo@example.org", "Ivo Brandt", "moderator", ""),
    )
    beside = frozenset({"event"})

    email = forms.EmailField(max_length=254, help_text=_("Where the invitation goes."))
    name = forms.CharField(
        max_length=120,
        required=False,
        validators=[validate_person_name],
        help_text=_("Used where the address is new here."),
    )
    role = forms.ChoiceField(choices=EventRole.Role.choices, help_text=_("organiser, moderator, speaker or exhibitor."))
    mail_the_link = YesNo(
        otherwise=True,
        help_text=_(
            "Yes or no: whether speakers and exhibitors are mailed their link. Empty: yes. Organisers and moderators "
            "have none: they sign in by themselves."
        ),
    )

    @classmethod
    def gather(cls, owner: Event) -> dict[str, Any]:
        return {"banned": selectors.banned_addresses(owner)}

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        """Somebody may have several roles."""
        return _role_key(row["email"], row["role"])

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        addresses = {key.partition(" ")[0] for key in keys}
        roles = owner.event_roles.filter(user__email__in=addresses).order_by().values_list("user__email", "role")
        return set(keys) & {_role_key(email, role) for email, role in roles}

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email in self.known["banned"]:
            raise forms.ValidationError(PUT_OUT)
        return email


def _role_key(email: str, role: str) -> str:
    return f"{email} ({role})"
