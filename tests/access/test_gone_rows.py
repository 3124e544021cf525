"""A row that somebody deletes while another changes it is told to be gone, whatever it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import Refused
from apps.events import services as events
from apps.events.api import admission
from apps.events.models import Event, TicketKind
from apps.exhibitors import services as exhibitors
from apps.media import services as media
from apps.notifications import services as notifications
from apps.quizzes import services as quizzes
from tests.factories.events import (
    EventFactory,
    InvitationCodeFactory,
    QuestionFactory,
    SignInConnectionFactory,
    TicketKindFactory,
)
from tests.factories.exhibitors import BoothFactory
from tests.factories.media import AssetFactory, ShelfFileFactory, StreamFactory
from tests.factories.notifications import EndpointFactory
from tests.factories.quizzes import BankFactory

DEEDS = {
    "ticket.gone": (TicketKindFactory, lambda row: events.save_ticket(row, changed={"capacity"})),
    "question.gone": (QuestionFactory, lambda row: events.save_question(row, changed={"kind"})),
    "code.gone": (InvitationCodeFactory, lambda row: events.change_code(row, changed={"note"}, ended=True)),
    "event.gone": (EventFactory, lambda row: events.save_event(row, changed={"slug"})),
    "connection.gone": (SignInConnectionFactory, lambda row: events.change_connection(row, changed={"name"})),
    "booth.gone": (BoothFactory, lambda row: exhibitors.save_booth(row, changed={"name"}, staff=[], documents=[])),
    "webhook.gone": (EndpointFactory, lambda row: notifications.change_endpoint(row, changed={"name"}, by=row.keeper)),
    "stream.gone": (StreamFactory, lambda row: media.change_stream(row, changed={"title"})),
    "media.shelf_gone": (ShelfFileFactory, lambda row: media.rename_on_shelf(row, title="House rules of old")),
    "media.gone": (AssetFactory, lambda row: media.change_asset(row, changed={"title"})),
    "quiz.bank_unknown": (BankFactory, lambda row: quizzes.fill_bank(row, [])),
}


def deleted(row):
    type(row)._base_manager.filter(pk=row.pk).delete()
    return row


@pytest.mark.django_db
@pytest.mark.parametrize("code", DEEDS)
def test_what_was_deleted_meanwhile_is_not_changed(code):
    make, change = DEEDS[code]
    with pytest.raises(Refused) as refused:
        change(deleted(make()))
    assert (refused.value.code, refused.value.status) == (code, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("code", DEEDS)
def test_no_row_is_held_but_the_one_that_is_meant(code):
    """An order by what is joined would hold that, too: everybody who takes a seat would hold its room."""
    make, change = DEEDS[code]
    row = make()
    with CaptureQueriesContext(connection) as asked:
        change(row)
    holding = [one["sql"] for one in asked if " FOR NO KEY UPDATE" in one["sql"] or " FOR UPDATE" in one["sql"]]
    assert holding
    assert not [sql for sql in holding if " JOIN " in sql and " OF " not in sql]


@pytest.mark.django_db
def test_domain_is_named_of_no_connection_that_was_deleted_meanwhile():
    with pytest.raises(Refused) as refused:
        events.add_domain(deleted(SignInConnectionFactory()), domain="lakeside.example")
    assert refused.value.code == "connection.gone"


def test_event_that_was_deleted_meanwhile_gives_no_places(event):
    ticket = TicketKindFactory(event=event)
    Event.objects.filter(pk=event.pk).delete()
    with pytest.raises(Refused) as refused:
        events.save_ticket(ticket, changed={"capacity"})
    assert refused.value.code == "event.gone"


def test_logo_of_an_event_that_was_deleted_meanwhile_is_not_taken_away(event):
    with pytest.raises(Refused) as refused:
        events.remove_logo(deleted(event))
    assert refused.value.code == "event.gone"


def test_call_that_changes_it_says_so(organiser, enter, event, monkeypatch):
    ticket = TicketKindFactory(event=event)
    checked = admission.check

    def check(row):
        deleted(row)
        checked(row)

    monkeypatch.setattr(admission, "check", check)
    path = f"/api/v1/events/freshet/desk/tickets/{ticket.pk}/"

    answer = enter(organiser).patch(path, {"capacity": 5}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (404, "ticket.gone")
    assert not TicketKind.objects.exists()
