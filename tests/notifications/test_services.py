"""Mail that is owed: written with its reason, sent once, tried again, given up at last."""

from datetime import timedelta

import pytest
from celery import current_app
from django.core import mail
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.core import clock
from apps.notifications import services
from apps.notifications.models import OwedMail
from tests.factories.notifications import OwedMailFactory


@pytest.fixture
def broken(monkeypatch):
    """A mail service that is away."""

    def refuse(self, fail_silently=False):
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)


@pytest.fixture
def asked(monkeypatch):
    """What workers were asked for: [(task, id)]."""
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: found.append((name, *args)))
    return found


def test_mail_is_sent_once(db):
    owed = OwedMailFactory(attachments=[{"name": "a.ics", "type": "text/calendar", "text": "BEGIN:VCALENDAR"}])
    assert [services.send_owed_mail(owed.pk), services.send_owed_mail(owed.pk)] == [True, False]
    sent = mail.outbox[0]
    assert (len(mail.outbox), sent.to, sent.attachments[0][0]) == (1, ["nadia@example.org"], "a.ics")
    owed.refresh_from_db()
    assert (owed.state, owed.sent_at is None) == (OwedMail.State.SENT, False)


def test_secret_is_forgotten_once_it_is_sent(db):
    owed = OwedMailFactory(is_secret=True, html="<p>link</p>")
    services.send_owed_mail(owed.pk)
    owed.refresh_from_db()
    assert (owed.text, owed.html) == ("", "")


def test_mail_that_another_worker_holds_is_left_to_it(db):
    owed = OwedMailFactory(due_at=clock.now() + services.LEASE)
    assert services.send_owed_mail(owed.pk) is False
    assert mail.outbox == []


def test_mail_of_a_worker_that_died_becomes_due_again(db, asked):
    owed = OwedMailFactory(due_at=clock.now() - timedelta(seconds=1), attempts=1)
    assert services.requeue_owed_mails() == 1
    assert asked == [(services.SEND, owed.pk)]


def test_code_does_not_wait_behind_announcements(db, monkeypatch):
    asked = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: asked.append((*args, options["queue"])))
    past = clock.now() - timedelta(minutes=1)
    announced = OwedMailFactory(kind="announcement", due_at=past - timedelta(minutes=5))
    code = OwedMailFactory(kind="signin_code", due_at=past)
    services.requeue_owed_mails()
    assert asked == [(code.pk, "default"), (announced.pk, "bulk")]


def test_code_leaves_the_subject_too_once_it_is_sent(db):
    code = OwedMailFactory(event=None, is_secret=True, subject="123 456 is your code", kind="signin_code")
    letter = OwedMailFactory(is_secret=True, subject="Welcome")
    assert all(services.send_owed_mail(mail.pk) for mail in (code, letter))
    code.refresh_from_db()
    letter.refresh_from_db()
    assert (code.subject, code.text, str(code)) == ("", "", f"{code.to}: signin_code")
    assert letter.subject == "Welcome"


def test_secret_that_was_given_up_is_forgotten_after_a_week(db):
    old = OwedMailFactory(event=None, is_secret=True, state=OwedMail.State.FAILED, subject="123 456", text="123 456")
    new = OwedMailFactory(event=None, is_secret=True, state=OwedMail.State.FAILED, subject="123 456", text="123 456")
    OwedMail.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=8))
    services.forget_secrets()
    assert [list(OwedMail.objects.filter(pk=mail.pk).values_list("subject", "text")) for mail in (old, new)] == [
        [("", "")],
        [("123 456", "123 456")],
    ]


def test_failure_is_kept_and_tried_again_later(db, broken):
    owed = OwedMailFactory()
    services.send_owed_mail(owed.pk)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.error) == (OwedMail.State.OWED, 1, "ConnectionRefusedError: nobody there")
    assert owed.due_at > clock.now() + timedelta(minutes=1)


def test_mail_is_given_up_after_many_tries_and_can_be_taken_up(db, broken, asked, django_capture_on_commit_callbacks):
    owed = OwedMailFactory(attempts=services.MOST_ATTEMPTS - 1)
    services.send_owed_mail(owed.pk)
    owed.refresh_from_db()
    assert owed.state == OwedMail.State.FAILED
    with django_capture_on_commit_callbacks(execute=True):
        services.try_again(owed)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, asked) == (OwedMail.State.OWED, 0, [(services.SEND, owed.pk)])


def test_nothing_is_owed_where_its_reason_was_rolled_back(event, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        owe(event)
        raise ZeroDivisionError
    assert (OwedMail.objects.count(), asked) == (0, [])


def owe(event):
    return services.owe_mail(
        event=event,
        kind="word",
        to="nadia@example.org",
        subject="A word\r\nBcc: eve@example.org",
        template="notifications/mail/signin",
        context={"text": "Hello", "paragraphs": ["Hello"], "code": "", "url": ""},
    )


def test_broker_that_is_away_loses_nothing(event, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(name, args, **options):
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        owed = owe(event)
    assert OwedMail.objects.due(clock.now()).get() == owed


def test_subject_is_one_line(event):
    assert owe(event).subject == "A word Bcc: eve@example.org"
