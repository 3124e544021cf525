"""What a token for the API is to be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.services import TOKEN_DAYS
from apps.core import scopes
from apps.events.models import Event


class TokenForm(forms.Form):
    """What a token is to be: named, for some things, for some time."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What it is for: the program or the colleague that will have it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(scopes.SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may do yourself. Choose as little as will do."),
    )
    event = forms.ChoiceField(label=_("In which event"), required=False)
    days = forms.TypedChoiceField(label=_("How long it holds"), coerce=int, initial=90)

    def __init__(self, *args: Any, events: list[Event], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(str(event.pk), str(event.name)) for event in events]
        self.fields["event"].choices = [("", _("In all of my events")), *listed]  # type: ignore[attr-defined]
        held = [(days, ngettext("%d day", "%d days", days) % days) for days in TOKEN_DAYS]
        self.fields["days"].choices = held  # type: ignore[attr-defined]

    def wish(self) -> dict[str, Any]:
        """The arguments of `services.create_token`."""
        data = self.cleaned_data
        event = int(data["event"]) if data["event"] else None
        return {"name": data["name"], "wanted": data["scopes"], "days": data["days"], "event_id": event}
