"""Signing in by an organisation's OpenID Connect provider, and every way in which that must not be believed."""

import base64
import logging
import re
import threading

import pytest
from django.test import Client
from django.urls import reverse
from joserfc.jwk import OctKey

from apps.accounts import services as accounts
from apps.accounts.models import ApiToken, User
from apps.core.errors import Refused
from apps.events import services
from apps.events.adapters import calling
from apps.events.adapters.claims import Claims, Doubt
from apps.events.models import FormerMember, Membership, SignInConnection, SignInDomain, SignInIdentity
from apps.events.services import signing_in
from apps.notifications.models import OwedMail
from tests.events.coming_in import SECRET, come_back, go, refused, sign_in, who
from tests.events.providers import a_key
from tests.factories.accounts import UserFactory
from tests.factories.events import (
    EventRoleFactory,
    MemberInvitationFactory,
    MembershipFactory,
    SignInConnectionFactory,
    SignInDomainFactory,
)


def test_person_of_a_proven_domain_is_signed_in(connection, directory, nadia, visitor):
    answer = sign_in(visitor, connection, directory, next="/devices/")
    assert answer.headers["Location"] == "/devices/"
    assert who(visitor) == str(nadia.pk)
    assert SignInIdentity.objects.get().user == nadia
    assert visitor.get("/devices/").status_code == 200


def test_code_is_redeemed_with_the_secret_and_the_verifier(connection, directory, nadia, visitor):
    location = go(visitor, connection)
    assert "code_challenge_method=S256" in location
    assert SECRET not in location
    come_back(visitor, connection, directory.let_in(location))
    form, headers = directory.redeemed[0]
    assert headers["Authorization"].startswith("Basic ")
    assert "client_secret" not in form
    assert len(form["code_verifier"]) >= 43


def test_sign_in_leads_to_no_other_site(connection, directory, nadia, visitor):
    answer = sign_in(visitor, connection, directory, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


WRONG = {
    "audience": ({"aud": "another-client"}, "signin.audience"),
    "audiences without a party": ({"aud": ["plenary", "another-client"]}, "signin.audience"),
    "another party": ({"azp": "another-client"}, "signin.audience"),
    "issuer": ({"iss": "https://evil.example"}, "signin.issuer"),
    "old": ({"exp": 1_000_000_000}, "signin.time"),
    "not yet": ({"nbf": 4_000_000_000}, "signin.time"),
    "nonce": ({"nonce": "another"}, "signin.nonce"),
    "no subject": ({"sub": ""}, "signin.subject"),
    "unverified": ({"email_verified": False}, "signin.unverified"),
    "unverified in words": ({"email_verified": "false"}, "signin.unverified"),
    "another domain": ({"email": "nadia@elsewhere.example"}, "signin.domain"),
    "a domain below": ({"email": "nadia@sub.lakeside.example"}, "signin.domain"),
    "two addresses": ({"email": "nadia@evil.example@lakeside.example"}, "signin.address"),
}


@pytest.mark.parametrize(("claims", "why"), WRONG.values(), ids=WRONG)
def test_token_that_is_not_for_us_signs_nobody_in(connection, directory, nadia, visitor, caplog, claims, why):
    directory.claims = claims
    assert refused(sign_in(visitor, connection, directory), caplog) == why
    assert who(visitor) is None
    assert not SignInIdentity.objects.exists()


@pytest.mark.parametrize("missing", ["exp", "iat", "iss", "aud", "sub", "nonce"])
def test_token_says_all_that_it_must(connection, directory, nadia, visitor, missing):
    directory.without = (missing,)
    assert sign_in(visitor, connection, directory).status_code == 403
    assert who(visitor) is None


def test_token_must_be_signed_by_a_published_key(connection, directory, nadia, visitor, caplog):
    directory.signing = a_key("one", 2)
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"
    assert who(visitor) is None


def test_unsigned_token_is_not_believed(connection, directory, nadia, visitor, caplog):
    directory.header = {"alg": "none", "kid": "one"}
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_token_signed_with_the_shared_secret_is_not_believed(connection, directory, nadia, visitor, caplog):
    directory.header, directory.signing = {"alg": "HS256", "kid": "one"}, OctKey.import_key(SECRET)
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_provider_may_change_its_key(connection, directory, nadia, visitor, client):
    sign_in(visitor, connection, directory)
    directory.key = directory.signing = a_key("two")
    directory.header = {"alg": "RS256", "kid": "two"}
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_answer_fits_only_the_browser_that_asked(connection, directory, nadia, visitor, client, caplog):
    """Whoever gets somebody else to open their own answer signs them in as nobody."""
    answer = directory.let_in(go(visitor, connection))
    assert refused(come_back(client, connection, answer), caplog) == "signin.nonce"
    assert who(client) is None


def test_answer_is_taken_once(connection, directory, nadia, visitor, caplog):
    answer = directory.let_in(go(visitor, connection))
    come_back(visitor, connection, answer)
    visitor.logout()
    assert refused(come_back(visitor, connection, answer), caplog) == "signin.nonce"


def test_answer_of_another_connection_does_not_fit(connection, directory, nadia, visitor, caplog):
    other = SignInConnectionFactory(issuer=directory.issuer)
    answer = directory.let_in(go(visitor, connection))
    assert refused(come_back(visitor, other, answer), caplog) == "signin.nonce"
    assert who(visitor) is None


def test_provider_of_another_organisation_does_not_speak_for_the_domain(connection, directory, nadia, visitor, caplog):
    """It may say what it likes: the domain is not its own."""
    other = SignInConnectionFactory(issuer=directory.issuer)
    SignInDomainFactory(connection=other, domain="elsewhere.example")
    assert refused(sign_in(visitor, other, directory), caplog) == "signin.domain"
    assert who(visitor) is None


def test_unproven_domain_asks_for_a_mailed_code(connection, directory, nadia, visitor):
    """Whoever claims a domain that they have not proven gets no further than somebody who types the address."""
    SignInDomain.objects.update(proven_at=None)
    answer = sign_in(visitor, connection, directory, next="/devices/")
    assert answer.headers["Location"] == "/accounts/login/code/confirm/?next=%2Fdevices%2F"
    assert who(visitor) is None
    assert not SignInIdentity.objects.exists()
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.get().text, re.MULTILINE).group()
    visitor.post("/accounts/login/code/confirm/", {"code": code})
    assert who(visitor) == str(nadia.pk)


