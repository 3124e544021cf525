"""Setting a second step up and finding out about it, as the tests of it do."""

import json
import re

from allauth.mfa.models import Authenticator
from django.urls import reverse

from apps.notifications.models import OwedMail
from tests.accounts.device import Device

INDEX = reverse("mfa_index")
ASKED = reverse("mfa_authenticate")
APP = reverse("mfa_activate_totp")
KEY = reverse("mfa_add_webauthn")
CODES = reverse("mfa_view_recovery_codes")
DESK = reverse("admin:index")


def is_in(client):
    """Asks a page, since a session that ended is noticed when it is used."""
    return client.get("/devices/").status_code == 200


def steps_of(person):
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def subjects():
    return list(OwedMail.objects.order_by("pk").values_list("subject", flat=True))


def set_up_app(client, half_minutes):
    secret = client.get(APP).context["form"].secret
    answer = client.post(APP, {"code": half_minutes.code(secret)})
    return answer, lambda: half_minutes.code(secret)


def options_on(client, address):
    found = re.search(
        r'<script type="application/json">(.*?)</script>', client.get(address).content.decode(), re.DOTALL
    )
    return json.loads(found.group(1))


def add_key(client, **device):
    made = Device(**device)
    answer = client.post(
        KEY, {"name": "My desk", "credential": made.made(options_on(client, KEY)), "passwordless": "on"}
    )
    return made, answer
