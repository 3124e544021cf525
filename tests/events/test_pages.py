"""The pages of registering, joining and one's profile, as a browser without a script uses them."""

import html
import io

import pytest
from django.urls import reverse
from PIL import Image

from apps.core import clock, colour
from apps.events import selectors, services
from apps.events.models import Event, JoinLink, Registration
from apps.notifications.models import OwedMail
from tests.factories.events import EventFactory, EventRoleFactory, JoinLinkFactory, RegistrationFactory


def page(name, event, *args):
    return reverse(f"events:{name}", args=[event.slug, *args])


def picture(size=(600, 400), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind)
    file.seek(0)
    file.name = f"me.{kind.lower()}"
    return file


def test_front_page_lists_public_events_and_ones_own(event, attendee, enter, visitor):
    EventFactory(name="Hidden", state=Event.State.DRAFT)
    private = EventFactory(name="Quiet", visibility=Event.Visibility.PRIVATE)
    RegistrationFactory(event=private, user=attendee)
    seen = visitor.get("/").content.decode()
    assert ("Freshet 2026" in seen, "Hidden" in seen, "Quiet" in seen) == (True, False, False)
    assert "Quiet" in enter(attendee).get("/").content.decode()


@pytest.mark.parametrize("known", [True, False])
def test_registering_answers_the_same_for_every_address(event, visitor, known):
    if known:
        RegistrationFactory(event=event, user__email="nadia@lakeside.example")
    given = {"name": "Nadia", "email": "nadia@lakeside.example"}
    response = visitor.post(page("register", event), given, follow=True)
    assert response.redirect_chain == [(page("registered", event), 302)]
    assert "A mail to <b>nadia@lakeside.example</b> is on its way" in response.content.decode()
    assert OwedMail.objects.count() == 1


@pytest.mark.parametrize("email", ["nadia@例え.jp", "nadia@مثال.السعودية", '"na;dia"@lakeside.example'])
def test_address_of_any_letters_is_told_by_the_next_page(event, visitor, email):
    """A server writes its headers in Latin-1."""
    response = visitor.post(page("register", event), {"name": "Nadia", "email": email})
    assert response.status_code == 302
    for cookie in response.cookies.values():
        cookie.output().encode("latin-1")
    assert html.escape(email) in visitor.get(page("registered", event)).content.decode()


def test_form_says_what_is_wrong_and_keeps_what_was_typed(event, visitor):
    response = visitor.post(page("register", event), {"name": "Nadia", "email": "nadia@"})
    shown = response.content.decode()
    assert response.status_code == 200
    assert "This looks unfinished" in shown
    assert 'value="Nadia"' in shown
    assert Registration.objects.count() == 0


def test_full_event_says_so(event, visitor):
    Event.objects.update(capacity=1, waiting_list=False)
    RegistrationFactory(event=event)
    assert "All places are taken" in visitor.get(page("register", event)).content.decode()
    response = visitor.post(page("register", event), {"name": "Nadia", "email": "nadia@lakeside.example"})
    assert response.status_code == 200
    assert Registration.objects.count() == 1


def test_signed_in_person_registers_with_one_click(event, nobody, enter):
    client = enter(nobody)
    assert "One click" in client.get(page("register", event)).content.decode()
    response = client.post(page("register", event))
    assert response.headers["Location"] == reverse("venue:lobby", args=[event.slug])
    assert Registration.objects.get().user == nobody


def test_place_leads_to_registering_somebody_else(event, attendee, enter):
    client = enter(attendee)
    other = f"{page('register', event)}?other"
    assert f'href="{other}"' in client.get(page("me", event)).content.decode()
    assert "Register somebody else" in client.get(other).content.decode()
    client.post(other, {"name": "Rosa Lind", "email": "rosa@quay.example"})
    assert Registration.objects.get(user__email="rosa@quay.example").by == attendee

    Event.objects.update(state=Event.State.ENDED)
    assert other not in client.get(page("me", event)).content.decode()


