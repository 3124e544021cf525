"""SAML 2.0, as far as signing in needs it: the request, the response and what must hold of it, metadata both ways.

Signatures are signxml's, which gives back what was signed, parsed anew. Only from that anything is read: whatever else
stands in the document, in front of the signed part or around it, says nothing.
"""

import base64
import binascii
import hashlib
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.core.cache import cache
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from apps.core import clock, reaching
from apps.events.adapters import saml_sealed
from apps.events.adapters.calling import address, asking
from apps.events.adapters.claims import Claims, Doubt, shown

MOST_BYTES = 200 * 1024
MOST_METADATA = 2 * 1024 * 1024
MOST_CERTIFICATES = 5
SECONDS = 8
SKEW = timedelta(seconds=60)
LONGEST = timedelta(days=1)
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
NAMES = {
    "samlp": PROTOCOL,
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
METHODS = frozenset(
    SignatureMethod[name]
    for name in (
        "RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA512",
        "SHA256_RSA_MGF1", "SHA384_RSA_MGF1", "SHA512_RSA_MGF1",
    )
)  # fmt: skip
MAIL_ATTRIBUTES = (
    "email", "mail", "emailaddress", "emailAddress",
    "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:1.2.840.113549.1.9.1",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)  # fmt: skip
NAME_ATTRIBUTES = (
    "displayName", "urn:oid:2.16.840.1.113730.3.1.241", "name", "cn", "urn:oid:2.5.4.3",
    "http://schemas.microsoft.com/identity/claims/displayname",
)  # fmt: skip
SUBJECT_ATTRIBUTES = (
    "urn:oasis:names:tc:SAML:attribute:subject-id",
    "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
)
"""What names the person for good, also where the NameID is another one each time."""
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Party:
    """The two who talk: the provider's side as it was typed in, and our two addresses."""

    entity_id: str
    sso_url: str
    certificates: str
    ours: str
    acs: str
    email_attribute: str = ""
    name_attribute: str = ""
    key: str = ""
    """Ours, in PEM, that opens what was encrypted for us."""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a believed response says. `in_response_to` is empty where it began at the provider."""

    claims: Claims
    in_response_to: str


@dataclass(frozen=True, slots=True)
class Published:
    """What a provider's metadata says."""

    entity_id: str
    sso_url: str
    certificates: str


def way_there(party: Party, *, request_id: str) -> str:
    """The provider's address, with our request in it (HTTP-Redirect; the request needs no signature)."""
    made = etree.Element(
        f"{{{PROTOCOL}}}AuthnRequest",
        {
            "ID": request_id,
            "Version": "2.0",
            "IssueInstant": clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": party.sso_url,
            "AssertionConsumerServiceURL": party.acs,
            "ProtocolBinding": POST,
        },
        nsmap={"samlp": PROTOCOL, "saml": NAMES["saml"]},
    )
    etree.SubElement(made, f"{{{NAMES['saml']}}}Issuer").text = party.ours
    squeezed = zlib.compress(etree.tostring(made), wbits=-15)
    return asking(address(party.sso_url), {"SAMLRequest": base64.b64encode(squeezed).decode()})


def read_response(party: Party, encoded: str) -> Told:
    """Who the provider says somebody is. Raises Doubt. A response is believed once."""
    response = _parse(_decoded(encoded), MOST_BYTES)
    if response.tag != f"{{{PROTOCOL}}}Response":
        raise Doubt("form")
    if [one.get("Value") for one in _all(response, "./samlp:Status/samlp:StatusCode")] != [SUCCESS]:
        raise Doubt("refused")
    assertion = _signed_assertion(party, response)
    if _text(assertion, "./saml:Issuer") != party.entity_id:
        raise Doubt("issuer")
    _check_conditions(party, assertion)
    in_response_to = _check_subject(party, assertion)
    claims = _claims(party, assertion)
    _once(party, str(assertion.get("ID") or ""))
    return Told(claims, in_response_to)


def asked_by(encoded: str) -> str:
    """The number of the request that a response pretends to answer: believe nothing of it."""
    try:
        return str(_parse(_decoded(encoded), MOST_BYTES).get("InResponseTo") or "")[:100]
    except Doubt:
        return ""


def _decoded(encoded: str) -> bytes:
    if len(encoded) > MOST_BYTES * 4 // 3 + 1000:
        raise Doubt("form")
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Doubt("form") from error


def _parse(raw: bytes, most: int) -> Any:
    """Without entities, document types, or anything fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw[: most + 1], parser) if raw and len(raw) <= most else None
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Doubt("form") from error
    if root is None or root.getroottree().docinfo.doctype:
        raise Doubt("form")
    return root


def _signed_assertion(party: Party, response: Any) -> Any:
    """The one assertion, as it was signed: by its own signature, or by that of the whole response. One that is
    encrypted is no more than what is found in it: its signature is asked for as of any other."""
    is_whole = bool(_all(response, "./ds:Signature"))
    believed = _verified(party, response) if is_whole else response
    found = _all(believed, "./saml:Assertion | ./saml:EncryptedAssertion")
    if len(found) != 1:
        raise Doubt("form")
    # By itself, so that its signature can be about nothing else.
    alone = _parse(_written(party, found[0]), MOST_BYTES)
    if alone.tag != f"{{{NAMES['saml']}}}Assertion":
        raise Doubt("form")
    return alone if is_whole else _verified(party, alone)


def _written(party: Party, found: Any) -> bytes:
    if found.tag == f"{{{NAMES['saml']}}}EncryptedAssertion":
        return saml_sealed.opened(found, party.key)
    plain: bytes = etree.tostring(found, with_tail=False)
    return plain


def _verified(party: Party, thing: Any) -> Any:
    """The element as it was signed with one of the provider's keys, by a signature that stands directly in it."""
    if len(_all(thing, "./ds:Signature")) != 1:
        raise Doubt("signature")
    for certificate in read_certificates(party.certificates):
        signed = _signed_with(certificate, thing)
        if signed is not None and signed.tag == thing.tag and thing.get("ID") and signed.get("ID") == thing.get("ID"):
            return signed
    raise Doubt("signature")


def _signed_with(certificate: x509.Certificate, thing: Any) -> Any:
    """What this key signed of it; None where the signature is another's, or is malformed."""
    # The key was put there by hand, and is believed for that: providers let their certificates run out.
    config = SignatureConfiguration(
        location="./",
        signature_methods=METHODS,
        verification_time=certificate.not_valid_before_utc,
        ignore_ambiguous_key_info=True,  # our key is the certificate's, whatever else is written beside it
    )
    try:
        result: Any = XMLVerifier().verify(thing, x509_cert=certificate, expect_config=config)
    except Exception:  # a malformed one makes the libraries stumble over anything
        return None
    return result.signed_xml


def _check_conditions(party: Party, assertion: Any) -> None:
    conditions = _all(assertion, "./saml:Conditions")
    if len(conditions) != 1:
        raise Doubt("form")
    now = clock.now()
    begins, ends = _moment(conditions[0], "NotBefore"), _moment(conditions[0], "NotOnOrAfter")
    if (begins and now < begins - SKEW) or (ends and now >= ends + SKEW):
        raise Doubt("time")
    restrictions = _all(conditions[0], "./saml:AudienceRestriction")
    audiences = [[_string(one) for one in _all(part, "./saml:Audience")] for part in restrictions]
    if not audiences or not all(party.ours in named for named in audiences):
        raise Doubt("audience")


def _check_subject(party: Party, assertion: Any) -> str:
    """One of its confirmations must be for whoever brings it, here and now. The request that it answers."""
    why = "form"
    for confirmation in _all(assertion, "./saml:Subject/saml:SubjectConfirmation")[:10]:
        data = _all(confirmation, "./saml:SubjectConfirmationData")
        if confirmation.get("Method") != BEARER or len(data) != 1:
            continue
        ends, now = _moment(data[0], "NotOnOrAfter"), clock.now()
        if data[0].get("Recipient") != party.acs:
            why = "audience"
        elif ends is None or now >= ends + SKEW or ends > now + LONGEST or data[0].get("NotBefore"):
            why = "time"
        else:
            return str(data[0].get("InResponseTo") or "")
    raise Doubt(why)


def _claims(party: Party, assertion: Any) -> Claims:
    attributes: dict[str, str] = {}
    for attribute in _all(assertion, "./saml:AttributeStatement/saml:Attribute")[:200]:
        values = _all(attribute, "./saml:AttributeValue")
        for name in (attribute.get("Name"), attribute.get("FriendlyName")):
            if name and values:
                attributes.setdefault(str(name), _string(values[0]))
    named = _all(assertion, "./saml:Subject/saml:NameID")
    name_id = _string(named[0]) if len(named) == 1 else ""
    name_format = str(named[0].get("Format") or "") if name_id else ""
    email = _first(attributes, (party.email_attribute,) if party.email_attribute else MAIL_ATTRIBUTES)
    if not email and not party.email_attribute and name_format == MAIL_FORMAT:
        email = name_id
    if not email:
        raise Doubt("email")
    subject = _first(attributes, SUBJECT_ATTRIBUTES) or (name_id if name_format != TRANSIENT else "")
    subject = subject or f"mail:{email.lower()}"
    if len(subject) > 255 or not subject.isprintable():
        raise Doubt("subject")
    contexts = _all(assertion, "./saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef")
    return Claims(
        subject=subject,
        email=email,
        name=_first(attributes, (party.name_attribute,) if party.name_attribute else NAME_ATTRIBUTES),
        methods=frozenset(_string(one) for one in contexts),
        shown=shown({"NameID": name_id, **attributes}),
    )


def _once(party: Party, number: str) -> None:
    """Kept for as long as any could hold."""
    if not number:
        raise Doubt("form")
    digest = hashlib.sha256(f"{party.acs}\0{number}".encode()).hexdigest()
    if not cache.add(f"signin:assertion:{digest}", 1, int((LONGEST + 2 * SKEW).total_seconds())):
        raise Doubt("replay")


def metadata(party: Party) -> bytes:
    """Ours, for the provider: who we are and where answers go."""
    md = NAMES["md"]
    made = etree.Element(f"{{{md}}}EntityDescriptor", {"entityID": party.ours}, nsmap={"md": md})
    role = etree.SubElement(
        made,
        f"{{{md}}}SPSSODescriptor",
        {
            "AuthnRequestsSigned": "false",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": PROTOCOL,
        },
    )
    if party.certificate:
        saml_sealed.offer(role, party.certificate)
    where = {"Binding": POST, "Location": party.acs, "index": "0", "isDefault": "true"}
    etree.SubElement(role, f"{{{md}}}AssertionConsumerService", where)
    written: bytes = etree.tostring(made, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def fetch_metadata(url: str) -> Published:
    try:
        reply = reaching.exchange(
            address(url),
            method="GET",
            headers={"Accept": "application/samlmetadata+xml, application/xml, text/xml"},
            most=MOST_METADATA,
            seconds=SECONDS,
            reach=reaching.LOOPBACK if settings.SIGNIN_LOOPBACK else reaching.PUBLIC,
        )
    except (reaching.Forbidden, *reaching.FAILURES) as error:
        raise Doubt("unreachable") from error
    if reply.status != 200 or not reply.is_whole:
        raise Doubt("unreachable")
    return read_metadata(reply.body)


def read_metadata(raw: bytes) -> Published:
    """What a provider says of itself. Raises Doubt where it is not about exactly one provider."""
    root = _parse(raw.strip(), MOST_METADATA)
    entities = [one for one in root.iter(f"{{{NAMES['md']}}}EntityDescriptor") if _all(one, "./md:IDPSSODescriptor")]
    if len(entities) != 1:
        raise Doubt("form")
    role = _all(entities[0], "./md:IDPSSODescriptor")[0]
    places = {one.get("Binding"): str(one.get("Location") or "") for one in _all(role, "./md:SingleSignOnService")}
    keys = [one for one in _all(role, "./md:KeyDescriptor") if one.get("use", "signing") == "signing"]
    written = [_string(one) for key in keys for one in _all(key, ".//ds:X509Certificate")]
    pems = "\n".join(_pem("".join(one.split())) for one in dict.fromkeys(written))
    entity_id = str(entities[0].get("entityID") or "")
    if not entity_id or len(entity_id) > 500 or not places.get(REDIRECT):
        raise Doubt("form")
    read_certificates(pems)
    return Published(entity_id, address(places[REDIRECT]), pems)


def read_certificates(text: str) -> list[x509.Certificate]:
    """Those of a text in PEM. Raises Doubt where there is none, or one that cannot be read."""
    found = PEM.findall(text)[:MOST_CERTIFICATES]
    try:
        certificates = [x509.load_pem_x509_certificate(one.encode()) for one in found]
        for one in certificates:
            one.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Doubt("key") from error
    if not certificates:
        raise Doubt("key")
    return certificates


def _pem(plain: str) -> str:
    lines = "\n".join(plain[at : at + 64] for at in range(0, len(plain), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----"


def _all(thing: Any, path: str) -> list[Any]:
    found: list[Any] = thing.xpath(path, namespaces=NAMES)
    return found


def _string(thing: Any) -> str:
    """All of its text: what stands behind a comment belongs to it."""
    return str(thing.xpath("string(.)")).strip()


def _text(thing: Any, path: str) -> str:
    found = _all(thing, path)
    return _string(found[0]) if len(found) == 1 else ""


def _first(attributes: dict[str, str], names: tuple[str, ...]) -> str:
    return next((attributes[name] for name in names if attributes.get(name)), "")


def _moment(thing: Any, name: str) -> datetime | None:
    written = thing.get(name)
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise Doubt("time") from error
    if not 2000 <= found.year <= 9000:  # so that a minute more or less can be counted
        raise Doubt("time")
    return found if found.tzinfo else found.replace(tzinfo=UTC)
