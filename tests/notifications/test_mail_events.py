"""What Amazon SES tells of our mails, posted as SNS posts it, through anymail's own view."""

import base64
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import current_app
from django.core import mail
from django.urls import reverse

from apps.core import clock
from apps.notifications import services
from apps.notifications.models import OwedMail, Suppression
from tests.factories.events import RegistrationFactory
from tests.factories.notifications import OwedMailFactory

SECRET = "sns:a-password-of-twenty-letters"
URL = "/anymail/amazon_ses/tracking/"
TO = "nadia@lakeside.example"
ID = "0100018f-6a1c-0000"


@pytest.fixture
def told_of(client, settings):
    """Posts one SES event as an SNS notification."""
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET

    def post(event, secret=SECRET, kind="Notification", **more):
        body = {"Type": kind, "MessageId": "22b80b92", "TopicArn": "arn:aws:sns:eu-central-1:1:mail"}
        body |= {"Timestamp": "2026-10-15T09:00:00.000Z", "Message": json.dumps(event), **more}
        headers = {"X-Amz-Sns-Message-Type": kind, "X-Amz-Sns-Message-Id": "22b80b92"}
        if secret:
            headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        return client.post(URL, json.dumps(body), content_type="text/plain; charset=UTF-8", headers=headers)

    return post


def ses(kind, address=TO, message_id=ID, **what):
    people = {
        "Bounce": {"bouncedRecipients": [{"emailAddress": address, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]},
        "Complaint": {"complainedRecipients": [{"emailAddress": address}]},
        "Delivery": {"recipients": [address]},
    }[kind]
    return {
        "eventType": kind,
        "mail": {"messageId": message_id, "destination": [address], "headers": []},
        kind.lower(): {**people, **what},
    }


HARD = ses("Bounce", bounceType="Permanent", bounceSubType="General")
SOFT = ses("Bounce", bounceType="Transient", bounceSubType="MailboxFull")
SPAM = ses("Complaint", complaintFeedbackType="abuse")
ARRIVED = ses("Delivery")


@pytest.fixture
def sent(db):
    """A mail that left, and that SES calls by its id."""
    return OwedMailFactory(to=TO, state=OwedMail.State.SENT, message_id=ID, sent_at=clock.now())


def again(row):
    row.refresh_from_db()
    return row


def test_a_hard_bounce_says_so_at_the_mail_and_ends_writing_to_the_address(told_of, sent):
    assert told_of(HARD).status_code == 200

    assert again(sent).state == OwedMail.State.REFUSED
    assert sent.error == "Permanent: General smtp; 550 5.1.1 user unknown"
    assert Suppression.objects.values_list("address", "reason").get() == (TO, "bounce")


def test_what_waits_for_a_refusing_address_is_not_sent(told_of, sent):
    waiting = OwedMailFactory(to="Nadia@Lakeside.example")
    other = OwedMailFactory(to="otto@lakeside.example")
    told_of(HARD)

    assert (again(waiting).state, again(other).state) == ("refused", "owed")


def test_what_comes_to_be_owed_to_a_refusing_address_is_not_sent(told_of, sent):
    told_of(HARD)
    late = OwedMailFactory(to="Nadia@lakeside.example")

    assert services.send_owed_mail(late.pk) is False
    assert (again(late).state, mail.outbox) == ("refused", [])
    assert "user unknown" in late.error


def test_a_complaint_ends_writing_and_leaves_the_mail_that_arrived(told_of, sent):
    told_of(SPAM)

    assert again(sent).state == OwedMail.State.SENT
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_a_complaint_weighs_more_than_a_bounce(told_of, sent):
    for event in (HARD, SPAM, HARD):
        told_of(event)

    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_a_full_mailbox_is_tried_again_later_and_at_last_given_up(told_of, sent):
    pauses = []
    for _ in range(services.MOST_BOUNCES):
        told_of(SOFT)
        assert again(sent).state == OwedMail.State.OWED
        pauses.append(round((sent.due_at - clock.now()) / timedelta(hours=1)))
        OwedMail.objects.update(state=OwedMail.State.SENT)  # as the worker does, an hour later
    told_of(SOFT)

    assert pauses == [1, 2, 4]
    assert (again(sent).state, Suppression.objects.count()) == (OwedMail.State.FAILED, 0)


def test_telling_it_twice_sends_it_once(told_of, sent):
    told_of(SOFT)
    told_of(SOFT)

    assert again(sent).bounces == 1


def test_a_bounce_of_another_mail_changes_nothing_here(told_of, sent):
    told_of(ses("Bounce", message_id="another", bounceType="Transient", bounceSubType="General"))

    assert again(sent).state == OwedMail.State.SENT


def test_delivery_is_noted_and_the_secret_forgotten(told_of, sent):
    OwedMail.objects.update(is_secret=True)
    told_of(ARRIVED)

    assert (again(sent).text, sent.delivered_at is None) == ("", False)


@pytest.fixture
def service(monkeypatch):
    """A mail service that gives each message an id, as anymail's does."""
    real = mail.EmailMultiAlternatives.send

    def send(self, fail_silently=False):
        self.anymail_status = SimpleNamespace(message_id=ID)
        return real(self)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)


