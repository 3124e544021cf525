"""What a booth may hold, and who may change it."""

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import Refused
from apps.events import permissions
from apps.exhibitors import services
from apps.exhibitors.models import Booth, BoothStaff
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory
from tests.factories.exhibitors import (
    BoothDocumentFactory,
    BoothFactory,
    BoothStaffFactory,
    ContactRequestFactory,
)
from tests.factories.media import AssetFactory
from tests.polls.test_going import Elsewhere


@pytest.fixture
def booth(event):
    return BoothFactory(event=event, name="Ostra", slug="ostra")


@pytest.fixture
def ask(booth, attendee):
    def make(message="Does the radar read through ice?"):
        return services.request_contact(
            booth, user=attendee, name="Nadia Okello", email="nadia@lakeside.ke", company="Lakeside", message=message
        )

    return make


def test_request_owes_each_of_the_staff_a_mail_that_they_can_answer(booth, ask):
    staff = [BoothStaffFactory(booth=booth).user, BoothStaffFactory(booth=booth).user]

    ask()

    mails = OwedMail.objects.filter(kind="contact_request").order_by("pk")
    assert [mail.to for mail in mails] == [user.email for user in staff]
    assert {mail.reply_to for mail in mails} == {"nadia@lakeside.ke"}
    assert "Does the radar read through ice?" in mails[0].text


def test_request_is_refused_when_too_many_wait(booth, ask):
    for number in range(services.MOST_OPEN_REQUESTS):
        ask(f"Question {number}")

    with pytest.raises(Refused) as refusal:
        ask("One more")

    assert refusal.value.code == "contact.enough"
    assert booth.contact_requests.count() == services.MOST_OPEN_REQUESTS


def test_answered_requests_make_room_for_new_ones(ask, exhibitor):
    for number in range(services.MOST_OPEN_REQUESTS):
        services.answer(ask(f"Question {number}"), by=exhibitor, text="Yes.")

    assert ask("One more").pk


def test_answer_goes_to_the_address_that_was_given(ask, exhibitor):
    request = ask()

    services.answer(request, by=exhibitor, text="Yes, through ice as well.")

    mail = OwedMail.objects.get(kind="contact_answer")
    assert mail.to == "nadia@lakeside.ke"
    assert "Yes, through ice as well." in mail.text
    assert request.answered_by == exhibitor


def test_second_answer_is_refused_and_not_mailed(ask, exhibitor):
    request = ask()
    services.answer(request, by=exhibitor, text="Yes.")

    with pytest.raises(Refused) as refusal:
        services.answer(request, by=UserFactory(), text="No.")

    assert refusal.value.code == "contact.handled"
    assert OwedMail.objects.filter(kind="contact_answer").count() == 1


def test_request_laid_aside_owes_no_mail_and_can_be_put_back(ask, exhibitor):
    request = ask()
    services.answer(request, by=exhibitor)
    assert not OwedMail.objects.filter(kind="contact_answer").exists()

    services.reopen(request)

    request.refresh_from_db()
    assert request.handled_at is None


def test_what_was_answered_stays_answered(db):
    request = ContactRequestFactory(answer="Yes.", handled_at="2026-10-13T10:00Z")

    services.reopen(request)

    request.refresh_from_db()
    assert request.handled_at is not None


def test_staff_become_exhibitors_of_the_event(booth):
    user = UserFactory()

    services.add_staff(booth, user=user)
    services.add_staff(booth, user=user)

    assert BoothStaff.objects.filter(booth=booth, user=user).count() == 1
    assert permissions.roles_of(user, booth.event) == {"exhibitor"}


@pytest.mark.django_db(transaction=True)
def test_document_stands_at_a_booth_once(event):
    booth, sheet = BoothFactory(event=event), AssetFactory(event=event)
    with transaction.atomic():
        services.save_booth(booth, documents=[sheet])
        other = Elsewhere(lambda: services.save_booth(Booth.objects.get(pk=booth.pk), documents=[sheet]))
        assert other.is_waiting()
    other.result()
    assert [row.asset for row in booth.documents.all()] == [sheet]


def test_document_is_twice_at_no_booth_whoever_writes_it(event):
    document = BoothDocumentFactory(booth__event=event)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoothDocumentFactory(booth=document.booth, asset=document.asset)
