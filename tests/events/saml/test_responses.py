"""Every SAML response that must not be believed."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from apps.events.adapters import saml
from apps.events.adapters.claims import Doubt
from tests.events.providers import SAML, Federation, a_private_key
from tests.events.saml.answers import read, respond, why


def test_signature_of_the_whole_response_is_enough(federation, party):
    told = read(party, federation.sign(respond(federation, party, "_asked")))
    assert (told.claims.email, told.claims.subject, told.claims.name, told.in_response_to) == (
        "nadia@lakeside.example", "person-1", "Nadia Okello", "_asked",
    )  # fmt: skip


def test_unsigned_response_is_not_believed(federation, party):
    assert why(party, respond(federation, party)) == "signature"


def test_response_signed_with_another_key_is_not_believed(federation, party):
    """Though the certificate in it is the right one, or one of its own."""
    assert why(party, federation.signed(respond(federation, party), key=a_private_key(2))) == "signature"


def test_changed_assertion_is_not_believed(federation, party):
    response = federation.signed(respond(federation, party))
    response.find(f".//{{{SAML}}}AttributeValue").text = "owner@lakeside.example"
    assert why(party, response) == "signature"


def test_weak_signature_is_not_believed(federation, party):
    class WeakSigner(XMLSigner):
        def check_deprecated_methods(self):
            """The test wants one."""

    response = respond(federation, party)
    assertion = response.find(f"{{{SAML}}}Assertion")
    signer = WeakSigner(
        signature_algorithm=SignatureMethod.RSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    alone = etree.fromstring(etree.tostring(assertion, with_tail=False))
    signed = signer.sign(alone, key=federation.key, cert=federation.certificate, reference_uri=alone.get("ID"))
    response.replace(assertion, signed)
    assert why(party, response) == "signature"


def test_comment_does_not_cut_an_address(federation, party):
    """`owner@lakeside.example<!-- -->.evil.example` is one address, of another domain."""
    response = respond(federation, party, email="owner@lakeside.example<!-- x -->.evil.example")
    assert read(party, federation.signed(response)).claims.email == "owner@lakeside.example.evil.example"


def test_document_types_and_entities_are_not_read(federation, party):
    written = etree.tostring(federation.signed(respond(federation, party))).decode()
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>' + written
    with pytest.raises(Doubt):
        saml.read_response(party, base64.b64encode(bomb.encode()).decode())


@pytest.mark.parametrize("written", ["", "???", "PHg+", base64.b64encode(b"<a/>").decode(), "QUFB" * 100_000])
def test_what_is_no_response_is_refused(party, written):
    with pytest.raises(Doubt) as doubt:
        saml.read_response(party, written)
    assert doubt.value.why == "form"


def moment(**ago):
    return (datetime.now(UTC) + timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


WRONG = {
    "audience": ({"audience": "https://another.example"}, "audience"),
    "recipient": ({"recipient": "https://another.example/acs/"}, "audience"),
    "issuer": ({"issuer": "https://idp.evil.example"}, "issuer"),
    "old": ({"ends": moment(days=-1)}, "time"),
    "early": ({"begins": moment(days=1)}, "time"),
    "for ever": ({"ends": moment(days=400)}, "time"),
    "no time": ({"ends": "soon"}, "time"),
    "refused": ({"status": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"}, "refused"),
    "no address": ({"email": ""}, "email"),
}


@pytest.mark.parametrize(("values", "reason"), WRONG.values(), ids=WRONG)
def test_response_that_is_not_for_us_is_not_believed(federation, party, values, reason):
    assert why(party, federation.signed(respond(federation, party, **values))) == reason


@pytest.mark.parametrize("part", ["Conditions", "AudienceRestriction", "SubjectConfirmation", "Subject", "Issuer"])
def test_assertion_says_all_that_it_must(federation, party, part):
    response = respond(federation, party)
    found = response.find(f"{{{SAML}}}Assertion").find(f".//{{{SAML}}}{part}")
    found.getparent().remove(found)
    with pytest.raises(Doubt):
        read(party, federation.signed(response))


def test_response_is_believed_once(federation, party):
    response = federation.signed(respond(federation, party))
    read(party, response)
    assert why(party, response) == "replay"


def test_provider_may_have_two_keys(federation, party):
    newer = Federation(which=3)
    both = replace(party, certificates=f"{newer.certificate}\n{federation.certificate}")
    assert read(both, federation.signed(respond(federation, party))).claims.subject == "person-1"
    assert read(both, newer.signed(respond(newer, party))).claims.subject == "person-1"


def test_transient_name_is_nobodys_number(federation, party):
    values = {"format": saml.TRANSIENT, "subject": "once-only"}
    told = read(party, federation.signed(respond(federation, party, **values)))
    assert told.claims.subject == "mail:nadia@lakeside.example"


def test_key_written_beside_the_certificate_is_no_fault(federation, party):
    """With PSS the library compares no such key, and says so by an error of its own."""
    response = respond(federation, party, "_asked")
    signed = federation.sign(response, signature_algorithm=SignatureMethod.SHA256_RSA_MGF1)
    ds = "http://www.w3.org/2000/09/xmldsig#"
    value = etree.SubElement(signed.find(f".//{{{ds}}}KeyInfo"), f"{{{ds}}}KeyValue")
    pair = etree.SubElement(value, f"{{{ds}}}RSAKeyValue")
    for part in ("Modulus", "Exponent"):
        etree.SubElement(pair, f"{{{ds}}}{part}").text = "AQAB"
    assert read(party, signed).claims.email == "nadia@lakeside.example"


def test_time_at_the_end_of_all_times_is_refused(federation, party):
    ends = "9999-12-31T23:59:59Z"
    assert why(party, federation.sign(respond(federation, party, "_asked", ends=ends))) == "time"