def test_a_sent_mail_keeps_its_id_and_the_link_until_it_is_heard_of(db, service, settings):
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    link, code = OwedMailFactory(is_secret=True), OwedMailFactory(is_secret=True, event=None, kind="signin_code")
    for row in (link, code):
        services.send_owed_mail(row.pk)

    assert (again(link).message_id, bool(link.text), again(code).text) == (ID, True, "")

    OwedMail.objects.update(created_at=clock.now() - services.SECRET_KEPT - timedelta(minutes=1))
    services.forget_secrets()
    assert again(link).text == ""


# Who may tell us ------------------------------------------------------------------------------------------------
def test_without_the_secret_nothing_is_believed(told_of, sent):
    assert told_of(HARD, secret="").status_code == 401
    assert told_of(HARD, secret="sns:a-guess-of-twenty-letters").status_code == 400
    assert (again(sent).state, Suppression.objects.exists()) == ("sent", False)


def test_where_no_secret_is_set_there_is_no_such_page(told_of, settings, sent):
    settings.ANYMAIL_WEBHOOK_SECRET = ""

    assert told_of(HARD).status_code == 404
    assert again(sent).state == "sent"


def test_a_new_subscription_is_confirmed_by_itself(told_of, monkeypatch, s3_server, db):
    """Through boto3 to a server of SNS, which knows the topic."""
    import boto3

    where = {"endpoint_url": s3_server, "region_name": "eu-central-1"}
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    for name, value in keys.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", s3_server)
    topic = boto3.client("sns", **where, **keys).create_topic(Name="mail")["TopicArn"]

    assert told_of({}, kind="SubscriptionConfirmation", TopicArn=topic, Token="a" * 64).status_code == 200
    assert told_of({}, secret="", kind="SubscriptionConfirmation", TopicArn=topic, Token="a" * 64).status_code == 401


# The desk -------------------------------------------------------------------------------------------------------
def do(client, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows], "confirmed": "1"}
    return client.post(reverse("admin:notifications_owedmail_changelist"), data, follow=True)


def test_an_organiser_sees_it_at_the_mail_and_at_the_place(told_of, event, organiser, enter):
    place = RegistrationFactory(event=event, user__email=TO)
    OwedMailFactory(event=event, to=TO, state=OwedMail.State.SENT, message_id=ID)
    told_of(HARD)
    desk = enter(organiser)

    assert b"The address refused our mail" in desk.get(reverse("admin:notifications_owedmail_changelist")).content
    page = desk.get(reverse("admin:events_registration_change", args=[place.pk]))
    assert b"The address refused our mail on" in page.content
    assert b"there is no such mailbox" in page.content


def test_an_organiser_lifts_it_and_the_mail_goes_out(
    told_of, event, organiser, enter, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: asked.append((name, *args)))
    row = OwedMailFactory(event=event, to=TO, state=OwedMail.State.SENT, message_id=ID)
    told_of(HARD)

    with django_capture_on_commit_callbacks(execute=True):
        do(enter(organiser), "lift_suppression", row)

    assert (again(row).state, Suppression.objects.count(), asked) == ("owed", 0, [(services.SEND, row.pk)])


def test_an_organiser_does_not_lift_a_complaint(told_of, event, organiser, enter):
    row = OwedMailFactory(event=event, to=TO)
    told_of(ses("Complaint", complaintFeedbackType="abuse"))

    response = do(enter(organiser), "lift_suppression", row)

    assert b"Marked as spam, so we do not write again: 1." in response.content
    assert (again(row).state, Suppression.objects.count()) == ("refused", 1)


def test_an_organiser_elsewhere_lifts_nothing(told_of, event, other_organiser, enter):
    row = OwedMailFactory(event=event, to=TO, state=OwedMail.State.SENT, message_id=ID)
    told_of(HARD)

    do(enter(other_organiser), "lift_suppression", row)

    assert (again(row).state, Suppression.objects.count()) == ("refused", 1)
