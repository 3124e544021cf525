"""Assertions that a SAML provider encrypts for us, and the pair of keys of ours that it does it with.

Only what nobody can try out by our answers: AES in GCM under RSA with OAEP. AES-CBC and RSA with PKCS#1 v1.5, which
many providers still choose by themselves, can be read bit by bit by whoever may send changed ones (Jager and
Somorovsky, 2011; Bleichenbacher, 1998), since an assertion has to be opened before its signature is seen. They are
refused.
"""

import base64
import binascii
from datetime import timedelta
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from lxml import etree

from apps.core import clock
from apps.events.adapters.claims import Doubt

XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
DS = "http://www.w3.org/2000/09/xmldsig#"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
NAMES = {"xenc": XENC, "xenc11": XENC11, "ds": DS}
ELEMENT = f"{XENC}Element"
CONTENT = {f"{XENC11}aes128-gcm": 16, f"{XENC11}aes192-gcm": 24, f"{XENC11}aes256-gcm": 32}
"""By their names, with the length of the key."""
MGF1P, OAEP = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
DIGESTS: dict[str, Any] = {
    f"{DS}sha1": hashes.SHA1,  # as a part of OAEP: nothing is known against it there, and it is what nothing said means
    f"{XENC}sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    f"{XENC}sha512": hashes.SHA512,
}
MASKS: dict[str, Any] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha384": hashes.SHA384,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}
NONCE, TAG = 12, 16
MOST_KEYS = 5
BITS = 3072
HOLDS = timedelta(days=20 * 365)
"""Providers take a certificate for its key; one that runs out would lock people out one day."""


class Pair(NamedTuple):
    """Both in PEM."""

    key: str
    certificate: str


def new_pair(name: str) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    now = clock.now()
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + HOLDS)
    return Pair(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode(),
    )


def offer(role: Any, certificate: str) -> None:
    """Says in our metadata with which key the provider may encrypt, and by which ways."""
    offered = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": "encryption"})
    info = etree.SubElement(offered, f"{{{DS}}}KeyInfo", nsmap={"ds": DS})
    data = etree.SubElement(info, f"{{{DS}}}X509Data")
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = "".join(certificate.strip().splitlines()[1:-1])
    for way in (*CONTENT, MGF1P, OAEP):
        etree.SubElement(offered, f"{{{MD}}}EncryptionMethod", {"Algorithm": way})


def opened(encrypted: Any, key: str) -> bytes:
    """What stands in an `EncryptedAssertion`, to be parsed and then judged like any other. Raises Doubt, for whatever
    reason with the same word: who sends it must not learn how far it came."""
    data = encrypted.xpath("./xenc:EncryptedData", namespaces=NAMES)
    if not key or len(data) != 1 or data[0].get("Type") not in (None, ELEMENT):
        raise Doubt("sealed")
    size = CONTENT.get(_method(data[0]))
    sealed = _value(data[0])
    if size is None or len(sealed) <= NONCE + TAG:
        raise Doubt("sealed")
    content = AESGCM(_content_key(encrypted, key, size))
    try:
        return content.decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except InvalidTag as error:
        raise Doubt("sealed") from error


def _content_key(encrypted: Any, key: str, size: int) -> bytes:
    """Within the data, or beside it; of several, each for somebody, the one that is for us."""
    private: Any = load_pem_private_key(key.encode(), None)
    for wrapped in encrypted.xpath(".//xenc:EncryptedKey", namespaces=NAMES)[:MOST_KEYS]:
        way = _padding(wrapped)
        if way is None:
            continue
        try:
            found: bytes = private.decrypt(_value(wrapped), way)
        except ValueError:
            continue
        if len(found) == size:
            return found
    raise Doubt("sealed")


def _padding(wrapped: Any) -> padding.OAEP | None:
    name = _method(wrapped)
    digest = DIGESTS.get(_algorithm(wrapped, "ds:DigestMethod") or f"{DS}sha1")
    mask = MASKS.get(_algorithm(wrapped, "xenc11:MGF") or f"{XENC11}mgf1sha1") if name == OAEP else hashes.SHA1
    labels = wrapped.xpath("./xenc:EncryptionMethod/xenc:OAEPparams", namespaces=NAMES)
    if name not in (MGF1P, OAEP) or digest is None or mask is None or labels:
        return None
    return padding.OAEP(mgf=padding.MGF1(mask()), algorithm=digest(), label=None)


def _method(thing: Any) -> str:
    found = thing.xpath("./xenc:EncryptionMethod/@Algorithm", namespaces=NAMES)
    return str(found[0]) if len(found) == 1 else ""


def _algorithm(thing: Any, name: str) -> str:
    found = thing.xpath(f"./xenc:EncryptionMethod/{name}/@Algorithm", namespaces=NAMES)
    return str(found[0]) if found else ""


def _value(thing: Any) -> bytes:
    found = thing.xpath("./xenc:CipherData/xenc:CipherValue", namespaces=NAMES)
    if len(found) != 1:
        raise Doubt("sealed")
    try:
        return base64.b64decode("".join(str(found[0].xpath("string(.)")).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Doubt("sealed") from error
