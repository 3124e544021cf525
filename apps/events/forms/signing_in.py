"""What owners type of their organisation's own ways to sign in, and whom they ask to join it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from apps.core.domains import domain_of
from apps.events.adapters import oidc, saml
from apps.events.adapters.calling import address
from apps.events.adapters.claims import WHY, Doubt
from apps.events.models import MemberInvitation, Membership, SignInConnection, SignInDomain
from apps.events.services.signing_in import MOST_CONNECTIONS

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
Kind = SignInConnection.Kind


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
        try:
            if kind == Kind.SAML:
                self._clean_saml(data)
            else:
                self._clean_oidc(data)
        except Doubt as doubt:
            self.add_error("issuer" if kind == Kind.OIDC else None, forms.ValidationError(WHY[doubt.why]))
        organisation = data.get("organisation")
        known = organisation.sign_in_connections.count() if organisation and not self.instance.pk else 0
        if known >= MOST_CONNECTIONS:
            words = _("An organisation has %(count)s ways to sign in at most. Delete one that is not needed.")
            raise forms.ValidationError(words, params={"count": MOST_CONNECTIONS})
        return data

    def _clean_oidc(self, data: dict[str, Any]) -> None:
        """A provider that cannot be asked now is told now, and not to those who want to sign in."""
        for name in ("issuer", "client_id"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("An OpenID Connect provider needs this."))
        if data.get("issuer") and data["issuer"] != self.instance.issuer:
            oidc.discover(data["issuer"])

    def _clean_saml(self, data: dict[str, Any]) -> None:
        said = None
        if data.get("metadata"):
            said = saml.read_metadata(data["metadata"].encode())
        elif data.get("metadata_url"):
            said = saml.fetch_metadata(data["metadata_url"])
        if said is not None:
            data |= {"entity_id": said.entity_id, "sso_url": said.sso_url, "certificates": said.certificates}
        for name in ("entity_id", "sso_url", "certificates"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("A SAML provider needs this. Its metadata brings it along."))
        if data.get("certificates"):
            saml.read_certificates(data["certificates"])
        if data.get("sso_url"):
            address(data["sso_url"])


class DomainForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SignInDomain
        fields = ("domain",)

    def clean_domain(self) -> str:
        domain = domain_of(self.cleaned_data["domain"])
        if len(domain) > 253 or not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(
                _("“%(line)s” is no domain. Write it like example.org."), params={"line": domain}
            )
        return domain


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
