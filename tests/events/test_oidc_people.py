"""For whom an organisation's provider may speak, who is new, and who was there and does not come back."""

import re

import pytest
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events import services
from apps.events.adapters.claims import Claims
from apps.events.models import FormerMember, Membership, SignInConnection, SignInDomain, SignInIdentity
from apps.events.services import people, signing_in
from apps.notifications.models import OwedMail
from tests.events.coming_in import come_back, go, refused, sign_in, who
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, MembershipFactory


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


def test_new_people_become_members_while_there_is_room(connection, directory, visitor, monkeypatch):
    SignInConnection.objects.update(new_people="manager")
    monkeypatch.setattr(people, "MOST_MEMBERS", 0)
    sign_in(visitor, connection, directory)
    assert who(visitor) is not None
    assert not Membership.objects.exists()


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
