"""The agenda arranged by hand: its page, its script and its forms."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.events.models import Event
from apps.tracks.models import Session
from apps.tracks.selectors import Spot
from tests.factories.tracks import SessionFactory
from tests.tracks.arranging.spots import HALF, NINE, put, spot

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


@pytest.fixture
def address(event):
    return reverse("admin:tracks_session_arrange", args=[event.pk]) + "?day=2031-05-06"


JSON = {"Accept": "application/json"}


def test_page_shows_the_day(desk, address, talk, cellar):
    page = desk.get(address).content.decode()

    assert f'data-card="{talk.pk}"' in page
    assert all(name in page for name in ("Hall", "Cellar", "09:00", "in UTC time"))


def test_page_of_another_organisation_is_unknown(enter, other_organiser, address, talk, hall):
    stranger = enter(other_organiser)
    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written(), "to": spot(talk).written()}

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, asked).status_code == 404


def test_script_moves_a_session_and_gets_the_sheet(desk, address, talk, cellar):
    seen = spot(talk)
    to = Spot(cellar.pk, NINE + HALF, NINE + 2 * HALF, "planned")

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": seen.written(), "to": to.written()}, headers=JSON
    )

    told = answer.json()
    assert (told["was"], told["seen"]) == (seen.written(), to.written())
    assert told["said"] == "“Ebb” is in Cellar on Tuesday 6 May, from 09:30 to 10:00."
    assert "data-sheet" in told["sheet"]
    assert spot(talk) == to


def test_script_hears_of_a_conflict_in_words(desk, address, talk, cellar):
    seen = spot(talk)._replace(room_id=cellar.pk)

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": seen.written(), "to": seen.written()}, headers=JSON
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "session.moved")
    assert "Somebody else moved “Ebb”" in answer.json()["title"]


@pytest.mark.parametrize("wrong", [{"do": "fly"}, {"seen": "nonsense"}, {"session": ""}, {"to": "1.2"}])
def test_what_cannot_be_read_is_refused(desk, address, talk, wrong):
    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written(), "to": spot(talk).written()}

    answer = desk.post(address, asked | wrong, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (400, "form.invalid")


def test_form_places_a_session_in_the_time_of_the_event(desk, event, address, talk, cellar):
    Event.objects.update(time_zone="Asia/Kolkata")
    given = {
        "do": "place", "session": talk.pk, "seen": spot(talk).written(), "room": cellar.pk,
        "starts": "2031-05-06T15:30", "minutes": 45,
    }  # fmt: skip

    page = desk.post(address, given, follow=True)

    assert "from 15:30 to 16:15" in page.content.decode()
    assert spot(talk)[:3] == (cellar.pk, NINE + timedelta(hours=1), NINE + timedelta(minutes=105))


def test_form_takes_a_session_off_and_adds_one(desk, event, address, talk, hall):
    desk.post(address, {"do": "unplace", "session": talk.pk, "seen": spot(talk).written()})
    given = {"do": "add", "title": "Wells", "room": hall.pk, "starts": "2031-05-06T11:00", "minutes": 30}
    page = desk.post(address, given, follow=True).content.decode()

    assert "Wells" in page
    assert [str(session.title) for session in event.sessions.on_agenda()] == ["Wells"]


def test_page_move_and_what_is_new_name_the_sheet_alike(desk, event, address, talk, cellar):
    def is_the_same(tag):
        return desk.get(f"{address}&part=1", headers={"If-None-Match": tag}).status_code == 304

    whole = desk.get(reverse("admin:tracks_session_arrange", args=[event.pk]))
    assert is_the_same(whole.context["tag"])

    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written()}
    moved = desk.post(address, asked | {"to": spot(talk)._replace(room_id=cellar.pk).written()}, headers=JSON)
    assert is_the_same(moved.json()["tag"])
    assert not is_the_same(whole.context["tag"])


def test_move_back_to_waiting_keeps_what_was_waited_with(desk, address, talk, cellar):
    here = spot(talk)
    to = Spot(cellar.pk, NINE + HALF, NINE + 2 * HALF, Session.State.UNPLACED.value)

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": here.written(), "to": to.written()}, headers=JSON
    )

    assert answer.json()["seen"] == to.written()
    assert spot(talk) == to


def test_session_of_the_day_before_is_a_link_to_its_own_day(desk, event, night):
    page = desk.get(reverse("admin:tracks_session_arrange", args=[event.pk]) + "?day=2031-05-07").content.decode()

    assert f'data-since="{night.pk}"' in page
    assert f"?day=2031-05-06&amp;session={night.pk}#ar-place" in page
    assert "Since Tuesday 6 May" in page


def test_sheet_is_read_anew_only_where_it_changed(desk, address, talk, cellar, event):
    first = desk.get(f"{address}&part=1")
    again = desk.get(f"{address}&part=1", headers={"If-None-Match": first["ETag"]})
    put(event, talk, cellar, NINE)
    changed = desk.get(f"{address}&part=1", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)


def test_titles_are_text_on_the_sheet(desk, address, event, hall):
    SessionFactory(event=event, room=hall, title="<img src=x>", starts_at=NINE, ends_at=NINE + HALF)

    assert "<img src=x" not in desk.get(address).content.decode()
