"""What people may write at a booth."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.by_line import LineForm, YesNo
from apps.events.models import Event
from apps.exhibitors.models import Booth, ContactRequest


class BoothLine(LineForm):
    """One line of a table of booths."""

    most = 500
    example: ClassVar[Sequence[Sequence[str]]] = (
        ("Lakeside Water", "Gauges that last", "We build gauges.", "https://lakeside.example", "yes"),
    )
    beside = frozenset({"event", "asked", "waiting", "position"})

    name = forms.CharField(max_length=120, help_text=_("As it stands in the expo; no booth of this name is there yet."))
    tagline = forms.CharField(max_length=200, required=False, help_text=_("One line about it."))
    description = forms.CharField(max_length=10_000, required=False, help_text=_("What the booth’s page says."))
    website = forms.URLField(
        max_length=300, required=False, assume_scheme="https", help_text=_("Its address, like https://example.org.")
    )
    is_published = YesNo(otherwise=False, help_text=_("Yes or no: whether it is shown in the expo. Empty: no."))

    @classmethod
    def key(cls, row: Mapping[str, Any]) -> str:
        return str(row["name"]).casefold()

    @classmethod
    def taken(cls, owner: Event, keys: Sequence[str]) -> Iterable[str]:
        return set(keys) & {name.casefold() for name in owner.booths.order_by().values_list("name", flat=True)}


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    consent = forms.BooleanField(
        error_messages={"required": _("Without your consent the booth would not know how to answer you.")}
    )

    class Meta:
        model = ContactRequest
        fields = ("message", "name", "email", "company")
        widgets = {"message": forms.Textarea(attrs={"rows": 3, "maxlength": 2000})}
        labels = {"message": _("Your question, or what you need"), "company": _("Company, if you like")}

    def __init__(self, *args: Any, booth: Booth, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        consent = self.fields["consent"]
        consent.label = _("%(booth)s may answer me at this address") % {"booth": booth.name}
        consent.help_text = _("They get what you write here and your name, to write to you about this visit.")

    @staticmethod
    def known_of(user: User) -> dict[str, str]:
        return {"name": user.name, "email": user.email, "company": user.company}


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Your answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
