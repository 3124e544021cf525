"""What organisers put right of a registration: its ticket, its answers, an address that was mistyped."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.audit.models import Entry
from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import JoinLink, Registration
from apps.notifications.models import OwedMail
from apps.tracks.models import Seat
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    AnswerFactory,
    BanFactory,
    InvitationCodeFactory,
    QuestionFactory,
    RegistrationFactory,
    TicketKindFactory,
)
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory

JSON = "application/json"
RIGHT = "nadia@lakeside.example"


@pytest.fixture
def day(event):
    return TicketKindFactory(event=event, name="Day")


@pytest.fixture
def workshop(event):
    return TicketKindFactory(event=event, name="Workshop", capacity=1, opens_programme=False)


@pytest.fixture
def place(event, day):
    return RegistrationFactory(event=event, ticket=day, user=UserFactory(email="nadja@lakeside.example"))


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code, refused.value.field


# Another ticket -----------------------------------------------------------------------------------------------------
def test_another_ticket_frees_the_seats_that_it_does_not_open(event, place, workshop):
    starts = clock.now() + timedelta(hours=2)
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    shut, opened = (SessionFactory(event=event, sign_up=True, capacity=1, **times) for _number in range(2))
    OpeningFactory(ticket=workshop, session=opened)
    for session in (shut, opened):
        SeatFactory(session=session, user=place.user)
    services.change_ticket(place, ticket=workshop)
    place.refresh_from_db()
    assert place.ticket == workshop
    assert [Seat.objects.get(session=session).state for session in (shut, opened)] == ["given_back", "taken"]
    assert OwedMail.objects.filter(kind="seat_lost", user=place.user).count() == 1


def test_place_of_the_former_ticket_goes_to_who_waits(event, day, place, workshop):
    day.capacity = 1
    day.save()
    waits = RegistrationFactory(event=event, ticket=day, state="waiting", waiting_since=clock.now())
    services.change_ticket(place, ticket=workshop)
    waits.refresh_from_db()
    assert waits.state == "confirmed"


def test_ticket_that_is_sold_out_is_given_to_nobody(event, place, workshop, day):
    RegistrationFactory(event=event, ticket=workshop)
    assert refusal(services.change_ticket, place, ticket=workshop) == ("registration.full", "ticket")
    place.refresh_from_db()
    assert place.ticket == day


def test_wish_gets_another_ticket_also_where_that_is_full(event, day, workshop):
    RegistrationFactory(event=event, ticket=workshop)
    wish = RegistrationFactory(event=event, ticket=day, state="pending")
    assert services.change_ticket(wish, ticket=workshop)
    wish.refresh_from_db()
    assert (wish.ticket, wish.state) == (workshop, "pending")


def test_ticket_of_another_event_is_refused(place, other_event):
    other = TicketKindFactory(event=other_event)
    assert refusal(services.change_ticket, place, ticket=other) == ("registration.ticket", "ticket")


def test_what_is_over_is_not_put_right(event, day, workshop):
    for state in ("cancelled", "declined"):
        over = RegistrationFactory(event=event, ticket=day, state=state)
        assert refusal(services.change_ticket, over, ticket=workshop) == ("registration.cancelled", None)


# Answers ------------------------------------------------------------------------------------------------------------
def test_answers_that_are_named_are_written_and_others_stay(event, place):
    eats, comes, knows = (QuestionFactory(event=event) for _number in range(3))
    kept = AnswerFactory(registration=place, question=comes, text="By train")
    AnswerFactory(registration=place, question=knows, text="Nothing")
    services.correct_answers(place, {eats.field: "Anything", knows.field: ""})
    assert dict(place.answers.values_list("question_id", "text")) == {eats.pk: "Anything", comes.pk: "By train"}
    assert place.answers.get(question=comes).created_at == kept.created_at


def test_answer_that_must_be_given_is_not_taken_away(event, place):
    eats = QuestionFactory(event=event, required=True)
    AnswerFactory(registration=place, question=eats, text="Anything")
    assert refusal(services.correct_answers, place, {eats.field: " "}) == ("registration.answer", eats.field)
    assert place.answers.get().text == "Anything"


def test_nobody_agrees_for_others(event, place):
    terms = QuestionFactory(event=event, kind="consent")
    assert refusal(services.correct_answers, place, {terms.field: True}) == ("registration.consent", terms.field)
    assert not place.answers.exists()


# The right address --------------------------------------------------------------------------------------------------
def test_place_moves_to_the_right_address(event, place, day):
    code = InvitationCodeFactory(event=event, used=1)
    Registration.objects.filter(pk=place.pk).update(code=code, source="newsletter")
    place.refresh_from_db()
    terms = QuestionFactory(event=event, kind="consent")
    agreed = AnswerFactory(registration=place, question=terms, text="We film", version=1)
    former = services.new_join_link(place)
    moved = services.correct_address(place, email=RIGHT)
    place.refresh_from_db()
    code.refresh_from_db()
    former.refresh_from_db()
    assert (place.state, place.code, code.used) == ("cancelled", None, 1)
    assert (moved.user.email, moved.state, moved.ticket, moved.code, moved.source, moved.created_at) == (
        RIGHT, "confirmed", day, code, "newsletter", place.created_at,
    )  # fmt: skip
    assert moved.answers.get() == agreed
    assert former.revoked_at is not None
    assert JoinLink.objects.valid(clock.now()).get().registration == moved


def test_only_the_right_address_is_written_to(place):
    moved = services.correct_address(place, email=RIGHT)
    assert [(mail.kind, mail.to) for mail in OwedMail.objects.all()] == [("welcome", moved.user.email)]


def test_who_waits_keeps_their_number(event, day):
    since = clock.now() - timedelta(days=3)
    wish = RegistrationFactory(event=event, ticket=day, state="waiting", waiting_since=since)
    RegistrationFactory(event=event, ticket=day, state="waiting", waiting_since=clock.now())
    moved = services.correct_address(wish, email=RIGHT)
    assert (moved.state, moved.waiting_since, selectors.place_in_queue(moved)) == ("waiting", since, 1)
    former = selectors.registration_by_status(selectors.status_token(wish))
    assert former.state == "cancelled"


def test_place_moves_to_somebody_who_gave_theirs_back(event, place):
    back = RegistrationFactory(event=event, user__email=RIGHT, state="cancelled")
    moved = services.correct_address(place, email=RIGHT)
    assert (moved.pk, moved.state) == (back.pk, "confirmed")


def test_address_of_somebody_who_has_a_place_or_is_banned_is_refused(event, place):
    RegistrationFactory(event=event, user__email=RIGHT)
    assert refusal(services.correct_address, place, email=RIGHT) == ("registration.has_one", "email")
    banned = BanFactory(event=event).user
    assert refusal(services.correct_address, place, email=banned.email) == ("registration.person_banned", None)
    assert refusal(services.correct_address, place, email=place.user.email) == ("registration.same_address", "email")
    place.refresh_from_db()
    assert place.state == "confirmed"


def test_seats_of_the_mistyped_address_are_free(event, place):
    starts = clock.now() + timedelta(hours=2)
    session = SessionFactory(event=event, sign_up=True, starts_at=starts, ends_at=starts + timedelta(hours=1))
    seat = SeatFactory(session=session, user=place.user)
    services.correct_address(place, email=RIGHT)
    seat.refresh_from_db()
    assert seat.state == "given_back"


# The doors ----------------------------------------------------------------------------------------------------------
def test_desk_puts_ticket_and_answers_right(event, place, workshop, organiser, enter):
    eats = QuestionFactory(event=event, label="What do you eat?")
    terms = QuestionFactory(event=event, kind="consent", label="May we film?")
    address = reverse("admin:events_registration_correct", args=[place.pk])
    page = enter(organiser).get(address)
    assert eats.field in page.context["form"].fields
    assert terms.field not in page.context["form"].fields
    posted = {"do": "correct", "ticket": workshop.pk, eats.field: "Anything"}
    answer = enter(organiser).post(address, posted)
    assert answer.headers["Location"] == reverse("admin:events_registration_change", args=[place.pk])
    place.refresh_from_db()
    assert (place.ticket, place.answers.get().text) == (workshop, "Anything")
    kept = Entry.objects.filter(model__in=("events.registration", "events.answer")).order_by("pk")
    assert [(one.model, one.kind, one.who_id) for one in kept] == [
        ("events.registration", "changed", organiser.pk),
        ("events.answer", "made", organiser.pk),
    ]


def test_desk_tells_what_is_refused_beside_its_field(event, place, workshop, organiser, enter):
    RegistrationFactory(event=event, ticket=workshop)
    address = reverse("admin:events_registration_correct", args=[place.pk])
    answer = enter(organiser).post(address, {"do": "correct", "ticket": workshop.pk})
    [said] = answer.context["form"].errors["ticket"]
    assert said == "All places with this ticket are taken. Give it more places first."


def test_desk_moves_a_place_to_the_right_address(place, organiser, enter):
    address = reverse("admin:events_registration_correct", args=[place.pk])
    answer = enter(organiser).post(address, {"do": "address", "right-email": "Nadia@Lakeside.example"})
    moved = Registration.objects.get(user__email=RIGHT)
    assert answer.headers["Location"] == reverse("admin:events_registration_change", args=[moved.pk])
    again = enter(organiser).get(address)
    assert again.headers["Location"] == reverse("admin:events_registration_change", args=[place.pk])


def test_program_puts_a_registration_right(event, place, workshop, organiser, enter):
    eats = QuestionFactory(event=event)
    path = f"/api/v1/events/freshet/desk/registrations/{place.pk}/"
    wish = {"ticket": workshop.pk, "answers": {eats.field: "Anything"}, "email": RIGHT}
    told = enter(organiser).patch(path, wish, content_type=JSON)
    assert told.status_code == 200, told.json()
    body = told.json()
    assert (body["email"], body["ticket"], body["answers"][0]["answer"]) == (RIGHT, workshop.pk, "Anything")
    place.refresh_from_db()
    assert (place.state, body["id"] != place.pk) == ("cancelled", True)


def test_program_that_may_not_is_refused_and_nothing_is_half_done(event, place, workshop, organiser, moderator, enter):
    path = f"/api/v1/events/freshet/desk/registrations/{place.pk}/"
    terms = QuestionFactory(event=event, kind="consent")
    wish = {"ticket": workshop.pk, "answers": {terms.field: True}}
    assert enter(moderator).patch(path, wish, content_type=JSON).status_code == 403
    refused = enter(organiser).patch(path, wish, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "registration.consent")
    place.refresh_from_db()
    assert place.ticket != workshop
