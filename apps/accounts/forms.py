"""The profile, as a person edits it, and the names of passkeys."""

import json
import struct
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import (
    INTEREST_LENGTH,
    LINK_LENGTH,
    MOST_INTERESTS,
    MOST_LANGUAGES,
    MOST_LINKS,
    SHOWN_FIELDS,
    Audience,
    User,
    validate_person_name,
)
from apps.accounts.services import PROFILE_FIELDS
from apps.core import tongues

KEY_NAME = 60
CREDENTIAL = 20_000
NUL = rb"\u0000"
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error)


def zone_choices() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("", _("What my device says")), ("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class FewSelects(forms.SelectMultiple):
    """Several of a long list, without a script: a select for each that is chosen, and some more to choose with."""

    more = 2
    another: Any = _("Another language")

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [code for code in (value or []) if code][:MOST_LANGUAGES]
        places = [*chosen, *[""] * min(self.more, max(1, MOST_LANGUAGES - len(chosen)))]
        lines = []
        for number, code in enumerate(places):
            about = {**(attrs or {}), "class": "select"}
            if number:
                about |= {"id": f"{about.get('id', name)}_{number}", "aria-label": self.another}
            lines.append(forms.Select(choices=self.choices).render(name, code, about, renderer))
        return format_html('<div class="few">{}</div>', format_html_join("", "{}", ((line,) for line in lines)))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [code for code in data.getlist(name) if code]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """`suggestions` are interests that others of the event have, to be taken with a tick."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("A square is cut from its middle. Up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    remove_photo = forms.BooleanField(label=_("Take my photo away"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices)
    language = forms.ChoiceField(
        label=_("Language of the pages"), required=False, choices=[("", _("What my browser says")), *settings.LANGUAGES]
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"),
        required=False,
        choices=lambda: [("", "–"), *tongues.choices()],
        widget=FewSelects,
        help_text=_("Save, and there is room for more."),
    )
    interests = forms.CharField(
        label=_("Interests"),
        required=False,
        max_length=MOST_INTERESTS * (INTEREST_LENGTH + 2),
        help_text=_("A few words with commas between them: rivers, open data, chess."),
    )
    also = forms.MultipleChoiceField(
        label=_("Others here are interested in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        max_length=MOST_LINKS * (LINK_LENGTH + 2),
        help_text=_("One a line, beginning with https://. Six at most."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )

    GROUPS = (
        (_("Who you are"), ("name", "photo", "remove_photo", "title", "company", "pronouns")),
        (_("What others can talk with you about"), ("bio", "interests", "also", "languages", "links")),
        (_("Where and how you read"), ("time_zone", "language")),
    )

    class Meta:
        model = User
        fields = ("name", "title", "company", "pronouns", "bio", "photo", "time_zone", "language")
        labels = {"name": _("Name"), "title": _("What you do"), "company": _("Organisation"),
                  "pronouns": _("Pronouns"), "bio": _("About you")}  # fmt: skip
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "company": forms.TextInput(attrs={"autocomplete": "organization"}),
            "bio": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {"bio": _("What should people ask you about?")}

    def __init__(self, *args: Any, suggestions: Sequence[str] = (), **kwargs: Any) -> None:
        person: User = kwargs["instance"]
        kept = {
            "languages": person.languages,
            "interests": ", ".join(person.interests),
            "links": "\n".join(person.links),
            **{f"sees_{field}": person.audience_of(field) for field in SHOWN_FIELDS},
        }
        super().__init__(*args, **{**kwargs, "initial": kept | (kwargs.get("initial") or {})})
        self.fields["name"].required = True
        self.fields["name"].validators.append(validate_person_name)
        if not self.instance.photo:
            del self.fields["remove_photo"]
        also: Any = self.fields["also"]
        also.choices = [(word, word) for word in suggestions]
        if not suggestions:
            del self.fields["also"]
        for field in SHOWN_FIELDS:
            label = _("Who sees it: %(field)s") % {"field": self.fields[field].label}
            self.fields[f"sees_{field}"] = forms.ChoiceField(
                label=label, required=False, choices=Audience.choices, initial=person.audience_of(field)
            )

    @property
    def groups(self) -> Iterator[tuple[Any, list[tuple[forms.BoundField, forms.BoundField | None]]]]:
        """(heading, [(field, who sees it)]), as the page shows them."""
        for heading, names in self.GROUPS:
            there = [name for name in names if name in self.fields]
            yield heading, [(self[name], self[f"sees_{name}"] if name in SHOWN_FIELDS else None) for name in there]

    def _post_clean(self) -> None:
        """Leaves the person as they are: the service writes, and a refused form must not show half of a change."""

    def changes(self) -> dict[str, Any]:
        """The arguments of `services.update_profile`."""
        data = self.cleaned_data
        values = {name: data[name] for name in PROFILE_FIELDS}
        values["interests"] = [*data["interests"].replace("\n", ",").split(","), *data.get("also", ())]
        values["links"] = data["links"].splitlines()
        seen = {field: data[f"sees_{field}"] for field in SHOWN_FIELDS if data.get(f"sees_{field}")}
        photo = {"photo": data.get("photo") or None, "remove_photo": bool(data.get("remove_photo"))}
        return values | photo | {"visibility": seen}


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
