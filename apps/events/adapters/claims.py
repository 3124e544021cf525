"""What a provider said of somebody, once it is believed; and what is raised where it is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

MOST_SHOWN = 60
MOST_LETTERS = 300
WHY = {
    "unreachable": _("The provider does not answer, or says something else than is expected there."),
    "busy": _("Several people are on their way back from it at this moment. Try it again in a few seconds."),
    "address": _("An address of the provider is none that we call: it must begin with https://."),
    "issuer": _("It was issued by another provider than the one named here."),
    "key": _("It is signed with a key that the provider does not publish."),
    "signature": _("It is not signed, or the signature does not hold."),
    "audience": _("It was meant for another service than this one."),
    "time": _("It is too old, or not valid yet. Is the provider’s clock right?"),
    "nonce": _("It does not answer what was asked in this browser."),
    "replay": _("It was used before."),
    "form": _("It is not of the form that it should have."),
    "subject": _("It does not say by which number the provider knows the person."),
    "email": _("It names no e-mail address. Let the provider send one."),
    "refused": _("The provider refused, or somebody stopped there."),
    "secret": _("The secret of the client cannot be read any more. Enter it again."),
    "sealed": _(
        "It is encrypted, and not in a way that we open. Let the provider use our certificate, AES-GCM and RSA-OAEP; "
        "or no encryption."
    ),
    "begun_there": _("It began at the provider, which is switched off for this way to sign in."),
}
"""Why somebody was not believed, for the organiser who tries a connection, and by its short name in the log."""


@dataclass(frozen=True, slots=True)
class Claims:
    subject: str
    email: str
    name: str = ""
    is_email_verified: bool | None = None
    """None where the provider says nothing of it."""
    hosted: str = ""
    """The domain of which the account is, where the provider says that beside the address: Google's `hd`."""
    methods: frozenset[str] = frozenset()
    """How they showed who they are: OpenID Connect's `amr`, SAML's AuthnContext."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """What arrived, for the organiser who tries it."""

    @property
    def is_known_by_address(self) -> bool:
        """Whether the provider has no other number for the person: then a new holder of the address is the same."""
        email = self.email.strip().lower()
        return self.subject.strip().lower() in (email, f"mail:{email}")


class Doubt(Refused):
    """What arrived is not believed. `why` is a key of WHY; the person reads no more than that it did not work."""

    def __init__(self, why: str) -> None:
        said = _(
            "Your organisation’s sign-in service gave no answer that we can believe. Begin again from the sign-in page."
        )
        super().__init__(f"signin.{why}", said, status=403)
        self.why = why


def shown(values: Mapping[str, object]) -> dict[str, str]:
    """Short enough to be put on a page, and of letters that can be written there."""
    return {_letters(name): _letters(value) for name, value in list(values.items())[:MOST_SHOWN]}


def _letters(thing: object) -> str:
    return str(thing)[:MOST_LETTERS].encode(errors="replace").decode()
