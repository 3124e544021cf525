"""What owners type of their organisation's own ways to sign in, and whom they ask to join it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from apps.core.errors import Refused
from apps.events import services
from apps.events.models import MemberInvitation, Membership, SignInConnection, SignInDomain
from apps.events.services.signing_in import MOST_CONNECTIONS


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A provider of either kind. Its secret is taken, and never shown again."""

    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("It is not shown again. Leave it empty to keep the one that is there."),
    )
    metadata_url = forms.URLField(
        label=_("Metadata of the provider, by address"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text=_("It is read now, and fills the fields below."),
    )
    metadata = forms.CharField(
        label=_("Or pasted"),
        max_length=500_000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "ltr"}),
    )

    class Meta:
        model = SignInConnection
        fields = "__all__"  # noqa: DJ007 - the admin names the fields
        widgets = {
            "client_id": UnfoldAdminTextInputWidget(attrs={"dir": "ltr", "autocomplete": "off"}),
            "certificates": UnfoldAdminTextareaWidget(attrs={"rows": 6, "dir": "ltr"}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind") or self.instance.kind
        for name, words in services.wrong_with(data, kind=kind, former_issuer=self.instance.issuer).items():
            if name not in self.errors:
                self.add_error(name or None, words)
        organisation = data.get("organisation")
        known = organisation.sign_in_connections.count() if organisation and not self.instance.pk else 0
        if known >= MOST_CONNECTIONS:
            raise forms.ValidationError(services.too_many_connections().message)
        return data


class DomainForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SignInDomain
        fields = ("domain",)

    def clean_domain(self) -> str:
        try:
            return services.named_domain(self.cleaned_data["domain"])
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused


class MemberInvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MemberInvitation
        fields = ("organisation", "email", "role")

    def clean(self) -> dict[str, Any]:
        """The same rules as in the service, told beside the field."""
        data = super().clean() or self.cleaned_data
        organisation, email = data.get("organisation"), str(data.get("email", "")).lower()
        if organisation and Membership.objects.filter(organisation=organisation, user__email=email).exists():
            self.add_error("email", _("Somebody with this address is a member already."))
        elif organisation and MemberInvitation.objects.open().filter(organisation=organisation, email=email).exists():
            self.add_error("email", _("This address is invited already. Mail it again from the list."))
        return data
