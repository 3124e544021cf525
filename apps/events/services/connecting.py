"""An organisation's ways to sign in as its owners set them up: what is said of a provider is looked at before it is
kept, so that a mistake is told to them and not to those who want to sign in."""

import re
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.domains import domain_of
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.adapters import oidc, saml
from apps.events.adapters.calling import address
from apps.events.adapters.claims import WHY, Doubt
from apps.events.models import Organisation, SignInConnection, SignInDomain
from apps.events.services.domains import check_domain
from apps.events.services.signing_in import MOST_CONNECTIONS, MOST_DOMAINS, save_connection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Kind = SignInConnection.Kind
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
NEEDED = {Kind.OIDC: ("issuer", "client_id"), Kind.SAML: ("entity_id", "sso_url", "certificates")}
"""Without these nobody comes in by it."""
LACKING = {
    Kind.OIDC: _("An OpenID Connect provider needs this."),
    Kind.SAML: _("A SAML provider needs this. Its metadata brings it along."),
}
WHOLE = ""
"""Where something is wrong that is about no field."""


def wrong_with(said: dict[str, Any], *, kind: str, former_issuer: str = "") -> "dict[str, str | _StrPromise]":
    """What is wrong with what was said of a provider, by field. Fills in what its metadata says, which came along as
    `metadata` or is read from `metadata_url`. A provider that cannot be asked now is told now; one whose issuer stays
    is not asked again."""
    found: dict[str, str | _StrPromise] = {}
    is_saml = kind == Kind.SAML
    try:
        if is_saml:
            _fill_in(said)
        found |= {name: LACKING[Kind(kind)] for name in NEEDED[Kind(kind)] if not said.get(name)}
        if is_saml:
            _look(said)
        elif said.get("issuer") and said["issuer"] != former_issuer:
            oidc.discover(said["issuer"])
    except Doubt as doubt:
        found[WHOLE if is_saml else "issuer"] = WHY[doubt.why]
    return found


def _fill_in(said: dict[str, Any]) -> None:
    if said.get("metadata"):
        published = saml.read_metadata(said["metadata"].encode())
    elif said.get("metadata_url"):
        published = saml.fetch_metadata(said["metadata_url"])
    else:
        return
    said.update(entity_id=published.entity_id, sso_url=published.sso_url, certificates=published.certificates)


def _look(said: dict[str, Any]) -> None:
    if said.get("certificates"):
        saml.read_certificates(said["certificates"])
    if said.get("sso_url"):
        address(said["sso_url"])


def too_many_connections() -> Refused:
    words = _("An organisation has %(count)s ways to sign in at most. Delete one that is not needed.")
    return Refused("connection.too_many", words, values={"count": MOST_CONNECTIONS})


@transaction.atomic
def add_connection(connection: SignInConnection, *, secret: str = "") -> None:
    """A new one. Raises Refused where there are as many as may be, and where its name is taken."""
    Organisation.objects.select_for_update(no_key=True).get(pk=connection.organisation_id)  # two at once are counted
    if SignInConnection.objects.filter(organisation=connection.organisation_id).count() >= MOST_CONNECTIONS:
        raise too_many_connections()
    _keep(connection, secret=secret, changed=None)


@transaction.atomic
def change_connection(connection: SignInConnection, *, changed: set[str], secret: str = "") -> None:
    """Keeps what was changed of it. An empty secret leaves the one that it has, unless another issuer would be told it.
    Raises Refused where its name is taken, and where it was deleted meanwhile."""
    _keep(connection, secret=secret, changed=changed)


def _keep(connection: SignInConnection, *, secret: str, changed: set[str] | None) -> None:
    others = SignInConnection.objects.filter(organisation=connection.organisation_id, name=connection.name)
    try:
        with transaction.atomic():
            save_connection(connection, secret=secret, changed=changed)
    except IntegrityError as error:
        if others.exclude(pk=connection.pk).exists():
            words = _("Another way to sign in has this name. Choose one that people can tell apart.")
            raise Refused("connection.name_taken", words, field="name") from error
        raise


def remove_connection(connection: SignInConnection) -> None:
    """Nobody comes in by it any more, and its domains are free for another one."""
    connection.delete()


def named_domain(text: str) -> str:
    """As it is kept and looked up. Raises Refused where it is none."""
    domain = domain_of(text)
    if len(domain) > 253 or not DOMAIN.fullmatch(domain):
        words = _("“%(line)s” is no domain. Write it like example.org.")
        raise Refused("domain.unreadable", words, values={"line": domain[:253]}, field="domain", status=400)
    return domain


@transaction.atomic
def add_domain(connection: SignInConnection, *, domain: str) -> SignInDomain:
    """One for which the connection shall speak, once it is proven. Raises Refused where it is none, or there already,
    and where there are as many as may be."""
    name = named_domain(domain)
    hold_row(connection, gone="connection.gone")  # two at once are counted
    if connection.domains.filter(domain=name).exists():
        raise Refused("domain.there", _("This domain is on the list already."), field="domain")
    if connection.domains.count() >= MOST_DOMAINS:
        words = _("A way to sign in speaks for %(count)s domains at most.")
        raise Refused("domain.too_many", words, values={"count": MOST_DOMAINS})
    return SignInDomain.objects.create(connection=connection, domain=name)


def remove_domain(domain: SignInDomain) -> None:
    """The connection speaks for it no more."""
    domain.delete()


def prove_domain(domain: SignInDomain) -> None:
    """Looks its record up. Raises Refused where that is not there yet, or another way to sign in has the domain."""
    if not check_domain(domain):
        words = _("The record of %(domain)s is not there yet. It may take an hour until it is seen everywhere.")
        raise Refused("domain.no_record", words, values={"domain": domain.domain})
