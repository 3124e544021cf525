"""What people type to register, and organisers at their desk."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminColorInputWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.forms import zone_choices
from apps.accounts.models import User, validate_person_name
from apps.accounts.services import TOKEN_DAYS
from apps.core import ids, pictures, scopes
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import Event, EventRole, Membership, Registration

LOGO_EDGE = 800
LAST_OWNER = _("An organisation needs an owner. Make somebody else the owner first.")


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
        validators=[validate_person_name],
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


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """For the desk: names a person by their address, whether the platform knows it or not."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Used where the address is new here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("email", None)
            self.fields.pop("name", None)

    def person(self) -> dict[str, str]:
        return {"email": self.cleaned_data["email"].lower(), "name": self.cleaned_data["name"]}


class RoleForm(PersonForm):
    class Meta:
        model = EventRole
        fields = ("event", "role")


class MembershipForm(PersonForm):
    class Meta:
        model = Membership
        fields = ("organisation", "role")

    def clean(self) -> dict[str, Any]:
        """The same rule as in the service, told beside the field."""
        data = super().clean() or {}
        organisation = self.instance.organisation if self.instance.pk else data.get("organisation")
        named = User.objects.filter(email=str(data.get("email", "")).lower()).first()
        user = self.instance.user if self.instance.pk else named
        is_owner = data.get("role") == Membership.Role.OWNER
        if organisation and user and not is_owner and selectors.is_last_owner(organisation, user):
            self.add_error("role", LAST_OWNER)
        return data


class InvitationForm(PersonForm):
    class Meta:
        model = Registration
        fields = ("event",)


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    """An event's settings: a zone by name, colours by eye, a logo that is written anew."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: zone_choices()[1:], widget=UnfoldAdminSelect2Widget
    )
    default_language = forms.ChoiceField(
        label=_("Main language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Event
        fields = "__all__"  # noqa: DJ007 - the admin names the fields
        widgets = {"brand": UnfoldAdminColorInputWidget, "accent": UnfoldAdminColorInputWidget}

    def clean_logo(self) -> Any:
        logo = self.cleaned_data.get("logo")
        if not logo or "logo" not in self.changed_data:
            return logo
        try:
            content = pictures.within(logo, edge=LOGO_EDGE, field="logo")
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from refused
        return ContentFile(content, name=f"{ids.new_token()}.webp")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it begins. Check both times."))
        return data


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
