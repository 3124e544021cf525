"""What people may write at a booth."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.exhibitors.models import Booth, ContactRequest


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
