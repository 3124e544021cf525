"""The profile, as a person edits it, and the names of passkeys."""

import json
import struct
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User, validate_person_name
from apps.accounts.services import PROFILE_FIELDS

KEY_NAME = 60
CREDENTIAL = 20_000
NUL = rb"\u0000"
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error)


def zone_choices() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("", _("What my device says")), ("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("A square is cut from its middle. Up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    remove_photo = forms.BooleanField(label=_("Take my photo away"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("What my browser says")), *settings.LANGUAGES]
    )

    class Meta:
        model = User
        fields = (*PROFILE_FIELDS[:5], "photo", *PROFILE_FIELDS[5:])
        labels = {"name": _("Name"), "title": _("What you do"), "company": _("Organisation"),
                  "pronouns": _("Pronouns"), "bio": _("About you")}  # fmt: skip
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "company": forms.TextInput(attrs={"autocomplete": "organization"}),
            "bio": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {"bio": _("What should people ask you about?")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].validators.append(validate_person_name)
        if not self.instance.photo:
            del self.fields["remove_photo"]

    def _post_clean(self) -> None:
        """Leaves the person as they are: the service writes, and a refused form must not show half of a change."""

    def changes(self) -> dict[str, Any]:
        """The arguments of `services.update_profile`."""
        data = self.cleaned_data
        values = {name: data[name] for name in PROFILE_FIELDS}
        return values | {"photo": data.get("photo") or None, "remove_photo": bool(data.get("remove_photo"))}


class CredentialField(forms.JSONField):
    """What a passkey answered: within bounds, and such that the database can keep it."""

    def to_python(self, value: Any) -> Any:
        try:
            if isinstance(value, str) and len(value) > CREDENTIAL:
                raise ValueError
            found = super().to_python(value)
            kept = json.dumps(found, ensure_ascii=False, allow_nan=False)
            if NUL in kept.encode():
                raise ValueError
        except (RecursionError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        return found


class Careful:
    """The library takes what a passkey answered for well-formed; what comes from outside may be anything."""

    @contextmanager
    def refusing(self) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AddKeyForm(Careful, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), required=False, max_length=KEY_NAME)
    credential = CredentialField(required=True, widget=forms.HiddenInput)
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone"),
        required=False,
        initial=True,
        help_text=_("No code and no password any more. It then asks for your finger, your face or its PIN each time."),
    )

    def clean(self) -> Any:
        with self.refusing():
            return super().clean()


class RenameKeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=KEY_NAME)


class ShowKeyForm(Careful, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        with self.refusing():
            return super().clean_credential()


class EnterWithKeyForm(ShowKeyForm, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    pass


class ShowKeyAgainForm(ShowKeyForm, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
