"""OpenID Connect: the provider's published addresses and keys, the way there, and what its ID token must prove.

The authorisation code flow with PKCE, state and nonce, and nothing else of it. Whoever manages an organisation types
the issuer, so every address is called as `core.reaching` calls those of strangers: public, short, bounded (`calling`).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from apps.core import clock
from apps.events.adapters.calling import Line, address, asking
from apps.events.adapters.claims import Claims, Doubt, shown

WELL_KNOWN = "/.well-known/openid-configuration"
MOST_KEYS = 50
KEPT_SECONDS = 10 * 60
KEYS_AGAIN_SECONDS = 30
LEEWAY = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""With a key pair alone: with a shared one, whoever knows the public key or the client's secret could sign."""
SCOPE = "openid email profile"


@dataclass(frozen=True, slots=True)
class Provider:
    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    says_issuer: bool = False
    """Whether its answers name it (RFC 9207)."""
    takes_basic: bool = True


@dataclass(frozen=True, slots=True)
class Client:
    """As whom we ask: one connection's settings, its secret open."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    name: str = ""
    """Tells connections apart that have the same provider."""


def discover(issuer: str, line: Line | None = None) -> Provider:
    """What the provider publishes of itself; kept for some minutes."""
    known = f"signin:provider:{_digest(issuer)}"
    found = cache.get(known)
    if found:
        return Provider(**found)
    said = (line or Line()).get_json(issuer.rstrip("/") + WELL_KNOWN, says_if_it_is_up=True)
    if said.get("issuer") != issuer:
        raise Doubt("issuer")
    methods = said.get("token_endpoint_auth_methods_supported")
    provider = Provider(
        issuer=issuer,
        authorization=address(said.get("authorization_endpoint")),
        token=address(said.get("token_endpoint")),
        keys=address(said.get("jwks_uri")),
        userinfo=address(said["userinfo_endpoint"]) if said.get("userinfo_endpoint") else "",
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
    )
    cache.set(known, asdict(provider), KEPT_SECONDS)
    return provider


def way_there(client: Client, *, state: str, nonce: str, verifier: str, hint: str = "") -> str:
    """The address at the provider to which somebody is sent."""
    provider = discover(client.issuer, _line(client))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": SCOPE,
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
    }
    return asking(provider.authorization, asked)


def read_answer(client: Client, answer: Mapping[str, str], *, nonce: str, verifier: str) -> Claims:
    """Who came back with the provider's answer. Raises Doubt where it proves nothing."""
    line = _line(client)
    with line.open():
        return _read_answer(line, client, answer, nonce=nonce, verifier=verifier)


def _line(client: Client) -> Line:
    return Line(f"{client.name}\0{client.issuer}")


def _read_answer(line: Line, client: Client, answer: Mapping[str, str], *, nonce: str, verifier: str) -> Claims:
    provider = discover(client.issuer, line)
    issuer = answer.get("iss", "")
    if (issuer or provider.says_issuer) and issuer != client.issuer:
        raise Doubt("issuer")
    code = answer.get("code", "")
    if answer.get("error") or not code:
        raise Doubt("refused")
    given = _redeem(line, client, provider, code, verifier)
    said = _verify(line, client, provider, str(given.get("id_token") or ""), nonce)
    if not said.get("email") and provider.userinfo and given.get("access_token"):
        more = line.get_json(provider.userinfo, {"Authorization": f"Bearer {given['access_token']}"})
        if more.get("sub") != said["sub"]:
            raise Doubt("subject")
        said = {**more, **said}
    return _claims(said)


def _redeem(line: Line, client: Client, provider: Provider, code: str, verifier: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if client.secret and provider.takes_basic:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif client.secret:
        form["client_secret"] = client.secret
    return line.get_json(provider.token, headers, body=urlencode(form).encode())


def _verify(line: Line, client: Client, provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    try:
        try:
            claims = jwt.decode(token, _keys(line, provider), algorithms=list(ALGORITHMS)).claims
        except InvalidKeyIdError:  # they may have changed since we looked
            claims = jwt.decode(token, _keys(line, provider, anew=True), algorithms=list(ALGORITHMS)).claims
    except InvalidKeyIdError as error:
        raise Doubt("key") from error
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Doubt("signature") from error
    _check(claims, "issuer", iss={"essential": True, "value": client.issuer})
    _check(claims, "audience", aud={"essential": True, "value": client.client_id})
    audience = claims["aud"]
    party = claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and not party) or (party and party != client.client_id):
        raise Doubt("audience")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()):
        raise Doubt("nonce")
    _check(claims, "subject", sub={"essential": True})
    return dict(claims)


def _check(claims: dict[str, Any], why: str, **rules: Any) -> None:
    """The times are looked at each time: what has none is as good as for ever."""
    registry = jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()), leeway=LEEWAY, exp={"essential": True}, iat={"essential": True}, **rules
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise Doubt("time") from error
    except InvalidClaimError as error:
        raise Doubt("time" if getattr(error, "claim", "") in ("iat", "nbf") else why) from error
    except JoseError as error:
        raise Doubt(why) from error


def _claims(said: Mapping[str, Any]) -> Claims:
    subject, email = said.get("sub"), said.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Doubt("subject")
    if not isinstance(email, str) or not email:
        raise Doubt("email")
    verified = said.get("email_verified")
    methods = said.get("amr")
    return Claims(
        subject=subject,
        email=email,
        name=str(said.get("name") or ""),
        # Some write it as a word. What is neither is as good as no.
        is_email_verified=None if verified is None else verified is True or str(verified).lower() == "true",
        hosted=str(said.get("hd") or "")[:253],
        methods=frozenset(str(one) for one in methods) if isinstance(methods, list) else frozenset(),
        shown=shown(said),
    )


def _keys(line: Line, provider: Provider, *, anew: bool = False) -> KeySet:
    """The provider's public keys. Somebody who makes key names up does not make us ask for each of them."""
    known = f"signin:keys:{_digest(provider.keys)}"
    found = cache.get(known)
    if found is None or (anew and cache.add(f"{known}:anew", 1, KEYS_AGAIN_SECONDS)):
        listed = line.get_json(provider.keys, says_if_it_is_up=True).get("keys")
        pairs = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
        found = [key for key in pairs if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"][:MOST_KEYS]
        cache.set(known, found, KEPT_SECONDS)
    return KeySet.import_key_set({"keys": found})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
