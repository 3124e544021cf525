"""The agenda, my agenda and the speakers, as pages."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.tracks import services
from apps.tracks.models import Room, Session, SessionSpeaker, Speaker, Star
from tests.factories.events import EventFactory
from tests.factories.tracks import RoomFactory, SessionFactory, SessionSpeakerFactory, SpeakerFactory, TrackFactory

NINE = datetime(2026, 10, 13, 9, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    def set_clock(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_clock(NINE)
    return set_clock


@pytest.fixture
def event(db, at):
    return EventFactory(name="Freshet", slug="freshet", starts_at=NINE, ends_at=NINE + timedelta(days=2))


@pytest.fixture
def agenda(event):
    return reverse("tracks:agenda", args=[event.slug])


def plan(event, start=0, minutes=30, **fields):
    begins = NINE + timedelta(minutes=start)
    return SessionFactory(event=event, starts_at=begins, ends_at=begins + timedelta(minutes=minutes), **fields)


def fill(event, number, followers, *, track, first=0):
    """Sessions of one day, each with a speaker and a star: many at once, since a factory takes its time."""
    rooms = Room.objects.bulk_create(
        Room(event=event, name=f"Room {one}", slug=f"room-{one}") for one in range(first, first + number // 10)
    )
    sessions = Session.objects.bulk_create(
        Session(
            event=event,
            room=rooms[one % len(rooms)],
            track=track,
            title=f"Level {first + one}",
            slug=f"level-{first + one}",
            starts_at=NINE + timedelta(minutes=one % 500),
            ends_at=NINE + timedelta(minutes=one % 500 + 30),
        )
        for one in range(number)
    )
    speakers = Speaker.objects.bulk_create(
        Speaker(event=event, name=f"Speaker {first + one}", slug=f"speaker-{first + one}") for one in range(number)
    )
    SessionSpeaker.objects.bulk_create(
        SessionSpeaker(session=session, speaker=speaker) for session, speaker in zip(sessions, speakers, strict=True)
    )
    Star.objects.bulk_create(Star(session=session, user=user) for session in sessions for user in followers)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def titles(page):
    return [re.sub("</?bdi>", "", title) for title in re.findall(r"<h3><a href=[^>]*>(.*?)</a></h3>", page)]


# The day ----------------------------------------------------------------------------------------------------------
def test_shows_the_day_by_time(client, event, agenda):
    plan(event, 60, title="Ponds that pay")
    plan(event, 0, title="High water")

    assert titles(text(client.get(agenda))) == ["High water", "Ponds that pay"]


def test_opens_at_today_and_shows_other_days_when_asked(client, event, agenda, at):
    plan(event, 0, title="Tuesday")
    plan(event, 24 * 60, title="Wednesday")
    at(NINE + timedelta(days=1))

    assert titles(text(client.get(agenda))) == ["Wednesday"]
    assert titles(text(client.get(agenda, {"day": "2026-10-13"}))) == ["Tuesday"]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-45", "2030-01-01"])
def test_a_day_that_is_none_opens_the_agenda_where_it_stands(client, event, agenda, day):
    plan(event, 0, title="Tuesday")

    assert titles(text(client.get(agenda, {"day": day}))) == ["Tuesday"]


def test_what_runs_past_midnight_belongs_to_the_evening(client, event, agenda):
    plan(event, 12 * 60, title="Evening")
    plan(event, 16 * 60, title="Night")  # one in the morning

    assert titles(text(client.get(agenda, {"day": "2026-10-13"}))) == ["Evening", "Night"]


def test_withdrawn_sessions_are_gone_and_cancelled_ones_say_so(client, event, agenda):
    plan(event, 0, title="Gone", state=Session.State.WITHDRAWN)
    plan(event, 0, title="Called off", state=Session.State.CANCELLED)

    page = text(client.get(agenda))

    assert titles(page) == ["Called off"]
    assert "Cancelled" in page


def test_another_events_sessions_are_elsewhere(client, event, agenda, other_event):
    plan(other_event, 0, title="Undertow")
    plan(event, 0, title="High water")

    assert titles(text(client.get(agenda))) == ["High water"]


def test_imported_words_cannot_write_markup(client, event, agenda):
    session = plan(event, 0, title="<script>alert(1)</script>", kind="<b>", room__name='"><i>')
    SessionSpeakerFactory(session=session, speaker__name="<img src=x>")

    page = text(client.get(agenda))

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>&lt;" not in page
    assert '"><i>' not in page


def test_an_agenda_that_is_not_out_says_so(client, event, agenda):
    assert "The agenda is not out yet" in text(client.get(agenda))


def test_what_is_over_and_what_runs_is_marked(client, event, agenda, at):
    over, running, later = plan(event, 0), plan(event, 30), plan(event, 60)
    at(NINE + timedelta(minutes=45))

    page = text(client.get(agenda))

    classes = dict(re.findall(r'<li class="([^"]*)" id="s(\d+)"', page)[i][::-1] for i in range(3))
    assert "past" in classes[str(over.pk)].split()
    assert {"on", "d10"} < set(classes[str(running.pk)].split())
    assert not {"on", "past"} & set(classes[str(later.pk)].split())


# The sieve --------------------------------------------------------------------------------------------------------
@pytest.fixture
def programme(event):
    rivers, fields = TrackFactory(event=event, slug="rivers"), TrackFactory(event=event, slug="fields")
    stage, barn = RoomFactory(event=event, slug="stage"), RoomFactory(event=event, slug="barn")
    first = plan(event, 0, title="Tarrow", track=rivers, room=stage, kind="Talk", language="en")
    plan(event, 0, title="Wheat", track=fields, room=barn, kind="Workshop", language="de")
    SessionSpeakerFactory(session=first, speaker__name="Zoë Ångström")
    return event


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"track": "rivers"}, ["Tarrow"]),
        ({"track": ["rivers", "fields"]}, ["Tarrow", "Wheat"]),
        ({"room": "barn"}, ["Wheat"]),
        ({"type": "Talk"}, ["Tarrow"]),
        ({"language": "de"}, ["Wheat"]),
        ({"q": "angstrom ZOE"}, ["Tarrow"]),
        ({"q": "wheat tarrow"}, []),
        ({"track": "unheard-of"}, []),
    ],
)
def test_the_sieve_lets_through_what_was_asked_for(client, programme, agenda, query, found):
    assert sorted(titles(text(client.get(agenda, query)))) == found


def test_a_search_finds_every_day(client, programme, agenda):
    plan(programme, 24 * 60, title="Wheat again")

    assert titles(text(client.get(agenda, {"q": "wheat", "day": "2026-10-13"}))) == ["Wheat", "Wheat again"]


def test_a_choice_opens_at_the_day_that_holds_it(client, programme, agenda):
    plan(programme, 24 * 60, title="Late field", track=TrackFactory(event=programme, slug="late"))

    assert titles(text(client.get(agenda, {"track": "late"}))) == ["Late field"]


@pytest.mark.parametrize("query", [{"q": "x" * 9999}, {"track": ["a"] * 500}, {"view": "?"}])
def test_odd_questions_are_answered(client, programme, agenda, query):
    assert client.get(agenda, query).status_code == 200


def test_my_tracks_are_those_of_my_stars(programme, agenda, attendee, enter):
    Star.objects.create(session=Session.objects.get(title="Wheat"), user=attendee)

    assert titles(text(enter(attendee).get(agenda, {"track": "mine"}))) == ["Wheat"]


def test_now_and_next_stand_by_room(client, event, agenda, at):
    room = RoomFactory(event=event)
    for start, title in ((0, "Over"), (30, "Now"), (60, "Next"), (90, "Later")):
        plan(event, start, title=title, room=room)
    at(NINE + timedelta(minutes=40))

    assert titles(text(client.get(agenda, {"view": "now"}))) == ["Now", "Next"]


# Repeats ----------------------------------------------------------------------------------------------------------
def held(client, address):
    return client.get(address, headers={"If-None-Match": client.get(address).headers["ETag"]}).status_code


def test_a_repeat_is_answered_by_304(client, programme, agenda):
    assert held(client, agenda) == 304


@pytest.mark.parametrize("change", ["agenda", "language", "zone", "star", "moment"])
def test_a_change_of_anything_shown_is_a_new_page(programme, agenda, attendee, enter, at, change):
    client = enter(attendee)
    tag = client.get(agenda).headers["ETag"]
    if change == "agenda":
        services.touch_agenda(event_id=programme.pk)
    elif change == "language":
        client.cookies["django_language"] = "de"
    elif change == "zone":
        client.cookies["tz"] = "Africa/Nairobi"
    elif change == "star":
        Star.objects.create(session=Session.objects.first(), user=attendee)
    else:
        at(NINE + timedelta(minutes=5))

    assert client.get(agenda, headers={"If-None-Match": tag}).status_code == 200


def test_one_readers_page_is_not_anothers(programme, agenda, attendee, speaker, enter):
    tag = enter(attendee).get(agenda).headers["ETag"]

    assert enter(speaker).get(agenda, headers={"If-None-Match": tag}).status_code == 200


def test_the_page_kept_for_all_holds_nobodys_stars(programme, agenda, attendee, enter, client):
    Star.objects.create(session=Session.objects.get(title="Tarrow"), user=attendee)

    assert 'aria-pressed="true"' in text(enter(attendee).get(agenda))
    assert 'aria-pressed="true"' not in text(client.get(agenda))


@pytest.mark.parametrize("query", [{}, {"view": "list"}, {"view": "now"}, {"q": "water"}, {"track": "rivers"}])
def test_queries_do_not_grow_with_the_agenda(event, agenda, attendee, enter, django_assert_max_num_queries, query):
    track = TrackFactory(event=event, slug="rivers")
    client = enter(attendee)

    def count():
        services.touch_agenda(event_id=event.pk)
        with django_assert_max_num_queries(12) as captured:
            assert client.get(agenda, query).status_code == 200
        return len(captured)

    fill(event, 10, [attendee], track=track)
    client.get(agenda, query)
    few = count()
    fill(event, 990, [attendee], track=track, first=10)

    assert count() == few


# Stars ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def star(event):
    return reverse("tracks:star", args=[event.slug])


def test_a_form_puts_a_star_on_and_takes_it_off(event, star, agenda, attendee, enter):
    session, client = plan(event), enter(attendee)

    response = client.post(star, {"session": session.pk, "back": f"{agenda}?view=list"})

    assert response.headers["Location"] == f"{agenda}?view=list#s{session.pk}"
    assert Star.objects.filter(session=session, user=attendee).exists()
    client.post(star, {"session": session.pk})
    assert not Star.objects.exists()


def test_a_script_says_which_way_and_hears_of_clashes(event, star, attendee, enter):
    one, other = plan(event, 0, 60), plan(event, 30, 60, title="Sand dams")
    client = enter(attendee)

    def ask(session, on):
        response = client.post(star, {"session": session.pk, "on": on}, headers={"Accept": "application/json"})
        return json.loads(response.content)

    ask(other, "1")
    assert ask(one, "1") == {"starred": True, "clashes": [{"id": other.pk, "title": "Sand dams"}]}
    assert ask(one, "1")["starred"] is True
    assert ask(one, "0") == {"starred": False, "clashes": []}


def test_a_star_leads_back_to_our_own_pages_only(event, star, agenda, attendee, enter):
    response = enter(attendee).post(star, {"session": plan(event).pk, "back": "https://elsewhere.example/"})

    assert response.headers["Location"].startswith(agenda)


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1"])
def test_a_star_needs_a_session(event, star, attendee, enter, number):
    assert enter(attendee).post(star, {"session": number}).status_code == 404


def test_another_events_session_cannot_be_starred_here(star, other_event, attendee, enter):
    assert enter(attendee).post(star, {"session": plan(other_event).pk}).status_code == 404


def test_a_visitor_is_led_to_sign_in(event, star, client):
    response = client.post(star, {"session": plan(event).pk})

    assert response.status_code == 302
    assert not Star.objects.exists()


def test_a_visitors_stars_lead_to_registration(client, event, agenda):
    plan(event)

    assert f'<form id="stars" action="{reverse("events:register", args=[event.slug])}"' in text(client.get(agenda))


def test_clashes_are_told_on_the_agenda_and_on_mine(event, agenda, attendee, enter):
    for title, start in (("Beavers", 0), ("Permeable", 20)):
        Star.objects.create(session=plan(event, start, title=title), user=attendee)

    for address in (agenda, reverse("tracks:mine", args=[event.slug])):
        page = text(enter(attendee).get(address))
        assert "<b>Beavers</b> and <b>Permeable</b> overlap from" in page
        assert page.count("data-clash") >= 2


def test_my_agenda_holds_my_stars_and_my_address(event, attendee, enter):
    Star.objects.create(session=plan(event, 0, title="Mine"), user=attendee)
    plan(event, 0, title="Not mine")

    page = text(enter(attendee).get(reverse("tracks:mine", args=[event.slug])))

    assert titles(page) == ["Mine"]
    assert attendee.registrations.get().agenda_token in page


def test_an_empty_agenda_says_what_to_do(event, attendee, enter):
    assert "Nothing starred yet" in text(enter(attendee).get(reverse("tracks:mine", args=[event.slug])))


# Speakers ---------------------------------------------------------------------------------------------------------
def test_speakers_are_found_by_name(client, event):
    session = plan(event)
    for name in ("Amara Lindqvist", "Oduya Barasa"):
        SessionSpeakerFactory(session=session, speaker__name=name)

    page = text(client.get(reverse("tracks:speakers", args=[event.slug]), {"q": "barasa"}))

    assert "Oduya Barasa" in page
    assert "Amara Lindqvist" not in page


def test_speakers_come_in_pages_at_the_same_cost(client, event, django_assert_num_queries):
    address = reverse("tracks:speakers", args=[event.slug])
    session = plan(event)

    def count():
        with django_assert_num_queries(3):
            return text(client.get(address))

    SessionSpeakerFactory(session=session)
    count()
    for _ in range(70):
        SessionSpeakerFactory(session=session)
    assert count().count('class="face') == 60


def test_a_speakers_page_shows_their_sessions_and_cleaned_words(client, event):
    speaker = SpeakerFactory(event=event, name="Amara", slug="amara", biography="<p onclick=x()>Reads rivers.</p>")
    SessionSpeakerFactory(session=plan(event, title="High water"), speaker=speaker)

    page = text(client.get(reverse("tracks:speaker", args=[event.slug, "amara"])))

    assert titles(page) == ["High water"]
    assert "<p>Reads rivers.</p>" in page


def test_another_events_speaker_is_not_here(client, event, other_event):
    speaker = SpeakerFactory(event=other_event)
    SessionSpeakerFactory(session=plan(other_event), speaker=speaker)

    assert client.get(reverse("tracks:speaker", args=[event.slug, speaker.slug])).status_code == 404
