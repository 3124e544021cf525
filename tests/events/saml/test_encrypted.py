"""Assertions that are encrypted for us: opened with a key of the connection's own, and then judged like any other."""

import base64
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from apps.core import sealing
from apps.events import selectors, services
from apps.events.adapters import saml, saml_sealed
from apps.events.models import SignInConnection
from tests.events.coming_in import refused, who
from tests.events.providers import SAML, a_private_key
from tests.events.saml.answers import come_back, go, read, respond, why

XENC, XENC11, DS = saml_sealed.XENC, saml_sealed.XENC11, saml_sealed.DS
GCM, CBC = f"{XENC11}aes256-gcm", f"{XENC}aes256-cbc"
OAEPS = {
    saml_sealed.MGF1P: (padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None), ""),
    saml_sealed.OAEP: (
        padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
        f'<ds:DigestMethod Algorithm="{XENC}sha256"/><xenc11:MGF Algorithm="{XENC11}mgf1sha256"/>',
    ),
    f"{XENC}rsa-1_5": (padding.PKCS1v15(), ""),
}
TEMPLATE = """<saml:EncryptedAssertion xmlns:saml="{saml}" xmlns:xenc="{xenc}" xmlns:xenc11="{xenc11}" xmlns:ds="{ds}">
<xenc:EncryptedData Type="{xenc}Element"><xenc:EncryptionMethod Algorithm="{content}"/>
<ds:KeyInfo><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{way}">{more}</xenc:EncryptionMethod>
<xenc:CipherData><xenc:CipherValue>{key}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>
<xenc:CipherData><xenc:CipherValue>{sealed}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>
</saml:EncryptedAssertion>"""


@pytest.fixture
def offered(connection):
    """The connection, whose provider has read our metadata."""
    services.keep_pair(connection)
    return connection


@pytest.fixture
def sealing_party(offered, party):
    return saml.Party(
        **{name: getattr(party, name) for name in ("entity_id", "sso_url", "certificates", "ours", "acs")},
        key=selectors.key_of(offered),
        certificate=offered.own_certificate,
    )


def encrypted(response, certificate, *, content=GCM, way=saml_sealed.MGF1P, key=None):
    """The response, with its assertion encrypted for whoever has the certificate's key."""
    assertion = response.find(f"{{{SAML}}}Assertion")
    plain, secret, nonce = etree.tostring(assertion, with_tail=False), key or os.urandom(32), os.urandom(12)
    if content == CBC:
        fill = 16 - len(plain) % 16
        box = Cipher(algorithms.AES(secret), modes.CBC(bytes(16))).encryptor()
        sealed = bytes(16) + box.update(plain + bytes(fill - 1) + bytes([fill])) + box.finalize()
    else:
        sealed = nonce + AESGCM(secret).encrypt(nonce, plain, None)
    padded, more = OAEPS[way]
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    written = TEMPLATE.format(
        saml=SAML, xenc=XENC, xenc11=XENC11, ds=DS, content=content, way=way, more=more,
        key=base64.b64encode(public.encrypt(secret, padded)).decode(), sealed=base64.b64encode(sealed).decode(),
    )  # fmt: skip
    response.replace(assertion, etree.fromstring(written))
    return response


@pytest.mark.parametrize("way", [saml_sealed.MGF1P, saml_sealed.OAEP])
def test_assertion_that_was_signed_and_then_encrypted_is_read(federation, sealing_party, way):
    response = federation.signed(respond(federation, sealing_party, "_asked"))
    told = read(sealing_party, encrypted(response, sealing_party.certificate, way=way))
    assert (told.claims.email, told.in_response_to) == ("nadia@lakeside.example", "_asked")


def test_signature_of_the_whole_response_covers_what_is_encrypted_in_it(federation, sealing_party):
    response = encrypted(respond(federation, sealing_party), sealing_party.certificate)
    assert read(sealing_party, federation.sign(response)).claims.email == "nadia@lakeside.example"


def test_unsigned_assertion_is_not_believed_for_being_encrypted(federation, sealing_party):
    """Anybody can encrypt for us: the key stands in our metadata."""
    response = encrypted(respond(federation, sealing_party), sealing_party.certificate)
    assert why(sealing_party, response) == "signature"


def test_assertion_signed_by_somebody_else_is_not_believed(federation, sealing_party):
    response = federation.signed(respond(federation, sealing_party), key=a_private_key(2))
    assert why(sealing_party, encrypted(response, sealing_party.certificate)) == "signature"


@pytest.mark.parametrize(("content", "way"), [(CBC, saml_sealed.MGF1P), (GCM, f"{XENC}rsa-1_5")])
def test_ways_that_can_be_read_by_trying_are_refused(federation, sealing_party, content, way):
    response = federation.signed(respond(federation, sealing_party))
    assert why(sealing_party, encrypted(response, sealing_party.certificate, content=content, way=way)) == "sealed"


