"""What organisers type at their desk."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.forms import zone_choices
from apps.accounts.models import User, validate_person_name
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import Event, EventRole, InvitationCode, Membership, Registration
from apps.events.models.ticket import CODE
from apps.events.services import settings as settings_of_event
from apps.events.services.coding import MOST_AT_ONCE
from apps.events.services.registering import CHOOSE_TICKET

LAST_OWNER = _("An organisation needs an owner. Make somebody else the owner first.")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """For the desk: names a person by their address, whether the platform knows it or not."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        validators=[validate_person_name],
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
        fields = ("event", "ticket")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        event, ticket = data.get("event"), data.get("ticket")
        if event and ticket and ticket.event_id != event.pk:
            self.add_error("ticket", _("This is a ticket of another event."))
        if event and not ticket and event.tickets.count() > 1 and "ticket" not in self.errors:
            self.add_error("ticket", CHOOSE_TICKET)
        return data


class CodesForm(forms.ModelForm):  # type: ignore[type-arg]
    """One code with a word of its own, or many that are made up."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        validators=[CODE],
        widget=UnfoldAdminTextInputWidget,
        help_text=_("A word of yours. Empty: one is made up that nobody can guess."),
    )
    count = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST_AT_ONCE, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        model = InvitationCode
        fields = ("event", "ticket", "uses", "lets_in", "expires_at", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("count", None)
            self.fields.pop("code", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        event, ticket, code = data.get("event") or self.instance.event_id, data.get("ticket"), data.get("code")
        if ticket and event and ticket.event_id != getattr(event, "pk", event):
            self.add_error("ticket", _("This is a ticket of another event."))
        if code and (data.get("count") or 1) > 1:
            self.add_error("count", _("One word is one code. Leave it empty to make many."))
        if code and event and InvitationCode.objects.filter(event=event, code__iexact=code).exists():
            self.add_error("code", _("This code exists already."))
        if data.get("uses") and data["uses"] < self.instance.used:
            self.add_error("uses", _("It was used more often than that already."))
        return data

    def _post_clean(self) -> None:
        """Its word stands in a field of the form that the row does not have to validate again."""
        self.instance.code = self.cleaned_data.get("code", "") if not self.instance.pk else self.instance.code
        super()._post_clean()  # type: ignore[misc]


class GuestFileForm(forms.Form):
    event = forms.ModelChoiceField(Event.objects.none(), label=_("Event"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(label=_("File"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx,text/csv"}))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("A word to them"),
        max_length=500,
        required=False,
        help_text=_("It stands in the mail, as you write it."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    """An event's settings: a zone by name, colours by eye, a logo that is written anew."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: zone_choices()[1:], widget=UnfoldAdminSelect2Widget
    )
    default_language = forms.ChoiceField(
        label=_("Main language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("In which you write its texts. None chosen: all."),
    )
    left_out = forms.MultipleChoiceField(
        label=_("Goes without"),
        choices=Event.Part.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Its page is not there, and nothing leads to it."),
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
            return settings_of_event.logo_of(logo, field="logo")
        except Refused as refused:
            raise forms.ValidationError(str(refused.message)) from refused

    def clean_allowed_domains(self) -> str:
        return settings_of_event.domains(self.cleaned_data["allowed_domains"])

    def clean_refused_domains(self) -> str:
        return settings_of_event.domains(self.cleaned_data["refused_domains"])

    def clean_embed_origins(self) -> str:
        return settings_of_event.origins(self.cleaned_data["embed_origins"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field, words in settings_of_event.contradictions(data):
            self.add_error(field, words)
        return data
