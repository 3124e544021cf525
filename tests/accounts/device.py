"""A device that keeps passkeys, as a browser would show them to a page: the other end of WebAuthn, in memory."""

import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

HOST = "testserver"
FLAG = AuthenticatorData.FLAG


class Device:
    """`made` answers what a page asks of a new passkey, `shown` what it asks of one that is there."""

    def __init__(self, *, knows_its_owner=True, origin=f"https://{HOST}"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(repr(self.key.private_numbers()).encode()).digest()
        self.origin = origin
        self.owner = b""
        self.flags = FLAG.UP | FLAG.UV if knows_its_owner else FLAG.UP

    def made(self, options):
        options = options["publicKey"]
        self.owner = websafe_decode(options["user"]["id"])
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        about = self._about(self.flags | FLAG.AT, credential)
        attested = AttestationObject.create("none", about, {})
        said = self._said(CollectedClientData.TYPE.CREATE, options)
        return self._credential({"clientDataJSON": said, "attestationObject": attested}, {"credProps": {"rk": True}})

    def shown(self, options):
        said = self._said(CollectedClientData.TYPE.GET, options["publicKey"])
        about = self._about(self.flags)
        signature = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {"clientDataJSON": said, "authenticatorData": about, "signature": signature, "userHandle": self.owner}
        return self._credential(answer, {})

    def _about(self, flags, credential=b""):
        return AuthenticatorData.create(hashlib.sha256(HOST.encode()).digest(), flags, 0, credential)

    def _said(self, kind, options):
        return CollectedClientData.create(kind, options["challenge"], self.origin)

    def _credential(self, response, extensions):
        name = websafe_encode(self.id)
        parts = {part: websafe_encode(value) for part, value in response.items()}
        told = {"id": name, "rawId": name, "type": "public-key", "response": parts}
        return json.dumps({**told, "clientExtensionResults": extensions})
