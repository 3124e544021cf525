"""Pages in a frame of another website: only where that is said, and without knowing anybody."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.events.forms import EventForm
from apps.events.models import Event, Registration
from apps.events.selectors import embeds
from apps.notifications.models import OwedMail
from apps.tracks.selectors import programme_day
from apps.tracks.services import agenda_edited
from tests.factories.events import InvitationCodeFactory, TicketKindFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory

SITE = "https://www.example.org"


@pytest.fixture
def shown(event):
    event.embed_origins = f"{SITE}\nhttps://example.net:8443"
    event.save()
    return event


def agenda(event, query=""):
    return reverse("tracks:embed_agenda", args=[event.slug]) + query


def form(event, query=""):
    return reverse("events:embed_register", args=[event.slug]) + query


def ancestors(response):
    rules = dict(rule.strip().partition(" ")[::2] for rule in response["Content-Security-Policy"].split(";"))
    return rules.get("frame-ancestors")


@pytest.mark.parametrize("page", [agenda, form])
def test_frame_is_allowed_where_it_is_said_and_nowhere_else(shown, visitor, page):
    response = visitor.get(page(shown))
    assert response.status_code == 200
    assert ancestors(response) == f"{SITE} https://example.net:8443"
    assert "X-Frame-Options" not in response


@pytest.mark.parametrize("page", [agenda, form])
def test_nothing_is_framed_where_nobody_said_so(event, visitor, page):
    assert visitor.get(page(event)).status_code == 404


def test_anywhere_means_the_agenda_alone(event, visitor):
    Event.objects.filter(pk=event.pk).update(embed_origins="*")
    assert ancestors(visitor.get(agenda(event))) == "*"
    assert visitor.get(form(event)).status_code == 404


@pytest.mark.parametrize("hidden", [{"visibility": "private"}, {"state": "draft"}, {"state": "archived"}])
@pytest.mark.parametrize("page", [agenda, form])
def test_hidden_event_is_framed_for_nobody(shown, attendee, organiser, enter, page, hidden):
    Event.objects.filter(pk=shown.pk).update(**hidden)
    assert enter(attendee).get(page(shown)).status_code == 404
    assert enter(organiser).get(page(shown)).status_code == 404


def test_frame_knows_nobody_and_keeps_nothing(shown, attendee, enter):
    response = enter(attendee).get(form(shown))
    assert attendee.name not in response.content.decode()
    assert response.cookies == {}
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_agenda_shows_what_anybody_may_read(shown, visitor):
    session = SessionFactory(event=shown, title="High water")
    SessionSpeakerFactory(session=session, speaker__event=shown, speaker__name="Ada Weir")
    withdrawn = SessionFactory(event=shown, title="Never was", state="withdrawn")
    page = visitor.get(agenda(shown)).content.decode()
    assert ("High water" in page, "Ada Weir" in page, str(withdrawn.title) in page) == (True, True, False)


def test_long_agenda_is_shown_a_day_at_a_time(shown, visitor, monkeypatch):
    monkeypatch.setattr("apps.tracks.views.embeds.WHOLE", 1)
    first = SessionFactory(event=shown, title="High water")
    SessionFactory(
        event=shown,
        title="Low water",
        starts_at=first.starts_at + timedelta(days=1),
        ends_at=first.ends_at + timedelta(days=1),
    )
    zone = ZoneInfo(shown.time_zone)
    day = programme_day(first.starts_at, zone)  # which ends some hours after midnight
    days = [f"{day + timedelta(days=more):%Y-%m-%d}" for more in (0, 1)]

    def titles(query=""):
        page = visitor.get(agenda(shown, query)).content.decode()
        assert [f"?day={day}&amp;lang=" in page for day in days] == [True, True]
        return ["High water" in page, "Low water" in page]

    assert titles(f"?day={days[0]}") == [True, False]
    assert titles(f"?day={days[1]}&theme=dark") == [False, True]
    assert titles("?day=1066-10-14") in ([True, False], [False, True])
    assert titles("?day=x") in ([True, False], [False, True])


def test_look_and_language_by_address(shown, visitor):
    page = visitor.get(agenda(shown, "?theme=dark&lang=ar")).content.decode()
    assert 'data-theme="dark"' in page
    assert '<html lang="ar" dir="rtl"' in page
    strange = visitor.get(agenda(shown, "?theme=x&lang=zz")).content.decode()
    assert "data-theme" not in strange


def test_agenda_is_drawn_once_for_all_visitors(shown, visitor, attendee, enter):
    session = SessionFactory(event=shown, title="High water")
    first = visitor.get(agenda(shown))
    with CaptureQueriesContext(connection) as asked:
        second = enter(attendee).get(agenda(shown, "?utm=elsewhere"))
    assert (second.content, second["Cache-Control"]) == (first.content, "public, max-age=60")
    assert (ancestors(second), "X-Frame-Options" in second) == (ancestors(first), False)
    assert [query["sql"] for query in asked if "tracks_session" in query["sql"]] == []
    assert visitor.get(agenda(shown), headers={"If-None-Match": first["ETag"]}).status_code == 304
    session.title = "Low water"
    session.save()
    agenda_edited(event_id=shown.pk, session_ids=[session.pk])
    assert "Low water" in visitor.get(agenda(shown), headers={"If-None-Match": first["ETag"]}).content.decode()


def test_language_of_a_frame_is_not_its_readers_cookie(shown, visitor, settings):
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert '<html lang="de"' in visitor.get(agenda(shown), headers={"Accept-Language": "de"}).content.decode()


def sent(event, **changes):
    return {"name": "Ada", "email": "ada@example.org", "form": embeds.form_token(event), **changes}


def test_registering_needs_no_cookie(shown):
    client = Client(enforce_csrf_checks=True)
    response = client.post(form(shown), sent(shown, ref="Website"))
    assert (response.status_code, response.cookies) == (200, {})
    assert ancestors(response).startswith(SITE)
    assert "Look at your mail" in response.content.decode()
    registration = Registration.objects.get(user__email="ada@example.org")
    assert (registration.source, registration.by) == ("website", None)
    assert OwedMail.objects.count() == 1


def test_whoever_is_signed_in_acts_in_nobodys_name(shown, attendee, enter):
    enter(attendee).post(form(shown), sent(shown))
    assert Registration.objects.get(user__email="ada@example.org").by is None


def test_answer_is_the_same_for_every_address(shown, visitor, attendee):
    new, known = (visitor.post(form(shown), sent(shown, email=one)) for one in ("new@example.org", attendee.email))
    assert new.status_code == known.status_code == 200
    assert new.content == known.content


@pytest.mark.parametrize("token", ["", "7", "1:guessed:guessed"])
def test_form_of_somebody_else_is_not_taken(shown, visitor, token):
    assert visitor.post(form(shown), sent(shown, form=token)).status_code == 422
    assert Registration.objects.count() == 0


def test_form_of_another_event_or_of_yesterday_is_not_taken(shown, other_event, monkeypatch):
    assert embeds.is_form_token(shown, embeds.form_token(shown))
    assert not embeds.is_form_token(shown, embeds.form_token(other_event))
    monkeypatch.setattr(embeds, "FORM_SECONDS", -1)
    assert not embeds.is_form_token(shown, embeds.form_token(shown))
    with pytest.raises(signing.BadSignature):
        signing.TimestampSigner().unsign(embeds.form_token(shown))


def test_page_of_another_website_sends_nothing(shown, visitor):
    response = visitor.post(form(shown), sent(shown), headers={"Origin": SITE})
    assert response.status_code == 405
    assert Registration.objects.count() == 0


def test_mistakes_stay_in_the_frame(shown, visitor):
    response = visitor.post(form(shown), sent(shown, email="unfinished"))
    assert (response.status_code, ancestors(response)) == (422, f"{SITE} https://example.net:8443")


def test_script_has_an_address_that_stays(visitor, db):
    response = visitor.get("/embed.js")
    assert response.status_code == 302
    assert response["Location"].startswith("/static/events/embed")


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("https://www.example.org/", True),
        ("http://localhost:8000", True),
        ("*", True),
        ("https://example.org; script-src *", False),
        ("https://example.org/path", False),
        ("https://*.example.org", False),
        ("'self'", False),
        ("javascript:alert(1)", False),
        ("https://a\nhttps://b", True),
        ("\n".join(f"https://site-{n}.example" for n in range(21)), False),
    ],
)
def test_websites_are_named_as_browsers_name_them(text, is_taken, db):
    checked = EventForm(data={"embed_origins": text})
    assert ("embed_origins" not in checked.errors) == is_taken


def test_what_a_row_holds_all_the_same_ends_no_directive(event, visitor):
    Event.objects.filter(pk=event.pk).update(embed_origins=f"{SITE}\nhttps://x.example; script-src *\n'none'")
    response = visitor.get(agenda(event))
    assert ancestors(response) == SITE
    assert response["Content-Security-Policy"].count("script-src") == 1


def test_form_in_a_frame_is_filled_in_from_its_address(shown, visitor):
    _first, second = TicketKindFactory.create_batch(2, event=shown)
    InvitationCodeFactory(event=shown)
    page = visitor.get(form(shown, f"?code=HERON-7&ticket={second.pk}&ref=letter")).content.decode()
    assert 'value="HERON-7"' in page
    chosen = page.partition("checked")[0].rpartition("value=")[2]
    assert (chosen.startswith(f'"{second.pk}"'), 'value="letter"' in page) == (True, True)