def test_link_is_asked_for_again(event, attendee, visitor):
    visitor.post(page("resend", event), {"email": attendee.email.upper()})
    assert OwedMail.objects.get().kind == "link"


def test_looking_at_a_link_signs_nobody_in(event, visitor):
    link = JoinLinkFactory(registration__event=event)
    response = visitor.get(reverse("events:join", args=[selectors.join_token(link)]))
    link.refresh_from_db()
    assert response.status_code == 200
    assert ("_auth_user_id" in visitor.session, link.used_at) == (False, None)
    assert response.headers["Cache-Control"] == "no-store"


def test_a_click_on_the_link_leads_into_the_lobby(event, visitor):
    link = JoinLinkFactory(registration__event=event)
    response = visitor.post(reverse("events:join", args=[selectors.join_token(link)]))
    assert response.headers["Location"] == reverse("venue:lobby", args=[event.slug])
    assert visitor.session["_auth_user_id"] == str(link.registration.user_id)


def test_link_opens_at_once_for_who_is_signed_in_already(event, enter):
    link = JoinLinkFactory(registration__event=event)
    response = enter(link.registration.user).get(reverse("events:join", args=[selectors.join_token(link)]))
    assert response.headers["Location"] == reverse("venue:lobby", args=[event.slug])


@pytest.mark.parametrize("method", ["get", "post"])
def test_revoked_link_offers_a_new_one(event, visitor, method):
    link = JoinLinkFactory(registration__event=event, revoked_at=clock.now())
    response = getattr(visitor, method)(reverse("events:join", args=[selectors.join_token(link)]))
    assert response.status_code == 410
    assert page("resend", event) in response.content.decode()
    assert "_auth_user_id" not in visitor.session


@pytest.mark.parametrize("method", ["get", "post"])
def test_forged_link_opens_nothing(event, visitor, method):
    link = JoinLinkFactory(registration__event=event)
    response = getattr(visitor, method)(reverse("events:join", args=[f"{link.pk}.{'x' * 43}"]))
    assert response.status_code == 410
    assert "Freshet" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_link_of_staff_asks_for_the_normal_sign_in(event, visitor, method):
    link = JoinLinkFactory(registration__event=event)
    EventRoleFactory(event=event, user=link.registration.user, role="organiser")
    response = getattr(visitor, method)(reverse("events:join", args=[selectors.join_token(link)]))
    assert response.headers["Location"].startswith("/signin/?next=")
    assert "_auth_user_id" not in visitor.session


