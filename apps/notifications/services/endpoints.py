"""A webhook's address and its secret."""

import base64
import secrets
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock, sealing
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event, Organisation
from apps.notifications.models import Endpoint
from apps.notifications.selectors.hooks import PURPOSE

PREFIX = "whsec_"
SECRET_BYTES = 32
OLD_SECRET_HOLDS = timedelta(days=1)
MOST_ENDPOINTS = 20
"""Of one organisation."""
LEAST_OWN_PORT = 1024
KNOWN_PORTS = (80, 443)
LEADS = frozenset({"url", "kinds"})


def new_secret() -> str:
    """As Standard Webhooks writes one, sealed."""
    return sealing.seal(PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode(), purpose=PURPOSE)


def check_url(url: str) -> None:
    """Raises Refused where an address may not be called. Where its name leads to is looked at with each call."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment or not url.isascii():
        raise Refused("webhook.url", _("This is no address that can be called: https://…"), field="url", status=400)
    if parts.scheme == "http" and settings.HTTPS:
        raise Refused("webhook.https", _("Only addresses with https:// are called."), field="url", status=400)
    if parts.username is not None or parts.password is not None:
        raise Refused("webhook.password", _("An address has no password in it: we sign."), field="url", status=400)
    if port is not None and port not in KNOWN_PORTS and port < LEAST_OWN_PORT:
        raise Refused("webhook.port", _("This port is not called."), field="url", status=400)


def take_secret(endpoint: Endpoint) -> str:
    """The secret, once. Raises Refused where it was shown before."""
    unseen = Endpoint.objects.filter(pk=endpoint.pk, secret_shown_at=None)
    if not unseen.update(secret_shown_at=clock.now()):
        raise Refused("webhook.secret_shown", _("The secret was shown already. Make a new one if you do not have it."))
    return sealing.unseal(Endpoint.objects.values_list("secret", flat=True).get(pk=endpoint.pk), purpose=PURPOSE)


@transaction.atomic
def rotate_secret(endpoint: Endpoint) -> str:
    """A new secret, shown now and never again. For a day both sign, so that nobody has to be quick."""
    secret = new_secret()
    now = clock.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(
        old_secret=F("secret"), old_secret_until=now + OLD_SECRET_HOLDS, secret=secret, secret_shown_at=now
    )
    return sealing.unseal(secret, purpose=PURPOSE)


@transaction.atomic
def make_endpoint(
    organisation: Organisation,
    *,
    event: Event | None,
    name: str,
    url: str,
    kinds: list[str],
    by: User,
    is_on: bool = True,
) -> Endpoint:
    """One with a secret of its own, which `take_secret` shows. Raises Refused where there are as many as may be."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # two at once are counted
    if organisation.endpoints.count() >= MOST_ENDPOINTS:
        words = _("An organisation has %(count)s webhooks at most. Delete one that is not needed.")
        raise Refused("webhook.too_many", words, values={"count": MOST_ENDPOINTS})
    return Endpoint.objects.create(
        organisation=organisation,
        event=event,
        name=name,
        url=url,
        kinds=kinds,
        is_on=is_on,
        keeper=by,
        secret=new_secret(),
    )


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, changed: Collection[str], by: User) -> None:
    """Keeps what was changed. Whoever says where it goes, or what it is told, answers for it from then on. Raises
    Refused where it was deleted meanwhile."""
    hold_row(endpoint, gone="webhook.gone")
    mine = set() if LEADS.isdisjoint(changed) else {"keeper"}
    if mine:
        endpoint.keeper = by
    endpoint.save(update_fields={*changed, *mine})
    if "is_on" in changed:
        switch(endpoint, is_on=endpoint.is_on, by_id=by.pk)


def switch(endpoint: Endpoint, *, is_on: bool, by_id: int) -> None:
    """On again, it starts afresh: what is still owed goes out. From then on whoever switched it on answers for it."""
    mine = {"keeper_id": by_id} if is_on else {}
    fresh = {"why_off": "", "failing_since": None, "rests_until": None}
    Endpoint.objects.filter(pk=endpoint.pk).update(is_on=is_on, **fresh, **mine)
