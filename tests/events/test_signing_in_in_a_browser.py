"""A SAML provider of another site, in a real browser: its form brings no session along, and somebody is signed in."""

import html

import pytest
from playwright.sync_api import expect

from apps.events.models import SignInConnection
from tests.events.providers import Federation
from tests.events.websites import served
from tests.factories.accounts import UserFactory
from tests.factories.events import OrganisationFactory, SignInConnectionFactory, SignInDomainFactory

FORM = (
    '<form method="post" action="{acs}"><input type="hidden" name="SAMLResponse" value="{response}">'
    "<button>Let me in</button></form>"
)


@pytest.fixture
def provider():
    """At `localhost`, which is another site than the platform's number."""
    federation = Federation()

    def page(path):
        asked = federation.asked(path)
        acs, ours = asked.get("AssertionConsumerServiceURL"), asked.findtext("{*}Issuer")
        response = federation.write(recipient=acs, audience=ours, request=asked.get("ID"))
        posted = federation.posted(federation.signed(response))
        return f"<!doctype html><title>Provider</title>{FORM.format(acs=html.escape(acs), response=posted)}"

    with served(page) as port:
        federation.sso_url = f"http://localhost:{port}/sso"
        yield federation


@pytest.fixture
def nadia(platform, provider):
    connection = SignInConnectionFactory(
        organisation=OrganisationFactory(name="Lakeside Trust", slug="lakeside"),
        name="Lakeside account",
        kind=SignInConnection.Kind.SAML,
        entity_id=provider.entity_id,
        sso_url=provider.sso_url,
        certificates=provider.certificate,
    )
    SignInDomainFactory(connection=connection, domain="lakeside.example")
    return UserFactory(email="nadia@lakeside.example", name="Nadia Okello")


@pytest.mark.parametrize("scripted", [True, False], ids=["with scripts", "without"])
def test_person_signs_in_with_their_organisation(new_page, nadia, axe, scripted):
    page = new_page(java_script_enabled=scripted)
    page.goto("/signin/?next=/devices/")
    page.get_by_label("E-mail").fill("nadia@lakeside.example")
    page.get_by_role("button", name="Mail me a code").click()
    expect(page.get_by_role("heading", name="Lakeside Trust")).to_be_visible()
    if scripted:
        axe(page)
    page.get_by_role("link", name="Sign in with Lakeside account").click()
    page.get_by_role("button", name="Let me in").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
