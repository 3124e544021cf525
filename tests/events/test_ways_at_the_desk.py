"""How owners set their organisation's way to sign in up at the desk, and try it."""

from apps.accounts.models import User
from apps.events import selectors, services
from apps.events.models import Membership, SignInConnection, SignInIdentity
from tests.events.coming_in import SECRET, setup_page, who
from tests.events.providers import Federation
from tests.factories.events import MembershipFactory


def form(organisation, **values):
    return {
        "organisation": organisation.pk, "name": "Staff", "kind": "oidc", "new_people": "refuse",
        "domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0, "domains-0-domain": "Mail.Example", **values,
    }  # fmt: skip


def test_owner_adds_a_provider_and_its_secret_is_shown_to_nobody(owner, connection, directory, enter):
    client = enter(owner)
    typed = form(connection.organisation, issuer=directory.issuer, client_id="plenary", secret=SECRET)
    answer = client.post("/admin/events/signinconnection/add/", typed, follow=True)
    made = SignInConnection.objects.get(name="Staff")
    assert selectors.secret_of(made) == SECRET
    assert made.domains.get().domain == "mail.example"
    assert not made.is_on
    change = client.get(f"/admin/events/signinconnection/{made.pk}/change/").content.decode()
    assert SECRET not in answer.content.decode() + change + made.client_secret
    assert f"/signin/connection/{made.pk}/back/" in answer.content.decode()


def test_empty_secret_keeps_the_one_that_is_there(owner, connection, enter):
    typed = {
        "name": "Lakeside account", "issuer": connection.issuer, "client_id": "plenary", "new_people": "account",
        "is_on": "on", "domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0,
    }  # fmt: skip
    enter(owner).post(f"/admin/events/signinconnection/{connection.pk}/change/", typed)
    connection.refresh_from_db()
    assert (connection.new_people, selectors.secret_of(connection)) == ("account", SECRET)


def test_provider_that_does_not_answer_is_told_at_once(owner, connection, enter, settings):
    typed = form(connection.organisation, issuer="https://127.0.0.1:1", client_id="plenary")
    page = enter(owner).post("/admin/events/signinconnection/add/", typed).content.decode()
    assert "does not answer" in page
    assert SignInConnection.objects.count() == 1


def test_saml_provider_is_read_from_its_metadata(owner, connection, enter):
    federation = Federation()
    typed = form(connection.organisation, kind="saml", metadata=federation.metadata())
    enter(owner).post("/admin/events/signinconnection/add/", typed)
    made = SignInConnection.objects.get(name="Staff")
    assert (made.entity_id, made.sso_url) == (federation.entity_id, federation.sso_url)
    assert made.certificates.startswith("-----BEGIN CERTIFICATE-----")


def test_manager_and_owner_elsewhere_find_no_connection(connection, directory, other_organiser, enter):
    manager = MembershipFactory(organisation=connection.organisation, role=Membership.Role.MANAGER).user
    for person in (manager, other_organiser):
        client = enter(person)
        for address in (setup_page(connection), f"/signin/connection/{connection.pk}/try/"):
            assert client.get(address).status_code in (302, 403, 404)
            assert client.post(address, {"do": "forget"}).status_code in (302, 403, 404, 405)
        listed = client.get("/admin/events/signinconnection/")
        assert "Lakeside account" not in listed.content.decode()
    assert directory.asked == []


def test_try_shows_what_arrives_and_signs_nobody_in(owner, connection, directory, nadia, enter):
    SignInConnection.objects.update(is_on=False)
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    directory.claims = {"department": "Gauges <b>"}
    answer = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location))
    page = answer.content.decode()
    assert "nadia@lakeside.example" in page
    assert "Gauges &lt;b&gt;" in page
    assert who(client) == str(owner.pk)
    assert not SignInIdentity.objects.exists()


def test_try_says_why_it_would_be_refused(owner, connection, directory, enter):
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    directory.claims = {"aud": "another"}
    page = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location)).content.decode()
    assert "It was meant for another service than this one." in page


def tried(client, connection, directory):
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    return client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location)).content.decode()


def test_try_foresees_who_is_signed_in(owner, connection, directory, nadia, enter):
    assert "All is well." in tried(enter(owner), connection, directory)


def test_try_foresees_that_nobody_new_may_come(owner, connection, directory, enter):
    page = tried(enter(owner), connection, directory)
    assert "There is no account with your address yet." in page
    assert "All is well." not in page
    assert not User.objects.filter(email="nadia@lakeside.example").exists()


def test_try_foresees_another_number(owner, connection, directory, nadia, enter):
    SignInIdentity.objects.create(connection=connection, user=nadia, subject="before")
    assert "Somebody else signed in with this address before." in tried(enter(owner), connection, directory)


def test_try_foresees_a_code(owner, connection, directory, nadia, enter):
    MembershipFactory(user=nadia)
    page = tried(enter(owner), connection, directory)
    assert "they would be asked for a mailed code." in page
    assert "All is well." not in page


def test_try_says_that_the_way_is_off(owner, connection, directory, nadia, enter):
    SignInConnection.objects.update(is_on=False)
    page = tried(enter(owner), connection, directory)
    assert "once this way to sign in is switched on" in page
    assert "All is well." not in page


def test_try_says_that_the_account_is_closed(owner, connection, directory, nadia, enter):
    User.objects.filter(pk=nadia.pk).update(is_active=False)
    page = tried(enter(owner), connection, directory)
    assert "is closed here" in page
    assert "All is well." not in page


def test_try_says_where_the_number_is_the_address(owner, connection, directory, nadia, enter):
    client, said = enter(owner), "The provider knows this person by the address alone."
    assert said not in tried(client, connection, directory)
    directory.claims = {"sub": "Nadia@lakeside.example"}
    assert said in tried(client, connection, directory)


def test_try_of_somebody_else_is_refused(owner, connection, directory, nadia, enter):
    """The session is the same, the person is not."""
    client = enter(owner)
    location = client.get(f"/signin/connection/{connection.pk}/try/").headers["Location"]
    begun = client.session["sign_in_pending"]
    client.force_login(nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["sign_in_pending"] = begun
    session.save()
    answer = client.get(f"/signin/connection/{connection.pk}/back/", directory.let_in(location))
    assert answer.status_code == 403


def test_secrets_follow_a_new_key(connection, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-platform"
    assert services.renew_secrets() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert selectors.secret_of(SignInConnection.objects.get()) == SECRET


def test_many_tries_from_one_network_are_refused(connection, visitor, settings):
    """Each of these doors is opened by a GET."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"connection": "2/m/ip"}
    assert [visitor.get("/signin/lakeside/").status_code for _one in range(3)] == [200, 200, 429]
    assert visitor.get(f"/signin/connection/{connection.pk}/back/").status_code == 429
    assert visitor.get("/signin/lakeside/", REMOTE_ADDR="198.51.100.8").status_code == 200


def test_page_of_a_form_may_be_looked_at_as_often_as_one_likes(settings, attendee, enter):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invite": "1/m/ip"}
    client = enter(attendee)
    assert [client.get("/organisations/").status_code for _one in range(3)] == [200, 200, 200]
    answers = [client.post("/organisations/", {"leave": "1"}).status_code for _one in range(2)]
    assert answers == [404, 429]