def test_profile_is_saved_and_its_photo_made_anew(event, attendee, enter, visitor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    given = {"name": "Nadia Okello", "title": "Hydrologist", "time_zone": "Africa/Nairobi", "photo": picture()}
    assert enter(attendee).post(page("me", event), given).status_code == 302
    attendee.refresh_from_db()
    assert (attendee.title, attendee.time_zone) == ("Hydrologist", "Africa/Nairobi")
    shown = visitor.get(attendee.photo_url)
    image = Image.open(io.BytesIO(b"".join(shown)))
    assert (image.format, image.size) == ("WEBP", (512, 512))


def test_photo_that_is_none_is_refused_and_nothing_is_saved(event, attendee, enter):
    file = io.BytesIO(b"<script>alert(1)</script>")
    file.name = "me.png"
    response = enter(attendee).post(page("me", event), {"name": "Somebody else", "photo": file})
    attendee.refresh_from_db()
    assert "could not be read as a picture" in response.content.decode()
    assert attendee.name == "Nadia Okello"


def test_profile_takes_no_rights_from_a_form(event, attendee, enter):
    enter(attendee).post(
        page("me", event), {"name": "Nadia", "is_staff": "on", "is_superuser": "on", "email": "a@b.example"}
    )
    attendee.refresh_from_db()
    assert (attendee.is_staff, attendee.is_superuser, attendee.email != "a@b.example") == (False, False, True)


def test_whoever_opens_a_page_of_the_event_came_in(event, attendee, enter):
    client = enter(attendee)
    client.get(page("register", event))
    assert Registration.objects.get(user=attendee).joined_at is None
    client.get(page("me", event))
    came = Registration.objects.get(user=attendee).joined_at
    client.get(page("me", event))
    assert came is not None
    assert Registration.objects.get(user=attendee).joined_at == came


def test_place_is_given_back(event, attendee, enter):
    enter(attendee).post(page("cancel", event))
    assert Registration.objects.get(event=event, user=attendee).state == Registration.State.CANCELLED
    assert enter(attendee).get(page("me", event)).status_code == 302


def test_brand_is_kept_for_ever_under_a_name_of_its_content(event, visitor):
    response = visitor.get(event.brand_css_url)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content.decode() == colour.stylesheet(event.brand, event.accent)
    assert visitor.get(page("brand", event, "0" * 12)).status_code == 404


def test_ticket_is_fresh_and_kept_nowhere(event, attendee, enter):
    response = enter(attendee).get(page("ticket", event))
    assert set(response.json()) == {"ticket", "feed", "socket"}
    assert response.headers["Cache-Control"] == "no-store"


def test_pages_of_persons_are_kept_by_no_shared_cache(event, attendee, enter):
    assert "private" in enter(attendee).get(page("me", event)).headers["Cache-Control"]


def test_script_that_is_turned_away_reads_why(event, visitor):
    response = visitor.get(page("me", event), headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (401, "not_allowed")


def test_links_are_rows_that_can_be_counted(event, visitor):
    visitor.post(page("register", event), {"name": "Nadia", "email": "nadia@lakeside.example"})
    assert JoinLink.objects.get().expires_at > event.ends_at


@pytest.fixture
def by_link(event, visitor):
    """A visitor who came in by a link, and the link."""
    link = JoinLinkFactory(registration__event=event)
    visitor.post(reverse("events:join", args=[selectors.join_token(link)]))
    return visitor, link


def test_session_of_a_link_opens_pages(event, by_link):
    visitor, _link = by_link
    assert visitor.get(reverse("venue:lobby", args=[event.slug])).status_code == 200


def test_session_ends_with_the_link_that_opened_it(event, by_link):
    visitor, link = by_link
    services.revoke_links(link.registration)
    assert visitor.get(reverse("venue:lobby", args=[event.slug])).headers["Location"].startswith("/signin/")
    assert "_auth_user_id" not in visitor.session


@pytest.mark.parametrize("role", ["moderator", "organiser"])
def test_session_of_a_link_never_becomes_one_of_the_staff(event, by_link, role):
    visitor, link = by_link
    services.grant_role(event, user=link.registration.user, role=role)
    assert visitor.get(reverse("venue:control", args=[event.slug])).headers["Location"].startswith("/signin/")


@pytest.mark.parametrize("name", ["account_set_password", "account_change_password", "account_email"])
def test_session_of_a_link_cannot_change_how_one_signs_in(by_link, name):
    visitor, link = by_link
    given = {"password1": "tidewater-heron", "password2": "tidewater-heron", "email": "e@e.example", "action_add": ""}
    response = visitor.post(reverse(name), given)
    assert response.status_code == 403
    assert "come back with a code" in response.content.decode()
    link.registration.user.refresh_from_db()
    assert not link.registration.user.has_usable_password()


def test_own_session_is_kept_when_a_link_is_used(event, enter):
    link = JoinLinkFactory(registration__event=event)
    client = enter(link.registration.user)
    client.post(reverse("events:join", args=[selectors.join_token(link)]))
    services.revoke_links(link.registration)
    assert client.get(reverse("venue:lobby", args=[event.slug])).status_code == 200
    assert "_auth_user_id" in client.session