def test_unproven_domain_says_nothing_of_who_is_here(connection, directory, visitor):
    SignInDomain.objects.update(proven_at=None)
    connection.new_people = SignInConnection.NewPeople.MANAGER
    connection.save()
    answer = sign_in(visitor, connection, directory)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert OwedMail.objects.get().subject == "There is no account with this address"
    assert not User.objects.filter(email="nadia@lakeside.example").exists()


def test_codes_for_one_address_have_an_end(connection, directory, nadia):
    """From everywhere together: whoever makes a provider up floods nobody's mailbox with it."""
    SignInDomain.objects.update(proven_at=None)
    answers = [
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), connection, directory).status_code for number in range(4)
    ]
    assert answers == [302, 302, 302, 429]
    assert OwedMail.objects.count() == 3


@pytest.mark.parametrize("what", ["member", "moderator", "superuser"])
def test_staff_of_another_organisation_are_not_signed_in_by_it_alone(connection, directory, nadia, visitor, what):
    if what == "member":
        MembershipFactory(user=nadia)
    elif what == "moderator":
        EventRoleFactory(user=nadia, role="moderator")
    else:
        User.objects.update(is_superuser=True)
    answer = sign_in(visitor, connection, directory)
    assert answer.headers["Location"] == "/accounts/login/code/confirm/"
    assert who(visitor) is None


def test_second_step_is_still_asked_for(connection, directory, nadia, visitor):
    accounts.give_app(nadia)
    MembershipFactory(user=nadia, organisation=connection.organisation)
    directory.claims = {"amr": ["pwd", "mfa"]}
    answer = sign_in(visitor, connection, directory, next="/admin/")
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert who(visitor) is None


def test_second_step_of_the_provider_counts_where_the_operator_says_so(
    connection, directory, nadia, visitor, client, settings
):
    settings.SIGNIN_TRUSTS_PROVIDER_STEP = True
    accounts.give_app(nadia)
    directory.claims = {"amr": ["pwd"]}
    assert sign_in(client, connection, directory).headers["Location"].startswith("/accounts/2fa/authenticate/")
    directory.claims = {"amr": ["pwd", "mfa"]}
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


@pytest.mark.parametrize("what", ["member", "moderator", "organiser"])
def test_second_step_of_the_provider_never_counts_for_the_staff(connection, directory, nadia, visitor, settings, what):
    settings.SIGNIN_TRUSTS_PROVIDER_STEP = True
    accounts.give_app(nadia)
    if what == "member":
        MembershipFactory(user=nadia, organisation=connection.organisation)
    else:
        EventRoleFactory(user=nadia, role=what, event__organisation=connection.organisation)
    directory.claims = {"amr": ["pwd", "mfa"]}
    answer = sign_in(visitor, connection, directory)
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert who(visitor) is None


