"""A signature that fits, wrapped around something that nobody signed."""

import copy

import pytest
from lxml import etree

from tests.events.providers import PROTOCOL, SAML
from tests.events.saml.answers import respond, why


def wrapped(federation, party, put):
    """A signed response, and a forged assertion put into it by `put(response, signed, forged)`."""
    response = federation.signed(respond(federation, party))
    signed = response.find(f"{{{SAML}}}Assertion")
    forged = copy.deepcopy(signed)
    forged.set("ID", "_forged")
    forged.find(f".//{{{SAML}}}AttributeValue").text = "owner@lakeside.example"
    forged.remove(forged.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
    put(response, signed, forged)
    return response


def beside(response, signed, forged):
    signed.addprevious(forged)


def around(response, signed, forged):
    """The forged one takes its place, with the signed one inside."""
    response.replace(signed, forged)
    etree.SubElement(forged, f"{{{SAML}}}Advice").append(signed)


def with_its_signature(response, signed, forged):
    """The forged one carries the signature, and the signed one, to which that refers."""
    signature = signed.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    response.replace(signed, forged)
    signed.remove(signature)
    forged.insert(1, signature)
    etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object").append(signed)


def under_the_same_name(response, signed, forged):
    forged.set("ID", signed.get("ID"))
    with_its_signature(response, signed, forged)


def in_an_extension(response, signed, forged):
    response.replace(signed, forged)
    extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
    extensions.append(signed)
    response.insert(1, extensions)


def as_the_response(response, signed, forged):
    """Its signature stands where the response's would."""
    signature = signed.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    response.replace(signed, forged)
    response.insert(1, signature)
    extensions = etree.SubElement(response, f"{{{PROTOCOL}}}Extensions")
    extensions.append(signed)


@pytest.mark.parametrize(
    "put", [beside, around, with_its_signature, under_the_same_name, in_an_extension, as_the_response]
)
def test_wrapped_signature_proves_nothing_else(federation, party, put):
    assert why(party, wrapped(federation, party, put)) in ("signature", "form")
