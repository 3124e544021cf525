"""A private event is there for who brings a code and for nobody else; who asked finds what became of their wish."""

import io
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from apps.core import clock
from apps.events import selectors, services
from apps.events.models import Event, Registration
from tests.factories.events import InvitationCodeFactory, JoinLinkFactory, RegistrationFactory
from tests.factories.notifications import letters

NADIA = {"name": "Nadia Okello", "email": "nadia@lakeside.example"}
State = Registration.State
CALL = "/api/v1/events/freshet"


@pytest.fixture
def private(event):
    Event.objects.filter(pk=event.pk).update(visibility=Event.Visibility.PRIVATE, admission=Event.Admission.CODE)
    event.refresh_from_db()
    return event


@pytest.fixture
def code(private):
    return InvitationCodeFactory(event=private, code="HERON-7", uses=2)


def page(name, event, *args, code=""):
    return reverse(f"events:{name}", args=[event.slug, *args]) + (f"?code={code}" if code else "")


def test_form_opens_to_who_brings_a_code_and_uses_it(private, code, visitor):
    address = page("register", private, code="heron-7")
    shown = visitor.get(address)
    assert (shown.status_code, b"plenary-live" in shown.content) == (200, False)
    sent = visitor.post(address, {**NADIA, "code": ""}, follow=True)
    assert (sent.status_code, NADIA["email"] in sent.content.decode()) == (200, True)
    code.refresh_from_db()
    registration = Registration.objects.get()
    assert (registration.state, registration.code, code.used) == (State.CONFIRMED, code, 1)


def test_page_links_to_nothing_that_is_not_there(private, code, visitor):
    shown = visitor.get(page("register", private, code=code.code)).content.decode()
    links = {part.partition('"')[0] for part in shown.split('href="')[1:]}
    there = {link for link in links if urlsplit(link).path.startswith(f"/e/{private.slug}/")}
    assert {visitor.get(link.replace("&amp;", "&")).status_code for link in there} == {200}


@pytest.mark.parametrize("word", ["", "HERON-8", "HERON-7%0A1", "'", "x" * 500])
def test_guess_finds_nothing(private, code, visitor, word):
    for address in (page("register", private, code=word), f"{CALL}/tickets/?code={word}"):
        assert visitor.get(address).status_code == 404
    assert visitor.post(page("register", private, code=word), NADIA | {"code": "HERON-7"}).status_code == 404
    assert visitor.post(f"{CALL}/register/?code={word}", NADIA, content_type="application/json").status_code == 404
    assert Registration.objects.count() == 0


def test_code_that_is_over_or_of_another_event_finds_nothing(private, other_event, visitor):
    used = InvitationCodeFactory(event=private, used=1)
    for word in (used.code, InvitationCodeFactory(event=other_event).code):
        assert visitor.get(page("register", private, code=word)).status_code == 404


def test_code_opens_no_draft_and_nothing_but_registration(private, code, visitor):
    for name in ("venue:landing", "tracks:agenda", "events:resend", "events:registered"):
        assert visitor.get(reverse(name, args=[private.slug]) + f"?code={code.code}").status_code == 404
    Event.objects.update(state=Event.State.DRAFT)
    assert visitor.get(page("register", private, code=code.code)).status_code == 404


def test_guessing_is_slow_and_says_nothing_of_the_event(private, code, visitor, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "code": "3/m/ip"}
    answers = [visitor.get(page("register", private, code=f"GUESS{number}")) for number in range(3)]
    answers.append(visitor.get(page("register", private, code=code.code)))
    assert [answer.status_code for answer in answers] == [404] * 4


def test_calls_open_to_who_brings_a_code(private, code, visitor, enter, nobody):
    asked = visitor.get(f"{CALL}/tickets/?code=HERON-7")
    assert (asked.status_code, asked.json()["way_in"]) == (200, "code")
    assert visitor.get(f"{CALL}/registration-questions/?code=HERON-7").status_code == 200
    sent = visitor.post(f"{CALL}/register/?code=HERON-7", NADIA, content_type="application/json")
    own = enter(nobody).post(f"{CALL}/registration/?code=HERON-7", {}, content_type="application/json")
    assert (sent.status_code, own.status_code, own.json()["state"]) == (202, 201, "confirmed")
    code.refresh_from_db()
    assert code.used == 2


def test_who_asked_finds_their_wish(private, enter, nobody, visitor):
    code = InvitationCodeFactory(event=private, lets_in=False)
    Event.objects.update(admission=Event.Admission.APPROVAL)
    client = enter(nobody)
    answer = client.post(page("register", private, code=code.code), {}, follow=True)
    assert b"The organisers look at it" in answer.content
    assert client.get(f"{CALL}/registration/").json()["state"] == "pending"
    assert client.delete(f"{CALL}/registration/").status_code == 204
    assert client.get(f"{CALL}/registration/").status_code == 404
    registration = Registration.objects.get()
    shown = visitor.get(page("wish", private, selectors.status_token(registration))).content.decode()
    assert f'href="{page("register", private)}"' not in shown