def test_closed_account_stays_closed(connection, directory, nadia, visitor):
    User.objects.update(is_active=False)
    sign_in(visitor, connection, directory)
    assert who(visitor) is None


def test_connection_that_is_off_lets_nobody_in(connection, directory, nadia, visitor, caplog):
    location = go(visitor, connection)
    SignInConnection.objects.update(is_on=False)
    assert visitor.get(f"/signin/connection/{connection.pk}/go/").status_code == 404
    assert refused(come_back(visitor, connection, directory.let_in(location)), caplog) == "signin.off"
    assert who(visitor) is None


def test_address_that_was_given_to_somebody_else_opens_nothing(connection, directory, nadia, visitor, client, caplog):
    sign_in(visitor, connection, directory)
    directory.claims = {"sub": "person-2"}
    assert refused(sign_in(client, connection, directory), caplog) == "signin.other_person"
    services.forget_people(connection)
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_person_whose_address_changed_at_the_provider_is_known_by_their_number(
    connection, directory, nadia, visitor, client
):
    sign_in(visitor, connection, directory)
    directory.claims = {"email": "n.okello@lakeside.example"}
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_number_opens_no_account_outside_the_domains(connection, directory, nadia, visitor, client, caplog):
    sign_in(visitor, connection, directory)
    User.objects.filter(pk=nadia.pk).update(email="nadia@elsewhere.example")
    assert refused(sign_in(client, connection, directory), caplog) == "signin.moved"
    assert who(client) is None


def test_new_people_are_refused_unless_wanted(connection, directory, visitor, caplog):
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.unknown"
    assert not User.objects.exists()


@pytest.mark.parametrize(("wanted", "members"), [("account", 0), ("manager", 1)])
def test_new_people_get_what_the_connection_says(connection, directory, visitor, wanted, members):
    SignInConnection.objects.update(new_people=wanted)
    directory.claims = {"name": "Nadia https://evil.example"}
    sign_in(visitor, connection, directory)
    made = User.objects.get(email="nadia@lakeside.example")
    assert (who(visitor), made.name) == (str(made.pk), "")
    assert Membership.objects.filter(user=made, role="manager").count() == members


def test_member_who_was_removed_does_not_come_back(connection, directory, visitor, client):
    SignInConnection.objects.update(new_people="manager")
    sign_in(visitor, connection, directory)
    Membership.objects.all().delete()
    sign_in(client, connection, directory)
    assert not Membership.objects.exists()


def test_removed_manager_does_not_come_back_by_being_connected_anew(connection, directory, visitor, client):
    SignInConnection.objects.update(new_people="manager")
    sign_in(visitor, connection, directory)
    services.remove_member(Membership.objects.get())
    services.forget_people(connection)
    sign_in(client, connection, directory)
    assert who(client) is not None
    assert not Membership.objects.exists()


def test_invited_and_removed_manager_does_not_come_back_by_a_first_sign_in(connection, directory, nadia, visitor):
    SignInConnection.objects.update(new_people="manager")
    services.remove_member(services.add_member(connection.organisation, user=nadia))
    sign_in(visitor, connection, directory)
    assert not Membership.objects.exists()


def test_member_who_is_added_again_is_forgotten_to_have_gone(connection, directory, nadia, visitor):
    organisation = connection.organisation
    services.remove_member(services.add_member(organisation, user=nadia))
    services.add_member(organisation, user=nadia)
    assert not FormerMember.objects.exists()


def test_two_people_of_one_number_at_once_are_refused(connection, directory, nadia, visitor, caplog, monkeypatch):
    """The second one looked before the first one was kept."""
    other = UserFactory(email="ines@lakeside.example")
    seen = services.foresee(connection, Claims("person-1", nadia.email))
    SignInIdentity.objects.create(connection=connection, subject="person-1", user=other)
    monkeypatch.setattr(signing_in, "foresee", lambda *words: seen)
    answer = sign_in(visitor, connection, directory)
    assert answer.status_code == 409
    assert who(visitor) is None


def test_private_account_at_google_is_not_believed(connection, nadia):
    """Anybody who once read mail of an address can have one; the domain's own accounts say their domain."""
    connection.issuer = "https://accounts.google.com"
    for hosted in ("", "elsewhere.example"):
        with pytest.raises(Refused) as refusal:
            services.foresee(connection, Claims("1", nadia.email, hosted=hosted))
        assert refusal.value.code == "signin.hosted"
    assert services.foresee(connection, Claims("1", nadia.email, hosted="lakeside.example")).user == nadia


