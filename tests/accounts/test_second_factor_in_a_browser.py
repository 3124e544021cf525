"""Second steps as people meet them: a passkey by the browser's own means, and an app's code without any script."""

import re

import pytest
from playwright.sync_api import expect

from apps.accounts import services
from apps.accounts.models import User

PASSWORD = "tidewater-heron"
PHONE = {"width": 390, "height": 844}
REFUSE = "() => { navigator.credentials.create = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"


@pytest.fixture
def home(platform):
    """The platform by its name: a passkey belongs to one, never to an address of numbers."""
    return platform.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def ines(organiser):
    User.objects.filter(pk=organiser.pk).update(has_second_factor=False)
    services.set_password(organiser, PASSWORD)
    services.trust_address(organiser)
    return organiser


def give_device(page):
    """Chromium's own stand-in for a device that keeps passkeys and knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    told = {**options, "isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": told})


def sign_in(page, home, person):
    page.goto(f"{home}/accounts/login/?next=/admin/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page, home):
    page.goto(f"{home}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()


def test_passkey_is_made_and_opens_the_desk(new_page, home, ines, axe):
    page = new_page()
    give_device(page)

    sign_in(page, home, ines)
    expect(page.get_by_role("heading", name="Your second step", level=1)).to_be_visible()
    expect(page.get_by_text("stolen password or mailbox opens nothing")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Add a passkey").click()
    axe(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Codes for emergencies", level=1)).to_be_visible()
    axe(page)
    page.get_by_role("link", name="I keep them safe, go on").click()
    expect(page).to_have_url(f"{home}/admin/")

    sign_out(page, home)
    sign_in(page, home, ines)
    axe(page)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page).to_have_url(f"{home}/admin/")

    sign_out(page, home)
    page.goto(f"{home}/signin/?next=/admin/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{home}/admin/")


def test_broken_off_ceremony_is_said_and_can_be_tried_again(new_page, home, ines):
    page = new_page()
    sign_in(page, home, ines)
    page.goto(f"{home}/accounts/2fa/passkeys/add/")
    page.evaluate(REFUSE)

    page.get_by_role("button", name="Make the passkey").click()

    expect(page.get_by_text("That did not work, or it was broken off.")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_enabled()


def test_where_no_passkey_can_be_the_page_says_so(new_page, platform, ines):
    page = new_page()
    sign_in(page, platform.url, ines)
    page.goto("/accounts/2fa/passkeys/add/")

    expect(page.get_by_text("They need a name in the address line")).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_hidden()


def test_app_is_set_up_without_script_on_a_phone(new_page, platform, ines):
    page = new_page(java_script_enabled=False, viewport=PHONE)
    sign_in(page, platform.url, ines)
    page.get_by_role("link", name="Set up the app").click()
    assert page.locator("body").bounding_box()["width"] <= PHONE["width"]

    type_what_the_page_says(page)
    page.get_by_role("button", name="Use this app").click()
    page.get_by_role("link", name="I keep them safe, go on").click()
    expect(page).to_have_url(f"{platform.url}/admin/")

    sign_out(page, platform.url)
    sign_in(page, platform.url, ines)
    type_what_the_page_says(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{platform.url}/admin/")


def type_what_the_page_says(page):
    """On a site for trying out."""
    said = page.get_by_text("what an app would say now").text_content()
    page.locator("[name=code]").fill(re.search(r"\d{6}", said).group())
