"""What people type to register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def email_field(**extra: Any) -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("This looks unfinished. An address is written like name@example.org.")},
        **extra,
    )


class RegistrationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the others will see it"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
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

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ResendForm(forms.Form):
    email = email_field()

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