def test_domain_that_hosts_the_account_is_read(connection, directory, nadia, visitor, monkeypatch):
    monkeypatch.setattr(signing_in, "GOOGLE", directory.issuer)
    assert sign_in(visitor, connection, directory).status_code == 403
    directory.claims = {"hd": "lakeside.example"}
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


# What a session may do that a provider opened alone --------------------------------------------------------------

WAYS_IN = ["account_set_password", "mfa_activate_totp", "mfa_replace_totp", "mfa_add_webauthn"]


@pytest.mark.parametrize("name", WAYS_IN)
def test_no_way_into_the_account_is_left_behind(connection, directory, nadia, visitor, name):
    """Whoever runs the directory could use it when that person runs what is another organisation's."""
    sign_in(visitor, connection, directory)
    for answer in (visitor.get(reverse(name)), visitor.post(reverse(name), {"code": "1"})):
        assert answer.status_code == 403
        assert "We mail a code to nadia@lakeside.example" in answer.content.decode()


def test_no_token_is_made_without_a_mailed_code(connection, directory, nadia, visitor):
    sign_in(visitor, connection, directory)
    typed = {"name": "Mine", "scopes": ["me:read"], "days": "30"}
    assert visitor.post("/tokens/", typed).status_code in (200, 403)
    assert not ApiToken.objects.exists()


def test_mailed_code_opens_what_the_provider_alone_does_not(connection, directory, nadia, visitor):
    SignInConnection.objects.update(is_required=True)
    sign_in(visitor, connection, directory)
    answer = visitor.post("/devices/code/", {"next": reverse("mfa_activate_totp")})
    confirm = "/accounts/login/code/confirm/"
    assert answer.headers["Location"] == f"{confirm}?next=%2Faccounts%2F2fa%2Fapp%2F"
    assert who(visitor) is None
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.get().text, re.MULTILINE).group()
    answer = visitor.post(confirm, {"code": code, "next": reverse("mfa_activate_totp")})
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    assert who(visitor) == str(nadia.pk)
    assert visitor.get(reverse("mfa_activate_totp")).status_code == 200


def test_invitation_elsewhere_asks_for_a_mailed_code(connection, directory, nadia, visitor):
    owner = MembershipFactory().user
    invitation = MemberInvitationFactory(
        email=nadia.email, by=owner, organisation=Membership.objects.get(user=owner).organisation
    )
    sign_in(visitor, connection, directory)
    answer = visitor.post("/organisations/", {"accept": invitation.pk})
    assert answer.status_code == 403
    assert not Membership.objects.filter(user=nadia).exists()


def test_codes_for_oneself_have_an_end(nadia):
    answers = []
    for _one in range(4):
        client = Client()
        client.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
        answers.append(client.post("/devices/code/", {"next": "https://evil.example/"}))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "evil" not in answers[0].headers["Location"]


def test_address_may_come_from_userinfo_of_the_same_person(connection, directory, nadia, visitor, client):
    directory.without = ("email", "email_verified")
    directory.userinfo = {"sub": "somebody-else", "email": nadia.email}
    assert sign_in(client, connection, directory).status_code == 403
    directory.userinfo = {"sub": "person-1", "email": nadia.email}
    sign_in(visitor, connection, directory)
    assert who(visitor) == str(nadia.pk)


def test_answer_that_names_another_issuer_is_not_believed(connection, directory, nadia, visitor, caplog):
    answer = directory.let_in(go(visitor, connection)) | {"iss": "https://evil.example"}
    assert refused(come_back(visitor, connection, answer), caplog) == "signin.issuer"
    assert directory.redeemed == []


def test_provider_that_refuses_signs_nobody_in(connection, directory, visitor, caplog):
    state = directory.let_in(go(visitor, connection))["state"]
    answer = come_back(visitor, connection, {"state": state, "error": "access_denied"})
    assert refused(answer, caplog) == "signin.refused"


def test_provider_on_a_private_network_is_not_called(connection, directory, visitor, caplog, settings):
    settings.SIGNIN_LOOPBACK = False
    for issuer in (directory.issuer, "https://127.0.0.1:1", "https://169.254.169.254", "https://10.0.0.1"):
        SignInConnection.objects.update(issuer=issuer)
        answer = visitor.get(f"/signin/connection/{connection.pk}/go/")
        assert refused(answer, caplog) in ("signin.address", "signin.unreachable")
    assert directory.asked == []


