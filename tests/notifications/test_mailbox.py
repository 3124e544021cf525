"""The mailbox of development."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from apps.notifications.adapters import mailbox
from apps.notifications.models import MailboxMessage
from tests.factories.notifications import MailboxMessageFactory

BACKEND = "apps.notifications.adapters.mailbox.MailboxBackend"


@pytest.fixture
def message(db):
    mail = EmailMultiAlternatives("Grüße", "Plain words", to=["nadia@example.org"], connection=get_connection(BACKEND))
    mail.attach_alternative("<html><head></head><body><h1>Big words</h1></body></html>", "text/html")
    mail.attach("dates.ics", "BEGIN:VCALENDAR", "text/calendar")
    mail.send()
    return MailboxMessage.objects.get()


def test_message_is_kept_and_taken_apart(message, visitor):
    shown = visitor.get(f"/mailbox/{message.pk}/").content.decode()
    assert ("Grüße" in shown, "Plain words" in shown, "dates.ics" in shown) == (True, True, True)
    assert "Big words" in visitor.get(f"/mailbox/{message.pk}/html/").content.decode()
    assert visitor.get(f"/mailbox/{message.pk}/0/").content == b"BEGIN:VCALENDAR"
    assert visitor.get(f"/mailbox/{message.pk}/1/").status_code == 404


def test_mail_is_shown_where_it_can_do_nothing(message, visitor):
    policy = visitor.get(f"/mailbox/{message.pk}/html/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_many_messages(db, visitor, count, django_assert_num_queries):
    for _number in range(count):
        MailboxMessageFactory()
    with django_assert_num_queries(2):
        assert visitor.get("/mailbox/").status_code == 200


def test_messages_are_found_by_address(db, visitor):
    MailboxMessageFactory(to="nadia@example.org", subject="For Nadia")
    MailboxMessageFactory(to="otto@example.org", subject="For Otto")
    shown = visitor.get("/mailbox/?to=nadia").content.decode()
    assert ("For Nadia" in shown, "For Otto" in shown) == (True, False)


@pytest.mark.parametrize("page", ["/mailbox/", "/mailbox/1/", "/mailbox/1/html/", "/mailbox/1/0/"])
def test_pages_are_gone_where_mail_really_leaves(db, visitor, settings, page):
    settings.MAILBOX_PAGES = False
    MailboxMessageFactory(pk=1)
    assert visitor.get(page).status_code == 404


def test_old_messages_make_room(db, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_KEPT", 2)
    for number in range(4):
        EmailMultiAlternatives(f"{number}", "", to=["a@example.org"], connection=get_connection(BACKEND)).send()
    assert list(MailboxMessage.objects.values_list("subject", flat=True)) == ["3", "2"]
