"""Identity providers of the tests: an OpenID Connect one that answers on this machine, and one that signs SAML."""

import base64
import hashlib
import json
import threading
import time
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.jwk import RSAKey
from lxml import etree
from signxml import XMLSigner
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod


@cache
def a_key(name, which=0):
    """The same for all tests: making one takes longer than a test. `which` tells keys of one name apart."""
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig", "alg": "RS256"})


@cache
def a_private_key(which=0):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Directory:
    """An OpenID Connect provider. `claims` change what the next ID token says; `asked` is what it was asked. It fails
    at the paths in `failing`, waits for `late`, and gives `written` instead of a token."""

    def __init__(self):
        self.key = a_key("one")
        self.signing = self.key
        self.header = {"alg": "RS256", "kid": "one"}
        self.claims, self.userinfo, self.without, self.configuration = {}, None, (), {}
        self.asked, self.redeemed, self.codes = [], [], {}
        self.failing, self.late, self.written = set(), None, ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def let_in(self, location):
        """What a browser does at the provider: the query with which it comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.issuer}/authorize?")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, asked):
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": asked["client_id"], "sub": "person-1", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": "nadia@lakeside.example", "email_verified": True, "name": "Nadia Okello",
        }  # fmt: skip
        said = {name: value for name, value in (said | self.claims).items() if name not in self.without}
        if self.header["alg"] == "none":
            parts = [json.dumps(one).encode() for one in (self.header, said)]
            return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])
        return jwt.encode(self.header, said, self.signing, algorithms=[self.header["alg"]])

    def answer(self, path, body, headers):
        if self.late is not None:
            self.late.wait(5)
        if path in self.failing:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            here = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "jwks", "userinfo")}
            return 200, {
                "issuer": self.issuer, "authorization_endpoint": here["authorize"], "token_endpoint": here["token"],
                "jwks_uri": here["jwks"], "userinfo_endpoint": here["userinfo"], **self.configuration,
            }  # fmt: skip
        if path == "/jwks":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/userinfo":
            return 200, self.userinfo or {}
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.redeemed.append((form, headers))
        asked = self.codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.written or self.token(asked)}

    def _handler(directory):  # noqa: N805 - the handler below has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._say(*directory.answer(urlsplit(self.path).path, "", self.headers))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*directory.answer(urlsplit(self.path).path, body, self.headers))

            def _say(self, status, said):
                directory.asked.append(self.path)
                written = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, *words):
                pass

        return Handler


SAML, PROTOCOL = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
TEMPLATE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
  xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{number}" Version="2.0" IssueInstant="{now}"
  Destination="{recipient}"{answers}><saml:Issuer>{issuer}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>
  <saml:Assertion ID="_a{number}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer>
    <saml:Subject><saml:NameID Format="{format}">{subject}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData NotOnOrAfter="{ends}" Recipient="{recipient}"{answers}/>
      </saml:SubjectConfirmation></saml:Subject>
    <saml:Conditions NotBefore="{begins}" NotOnOrAfter="{ends}">
      <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>
      <saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute Name="mail"><saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="displayName"><saml:AttributeValue>{name}</saml:AttributeValue></saml:Attribute>
    </saml:AttributeStatement></saml:Assertion></samlp:Response>"""


@dataclass
class Federation:
    """A SAML provider: what it says is in `values`, and it signs what `sign` names."""

    entity_id: str = "https://idp.lakeside.example/metadata"
    sso_url: str = "https://idp.lakeside.example/sso"
    values: dict = field(default_factory=dict)
    made: int = 0
    which: int = 0

    def __post_init__(self):
        self.key = a_private_key(self.which)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.lakeside.example")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number())
        # Long over, as providers' often are.
        made = made.not_valid_before(now - timedelta(days=900)).not_valid_after(now - timedelta(days=1))
        self.certificate = made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def asked(self, location):
        """The request in the address to which a browser was sent."""
        query = parse_qs(urlsplit(location).query)
        return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), wbits=-15))

    def write(self, *, recipient, audience, request="", **values):
        now = datetime.now(UTC)
        self.made += 1
        shown = "%Y-%m-%dT%H:%M:%SZ"
        defaults = {
            "number": f"{id(self)}{self.made}", "now": now.strftime(shown), "issuer": self.entity_id,
            "begins": (now - timedelta(minutes=1)).strftime(shown),
            "ends": (now + timedelta(minutes=5)).strftime(shown),
            "status": "urn:oasis:names:tc:SAML:2.0:status:Success", "subject": "person-1", "name": "Nadia Okello",
            "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "email": "nadia@lakeside.example",
            "context": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
            "answers": f' InResponseTo="{request}"' if request else "",
        }  # fmt: skip
        said = defaults | {"recipient": recipient, "audience": audience} | self.values | values
        return etree.fromstring(TEMPLATE.format(**said))

    def sign(self, thing, *, key=None, **options):
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
            **options,
        )
        return signer.sign(thing, key=key or self.key, cert=self.certificate, reference_uri=thing.get("ID"))

    def signed(self, response, **options):
        """The response, its assertion signed."""
        assertion = response.find(f"{{{SAML}}}Assertion")
        signed = self.sign(etree.fromstring(etree.tostring(assertion, with_tail=False)), **options)
        response.replace(assertion, signed)
        return response

    @staticmethod
    def posted(response):
        return base64.b64encode(etree.tostring(response)).decode()

    def metadata(self):
        plain = "".join(self.certificate.splitlines()[1:-1])
        return (
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity_id}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><md:KeyDescriptor use="signing">'
            '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
            f"{plain}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
            f'Location="{self.sso_url}"/></md:IDPSSODescriptor></md:EntityDescriptor>'
        )