def test_provider_that_says_another_issuer_is_not_used(connection, directory, visitor, caplog):
    directory.configuration = {"issuer": "https://evil.example"}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.issuer"


def test_provider_that_publishes_without_end_is_given_up(connection, directory, visitor, caplog):
    directory.configuration = {"more": "x" * 300_000}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.unreachable"


def test_provider_is_not_asked_each_time(connection, directory, nadia, visitor, client):
    for one in (visitor, client):
        sign_in(one, connection, directory)
    assert directory.asked.count("/.well-known/openid-configuration") == 1
    assert directory.asked.count("/jwks") == 1


def test_provider_that_failed_is_not_asked_again_at_once(connection, directory, nadia, visitor, caplog):
    directory.failing = {"/.well-known/openid-configuration"}
    for _one in range(3):
        assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.unreachable"
    assert directory.asked == ["/.well-known/openid-configuration"]


def test_provider_that_failed_for_one_connection_is_asked_for_another(connection, directory, nadia, visitor, caplog):
    other = SignInConnectionFactory(issuer=directory.issuer)
    directory.failing = {"/.well-known/openid-configuration"}
    visitor.get(f"/signin/connection/{connection.pk}/go/")
    directory.failing = set()
    assert visitor.get(f"/signin/connection/{other.pk}/go/").status_code == 302


def test_made_up_code_closes_the_way_for_nobody(connection, directory, nadia, visitor, client, caplog):
    state = directory.let_in(go(visitor, connection))["state"]
    answer = come_back(visitor, connection, {"state": state, "code": "made-up"})
    assert refused(answer, caplog) == "signin.unreachable"
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_few_wait_for_one_provider_at_a_time(connection, directory, nadia, visitor, client, caplog):
    line = f"{connection.pk}\0{directory.issuer}"
    answer = directory.let_in(go(visitor, connection))
    with calling.Line(line).open(), calling.Line(line).open():
        assert refused(come_back(visitor, connection, answer), caplog) == "signin.busy"
    assert directory.redeemed == []
    sign_in(client, connection, directory)
    assert who(client) == str(nadia.pk)


def test_whole_way_back_has_one_end(directory, settings):
    settings.SIGNIN_LOOPBACK = True
    line = calling.Line("one", seconds=0)
    with pytest.raises(Doubt):
        line.get_json(f"{directory.issuer}/jwks")
    assert directory.asked == []


def test_provider_that_answers_too_late_is_given_up(directory, settings, monkeypatch):
    settings.SIGNIN_LOOPBACK = True
    monkeypatch.setattr(calling, "SECONDS", 0.2)
    directory.late = threading.Event()
    with pytest.raises(Doubt) as doubt:
        calling.Line("one").get_json(f"{directory.issuer}/jwks")
    directory.late.set()
    assert doubt.value.why == "unreachable"


@pytest.mark.parametrize("where", ["https://id.example/a\nb", "https://id.example/a b", "https://id.example/\x7f"])
def test_address_that_fits_no_header_is_refused(connection, directory, visitor, caplog, where):
    directory.configuration = {"authorization_endpoint": where}
    assert refused(visitor.get(f"/signin/connection/{connection.pk}/go/"), caplog) == "signin.address"


@pytest.mark.parametrize("subject", ["a\x00b", "a\x7fb"])
def test_number_that_cannot_be_kept_is_refused(connection, directory, nadia, visitor, caplog, subject):
    directory.claims = {"sub": subject}
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.subject"


def test_token_without_a_bottom_is_refused(connection, directory, nadia, visitor, caplog):
    deep = base64.urlsafe_b64encode(b"[" * 60_000).rstrip(b"=").decode()
    directory.written = f"{deep}.{deep}.x"
    assert refused(sign_in(visitor, connection, directory), caplog) == "signin.signature"


def test_secrets_stand_in_no_log_and_no_page(connection, directory, nadia, visitor, caplog):
    caplog.set_level(logging.DEBUG)
    directory.claims = {"aud": "another"}
    answer = sign_in(visitor, connection, directory)
    written = caplog.text + answer.content.decode() + SignInConnection.objects.get().client_secret
    assert SECRET not in written
    assert directory.redeemed[0][0]["code_verifier"] not in caplog.text
    assert "nadia@" not in caplog.text


def test_secret_is_told_to_no_other_issuer(connection):
    connection.issuer = "https://evil.example"
    services.save_connection(connection)
    assert SignInConnection.objects.get().client_secret == ""
