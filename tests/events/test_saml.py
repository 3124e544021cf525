"""Signing in by an organisation's SAML provider, and every way in which that must not be believed."""

import base64
import copy
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from apps.events.adapters import saml
from apps.events.adapters.claims import Doubt
from apps.events.models import SignInConnection, SignInDomain
from tests.events.coming_in import refused, who
from tests.events.providers import PROTOCOL, SAML, Federation, a_private_key
from tests.factories.events import OrganisationFactory, SignInConnectionFactory, SignInDomainFactory

SITE = "https://plenary.example"


@pytest.fixture
def federation():
    return Federation()


@pytest.fixture
def connection(db, federation, settings):
    settings.SITE_URL = SITE
    made = SignInConnectionFactory(
        organisation=OrganisationFactory(name="Lakeside Trust", slug="lakeside"),
        name="Lakeside account",
        kind=SignInConnection.Kind.SAML,
        issuer="",
        client_id="",
        entity_id=federation.entity_id,
        sso_url=federation.sso_url,
        certificates=federation.certificate,
    )
    SignInDomainFactory(connection=made, domain="lakeside.example")
    return made


@pytest.fixture
def party(connection):
    where = f"{SITE}/signin/connection/{connection.pk}"
    return saml.Party(
        entity_id=connection.entity_id,
        sso_url=connection.sso_url,
        certificates=connection.certificates,
        ours=f"{where}/metadata.xml",
        acs=f"{where}/acs/",
    )


def go(client, connection, federation, **query):
    answer = client.get(f"/signin/connection/{connection.pk}/go/", query)
    assert answer.headers["Location"].startswith(f"{federation.sso_url}?SAMLRequest=")
    return federation.asked(answer.headers["Location"])


def respond(federation, party, request="", **values):
    return federation.write(request=request, **({"recipient": party.acs, "audience": party.ours} | values))


def come_back(client, connection, response):
    """The provider's page posts its form; the browser follows. The post comes from another site, without a session."""
    posted = client.__class__(enforce_csrf_checks=True).post(
        f"/signin/connection/{connection.pk}/acs/", {"SAMLResponse": Federation.posted(response)}
    )
    assert posted.status_code == 303
    return client.get(posted.headers["Location"])


def read(party, response):
    return saml.read_response(party, Federation.posted(response))


def why(party, response):
    with pytest.raises(Doubt) as doubt:
        read(party, response)
    return doubt.value.why


def test_person_of_a_proven_domain_is_signed_in(connection, federation, party, nadia, visitor):
    asked = go(visitor, connection, federation, next="/devices/")
    assert asked.findtext(f"{{{SAML}}}Issuer") == party.ours
    assert asked.get("AssertionConsumerServiceURL") == party.acs
    answer = come_back(visitor, connection, federation.signed(respond(federation, party, asked.get("ID"))))
    assert answer.headers["Location"] == "/devices/"
    assert who(visitor) == str(nadia.pk)


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


def test_answer_fits_only_the_browser_that_asked(connection, federation, party, nadia, visitor, client, caplog):
    asked = go(visitor, connection, federation).get("ID")
    answer = come_back(client, connection, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.nonce"
    assert who(client) is None


def test_answer_waits_for_one_browser_once(connection, federation, party, nadia, visitor, client, caplog):
    connection.may_begin_there = True
    connection.save()
    posted = {"SAMLResponse": Federation.posted(federation.signed(respond(federation, party)))}
    address = client.post(f"/signin/connection/{connection.pk}/acs/", posted).headers["Location"]
    visitor.get(address)
    assert who(visitor) == str(nadia.pk)
    assert refused(client.get(address), caplog) == "signin.replay"


def test_answer_that_nobody_asked_for_is_refused(connection, federation, party, nadia, visitor, caplog):
    answer = come_back(visitor, connection, federation.signed(respond(federation, party)))
    assert refused(answer, caplog) == "signin.begun_there"
    assert who(visitor) is None


def test_answer_of_another_connection_does_not_fit(connection, federation, party, nadia, visitor, caplog):
    """Of the same provider, even: an assertion is for one address of ours."""
    other = SignInConnectionFactory(
        kind="saml", entity_id=federation.entity_id, sso_url=federation.sso_url, certificates=federation.certificate
    )
    asked = go(visitor, other, federation).get("ID")
    answer = come_back(visitor, other, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.audience"


def test_provider_of_another_organisation_does_not_speak_for_the_domain(
    connection, federation, party, nadia, visitor, caplog
):
    SignInDomain.objects.update(domain="elsewhere.example")
    asked = go(visitor, connection, federation).get("ID")
    answer = come_back(visitor, connection, federation.signed(respond(federation, party, asked)))
    assert refused(answer, caplog) == "signin.domain"
    assert who(visitor) is None


def test_provider_may_have_two_keys(federation, party):
    newer = Federation(which=3)
    both = replace(party, certificates=f"{newer.certificate}\n{federation.certificate}")
    assert read(both, federation.signed(respond(federation, party))).claims.subject == "person-1"
    assert read(both, newer.signed(respond(newer, party))).claims.subject == "person-1"


def test_transient_name_is_nobodys_number(federation, party):
    values = {"format": saml.TRANSIENT, "subject": "once-only"}
    told = read(party, federation.signed(respond(federation, party, **values)))
    assert told.claims.subject == "mail:nadia@lakeside.example"


def test_metadata_of_the_provider_is_read(federation):
    said = saml.read_metadata(federation.metadata().encode())
    assert (said.entity_id, said.sso_url) == (federation.entity_id, federation.sso_url)
    assert saml.read_certificates(said.certificates) == saml.read_certificates(federation.certificate)


@pytest.mark.parametrize("written", ["<a/>", "<!DOCTYPE a []><a/>", ""])
def test_what_is_no_metadata_is_refused(written):
    with pytest.raises(Doubt):
        saml.read_metadata(written.encode())


def test_metadata_of_ours_says_where_answers_go(connection, party, visitor):
    answer = visitor.get(f"/signin/connection/{connection.pk}/metadata.xml")
    said = etree.fromstring(answer.content)
    assert said.get("entityID") == party.ours
    assert said.find(".//{*}AssertionConsumerService").get("Location") == party.acs


@pytest.fixture
def published(federation):
    """The address at which the provider publishes its metadata."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            written = federation.metadata().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/metadata"
    server.shutdown()
    server.server_close()


def test_metadata_is_fetched_from_public_networks_only(federation, published, settings):
    settings.SIGNIN_LOOPBACK = True
    assert saml.fetch_metadata(published).entity_id == federation.entity_id
    settings.SIGNIN_LOOPBACK = False
    for address in (published, published.replace("http:", "https:"), "https://169.254.169.254/", "file:///etc/passwd"):
        with pytest.raises(Doubt) as doubt:
            saml.fetch_metadata(address)
        assert doubt.value.why in ("address", "unreachable")


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