def test_what_is_wrong_with_it_is_not_told(federation, sealing_party):
    """A key that is not for us, a content that was changed, a key of another length: one word for all."""
    others = federation.certificate
    found = {why(sealing_party, encrypted(federation.signed(respond(federation, sealing_party)), others))}
    short = encrypted(
        federation.signed(respond(federation, sealing_party)), sealing_party.certificate, key=os.urandom(16)
    )
    found.add(why(sealing_party, short))
    changed = encrypted(federation.signed(respond(federation, sealing_party)), sealing_party.certificate)
    [*_keys, value] = changed.iter(f"{{{XENC}}}CipherValue")
    raw = bytearray(base64.b64decode(value.text))
    raw[20] ^= 1
    value.text = base64.b64encode(bytes(raw)).decode()
    found.add(why(sealing_party, changed))
    assert found == {"sealed"}


@pytest.mark.parametrize("inside", [b"<a/>", b"nothing", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_inside_must_be_an_assertion(federation, sealing_party, inside):
    response = respond(federation, sealing_party)
    assertion = response.find(f"{{{SAML}}}Assertion")
    sealed = encrypted(response, sealing_party.certificate, key=(key := os.urandom(32)))
    [*_keys, value] = sealed.iter(f"{{{XENC}}}CipherValue")
    value.text = base64.b64encode(bytes(12) + AESGCM(key).encrypt(bytes(12), inside, None)).decode()
    assert assertion is not None
    assert why(sealing_party, sealed) == "form"


def test_one_beside_a_plain_one_is_refused(federation, sealing_party):
    response = federation.signed(respond(federation, sealing_party))
    plain = etree.fromstring(etree.tostring(response.find(f"{{{SAML}}}Assertion"), with_tail=False))
    both = encrypted(response, sealing_party.certificate)
    both.append(plain)
    assert why(sealing_party, both) == "form"


def test_same_assertion_encrypted_anew_is_a_replay(federation, sealing_party):
    response = federation.signed(respond(federation, sealing_party))
    written = etree.tostring(response)
    read(sealing_party, encrypted(response, sealing_party.certificate))
    assert why(sealing_party, encrypted(etree.fromstring(written), sealing_party.certificate)) == "replay"


def test_person_comes_in_by_an_encrypted_assertion(offered, federation, party, nadia, visitor):
    asked = go(visitor, offered, federation)
    response = federation.signed(respond(federation, party, asked.get("ID")))
    come_back(visitor, offered, encrypted(response, offered.own_certificate))
    assert who(visitor) == str(nadia.pk)


def test_connection_without_keys_reads_nothing_encrypted(connection, federation, party, nadia, visitor, caplog):
    asked = go(visitor, connection, federation).get("ID")
    pair = saml_sealed.new_pair("another")
    answer = come_back(
        visitor, connection, encrypted(federation.signed(respond(federation, party, asked)), pair.certificate)
    )
    assert refused(answer, caplog) == "signin.sealed"
    assert who(visitor) is None


# The keys -------------------------------------------------------------------------------------------------------------
def test_metadata_offers_the_same_key_each_time_and_keeps_the_private_one_sealed(connection, visitor):
    address = f"/signin/connection/{connection.pk}/metadata.xml"
    first, second = (visitor.get(address).content for _time in range(2))
    connection.refresh_from_db()
    written = "".join(connection.own_certificate.strip().splitlines()[1:-1])
    assert first == second
    assert (
        etree.fromstring(first).findtext(f".//{{*}}KeyDescriptor[@use='encryption']//{{{DS}}}X509Certificate")
        == written
    )
    assert "PRIVATE" not in connection.own_key
    assert b"PRIVATE" not in first
    assert selectors.key_of(connection).startswith("-----BEGIN PRIVATE KEY-----")


def test_two_who_ask_at_once_find_one_pair(connection):
    seen = SignInConnection.objects.get(pk=connection.pk)
    services.keep_pair(connection)
    services.keep_pair(seen)
    assert seen.own_key == connection.own_key


def test_key_that_can_be_read_no_more_is_another_one(offered, settings):
    before = offered.own_certificate
    settings.SECRET_KEY = "another one, and the former is no fallback"
    services.keep_pair(offered)
    assert offered.own_certificate != before
    assert selectors.key_of(offered)


def test_key_is_sealed_anew_with_the_newest_secret(offered, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the newest secret of this test"
    plain = selectors.key_of(offered)
    assert services.renew_secrets() == 1
    settings.SECRET_KEY_FALLBACKS = []
    offered.refresh_from_db()
    assert sealing.unseal(offered.own_key, purpose="sign-in") == plain