@pytest.mark.parametrize("state", [Event.State.DRAFT, Event.State.ARCHIVED])
def test_nothing_opens_what_is_not_only_private(private, code, visitor, enter, nobody, state):
    RegistrationFactory(event=private, user=nobody, state=State.PENDING)
    visitor.post(page("register", private, code=code.code), NADIA)
    assert visitor.get(page("registered", private)).status_code == 200
    Event.objects.update(state=state)
    for client, address in (
        (enter(nobody), f"{CALL}/registration/"),
        (visitor, page("registered", private)),
        (visitor, selectors.resend_path(private)),
        (visitor, f"{CALL}/tickets/?code=HERON-7"),
    ):
        assert client.get(address).status_code == 404, address


def test_giving_a_place_back_leads_to_a_page_that_is_there(private, attendee, enter):
    answer = enter(attendee).post(page("cancel", private), follow=True)
    assert (answer.status_code, b"You are off the list" in answer.content) == (200, True)


def test_link_is_mailed_again_from_the_page_of_one_that_ended(private, visitor):
    link = JoinLinkFactory(registration=RegistrationFactory(event=private), created_at=clock.now() - timedelta(hours=1))
    services.revoke_links(link.registration)
    shown = visitor.get(reverse("events:join", args=[selectors.join_token(link)])).content.decode()
    action = shown.partition('<form method="post" action="')[2].partition('"')[0]
    sent = visitor.post(action, {"email": link.registration.user.email}, follow=True)
    assert (sent.status_code, letters()[0].kind) == (200, "link")
    assert visitor.post(page("resend", private), {"email": "x@example.org"}).status_code == 404
    assert visitor.post(action + "x", {"email": "x@example.org"}).status_code == 404


def test_who_has_no_place_is_not_sent_to_a_form_that_is_not_there(private, visitor):
    assert visitor.post(selectors.resend_path(private), NADIA).status_code == 302
    [mail] = letters(kind="no_place")
    assert page("register", private) not in mail.text + mail.html


def test_cookie_and_token_of_another_event_open_nothing(private, other_event, visitor):
    sent = visitor.post(page("register", other_event), NADIA)
    visitor.cookies["registered_address"]["path"] = "/"
    assert (sent.status_code, visitor.get(page("registered", private)).status_code) == (302, 404)
    theirs = selectors.resend_path(Event(pk=other_event.pk, slug=private.slug, visibility="private"))
    assert visitor.get(theirs).status_code == 404


def look_of(page):
    """The addresses of its colours and of its logo, as they stand in a page."""
    text = page.content.decode()
    sheets = [part.partition('"')[0] for part in text.split('href="')[1:] if "/brand." in part.partition('"')[0]]
    logos = [part.partition('"')[0] for part in text.split('src="')[1:] if "/logo/" in part.partition('"')[0]]
    return sheets, logos


@pytest.fixture
def own_look(private, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "#7a2e5d").save(picture, "WEBP")
    private.logo = ContentFile(picture.getvalue(), "heron.webp")
    private.brand = "#7a2e5d"
    private.save()
    return private


def test_who_brings_the_code_sees_the_event_s_look(own_look, code, visitor):
    [sheet], [logo] = look_of(visitor.get(page("register", own_look, code=code.code)))
    answers = [visitor.get(sheet), visitor.get(logo)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(answer["Cache-Control"].startswith("private") for answer in answers)
    assert b"--" in answers[0].content
    answers[1].close()


def test_look_is_not_there_before_the_code_is_right(own_look, other_event, code, visitor):
    for key in ("", "?by=", f"?by={selectors.look_key(other_event)}", f"?by={own_look.pk}", "?code=HERON-7"):
        for address in (own_look.brand_css_url, own_look.logo_url):
            assert visitor.get(address + key).status_code == 404, key


def test_pages_after_the_form_have_the_look_too(own_look, code, visitor):
    sent = visitor.post(page("register", own_look, code=code.code), NADIA, follow=True)
    for shown in (sent, visitor.get(selectors.resend_path(own_look))):
        [sheet], [_logo] = look_of(shown)
        assert visitor.get(sheet).status_code == 200


def test_key_opens_nothing_of_a_draft(own_look, visitor):
    key = selectors.look_key(own_look)
    Event.objects.update(state=Event.State.DRAFT)
    assert visitor.get(f"{own_look.brand_css_url}?by={key}").status_code == 404
