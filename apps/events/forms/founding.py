"""What somebody types who wants an organisation of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.events.models import Organisation


class FoundingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Organisation
        fields = ("name", "slug")
        help_texts = {
            "name": _("People read it in the foot of your events’ pages, and you can change it."),
            "slug": _("It stands in addresses. Left empty, it is made from the name."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False


class AskingForm(forms.Form):
    """For those who run the platform."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=120)
    words = forms.CharField(
        label=_("What you want to organise"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A sentence or two, so that whoever reads it knows who you are."),
    )
