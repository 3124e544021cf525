"""Ending a kind of mails by the address in one: no sign-in, nothing by looking, and nothing else opened."""

import pytest
from django.utils.translation import gettext_lazy

from apps.notifications import registry, selectors, services
from apps.notifications.models import OwedMail


@pytest.fixture
def kind(monkeypatch):
    monkeypatch.setitem(registry.KINDS, "weather", gettext_lazy("Weather"))
    return "weather"


@pytest.fixture
def address(kind, attendee, settings):
    return registry.address(attendee.pk, kind).removeprefix(settings.SITE_URL)


def test_looking_changes_nothing_and_the_button_ends_and_begins_again(client, kind, address, attendee):
    assert client.get(address).status_code == 200
    assert selectors.wants_mails(attendee.pk, kind=kind)

    # As a mail program posts it (RFC 8058), and twice.
    for _time in range(2):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not selectors.wants_mails(attendee.pk, kind=kind)

    client.post(address, {"wanted": "1"})
    assert selectors.wants_mails(attendee.pk, kind=kind)


def test_other_addresses_end_nothing(client, address):
    assert client.get(f"{address[:-2]}x/").status_code == 404
    assert client.get("/mail/W1siMSJd/").status_code == 404


def test_mail_of_such_a_kind_says_so_in_its_head(event, kind, attendee, mailoutbox):
    for name in (kind, "welcome"):
        mail = OwedMail.objects.create(event=event, user=attendee, kind=name, to=attendee.email, subject="A", text="B")
        services.send_owed_mail(mail.pk)

    wet, plain = mailoutbox
    assert wet.extra_headers["List-Unsubscribe"] == f"<{registry.address(attendee.pk, kind)}>"
    assert "List-Unsubscribe" not in plain.extra_headers
