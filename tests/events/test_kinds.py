"""The kinds of events: what a new one begins with, in every room; its languages, and what it goes without."""

from datetime import timedelta

import pytest
from django.urls import reverse
from i18nfield.strings import LazyI18nString

from apps.chat.models import Room as ChatRoom
from apps.chat.services.rooms import BOUNDS
from apps.core import clock
from apps.events import services
from apps.events.kinds import PLANS
from apps.events.models import Event
from apps.polls.models import Poll
from apps.questions.models import Board
from apps.tracks.models import LONGEST, Session
from tests.factories.events import EventFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.tracks import SessionFactory, SpeakerFactory

ADD = reverse("admin:events_event_add")


def page_of(event, *args, name="change"):
    return reverse(f"admin:events_event_{name}", args=[event.pk, *args])


def test_every_kind_has_a_plan():
    assert set(PLANS) == set(Event.Kind.values)


@pytest.mark.parametrize("kind", Event.Kind.values)
def test_plan_can_be_carried_out(db, kind):
    plan = PLANS[kind]
    event = EventFactory(state=Event.State.DRAFT, kind=kind, **plan.fields)
    event.full_clean(exclude=["slug"])
    services.set_up_event(event)
    assert [str(room) for room in event.rooms.all()] == [str(words) for words in plan.stages]
    assert Poll.objects.filter(event=event, state=Poll.State.DRAFT).count() == len(plan.polls)
    rooms = ChatRoom.objects.filter(event=event)
    assert rooms.count() == (2 if plan.is_one_session else 1)
    for name, value in plan.chat.items():
        assert {getattr(room, name) for room in rooms} == {value}
        least, most = BOUNDS.get(name, (value, value))
        assert least <= value <= most


def test_one_session_lasts_as_long_as_its_event(db):
    event = EventFactory(kind=Event.Kind.WEBINAR)
    services.set_up_event(event)
    session = Session.objects.get(event=event)
    assert (str(session), session.starts_at, session.ends_at) == (str(event), event.starts_at, event.ends_at)


def test_one_session_of_a_long_event_lasts_as_long_as_a_session_may(db):
    starts_at = clock.now()
    event = EventFactory(kind=Event.Kind.WEBINAR, starts_at=starts_at, ends_at=starts_at + timedelta(days=9))
    services.set_up_event(event)
    assert Session.objects.get(event=event).ends_at == starts_at + LONGEST


def test_questions_at_a_launch_are_looked_at_first(db):
    event = EventFactory(kind=Event.Kind.LAUNCH)
    services.set_up_event(event)
    board = Board.objects.get(event=event, session=None)
    assert (board.holds, board.is_anonymous_allowed) == (True, False)


def test_words_of_a_plan_are_in_the_languages_of_the_event(db):
    event = EventFactory(kind=Event.Kind.CONFERENCE, languages=["en", "de"])
    services.set_up_event(event)
    assert set(event.rooms.first().name.data) == {"en", "de"}


def test_stages_of_an_event_that_has_some_are_kept(db):
    session = SessionFactory(event__kind=Event.Kind.WEBINAR)
    services.set_up_event(session.event)
    assert session.event.rooms.get() == session.room


def test_kind_is_chosen_first_and_its_settings_stand_in_the_form(event, organiser, enter):
    desk = enter(organiser)
    assert f"{ADD}?kind=webinar" in desk.get(ADD).content.decode()
    form = desk.get(ADD, {"kind": "webinar"}).context["adminform"].form
    assert (form["kind"].value(), form["capacity"].value(), form["left_out"].value()) == (
        "webinar",
        1000,
        ["speakers", "expo"],
    )
    begins, ends = form["starts_at"].value(), form["ends_at"].value()
    assert (ends - begins, begins > clock.now(), begins.hour) == (PLANS["webinar"].lasts, True, 16)


def test_hour_of_a_kind_is_that_of_the_zone_in_the_form(event, organiser, enter):
    organiser.time_zone = "Asia/Kolkata"
    organiser.save()
    page = enter(organiser).get(ADD, {"kind": "webinar"})
    assert page.context["adminform"].form["time_zone"].value() == "Asia/Kolkata"
    assert 'value="16:00' in page.content.decode()


def test_new_event_at_the_desk_begins_as_its_kind_has_it(event, organiser, enter):
    given = {
        "organisation": event.organisation.pk, "name_0": "Ebb", "name_1": "", "name_2": "", "slug": "ebb",
        "kind": "webinar", "time_zone": "Europe/Lisbon", "starts_at_0": "2026-10-13", "starts_at_1": "09:00",
        "ends_at_0": "2026-10-13", "ends_at_1": "12:00", "default_language": "en", "visibility": "public",
        "admission": "open", "brand": "#0b4f5c", "accent": "#f07030", "left_out": ["expo"], "languages": ["en", "ar"],
    }  # fmt: skip
    enter(organiser).post(ADD, given)
    made = Event.objects.get(slug="ebb")
    assert (made.left_out, made.languages, made.sessions.count()) == (["expo"], ["en", "ar"], 1)


def test_main_language_is_one_of_the_chosen(event, organiser, enter):
    given = {"default_language": "en", "languages": ["de"]}
    assert "The main language is one of them" in enter(organiser).post(page_of(event), given).content.decode()


def test_texts_in_a_language_that_is_not_offered_are_kept_out_of_sight(event, organiser, enter):
    Event.objects.update(languages=["en"], name=LazyI18nString({"en": "Freshet", "de": "Hochwasser"}))
    page = enter(organiser).get(page_of(event)).content.decode()
    before, hidden, after = page.partition('<div class="in-language" hidden><label for="id_name_1">')
    assert (
        bool(hidden),
        'value="Hochwasser"' in after,
        '<div class="in-language"><label for="id_name_0">' in before,
    ) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(("part", "place"), [("expo", "exhibitors:expo"), ("speakers", "tracks:speakers")])
def test_event_goes_without_a_part(event, visitor, part, place):
    BoothFactory(event=event)
    SpeakerFactory(event=event)
    address = reverse(place, args=[event.slug])
    landing = event.get_absolute_url()
    assert (visitor.get(address).status_code, address in visitor.get(landing).content.decode()) == (200, True)
    Event.objects.update(left_out=[part])
    assert (visitor.get(address).status_code, address in visitor.get(landing).content.decode()) == (404, False)


def test_booth_is_not_there_where_the_event_has_no_expo(event, visitor):
    booth = BoothFactory(event=event)
    Event.objects.update(left_out=["expo"])
    assert visitor.get(booth.get_absolute_url()).status_code == 404
    assert visitor.get(reverse("api:booth", args=[event.slug, booth.slug])).status_code == 404
    assert booth.name not in visitor.get(event.get_absolute_url()).content.decode()
