"""Organisations by call and by page: founded, asked for, named, and their members made at once."""

import pytest
from django.urls import reverse

from apps.audit.models import Entry
from apps.events import selectors
from apps.events.models import FormerMember, Membership, Organisation
from apps.notifications.models import OwedMail
from tests.access.test_tokens import program
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import EventRoleFactory, JoinLinkFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ALL = "/api/v1/organisations/"
NEW = "/organisations/new/"


@pytest.fixture
def is_open(settings):
    settings.ORGANISATIONS_OPEN = True


@pytest.fixture
def newcomer(nobody):
    give_second_factor(nobody)
    return nobody


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def own(event):
    return f"{ALL}{event.organisation.slug}/"


# Founding -----------------------------------------------------------------------------------------------------------
def test_anybody_founds_one_where_the_platform_is_open(newcomer, enter, is_open):
    made = enter(newcomer).post(ALL, {"name": "Dry Dock"}, content_type=JSON)
    assert (made.status_code, made.json()) == (201, {"slug": "dry-dock", "name": "Dry Dock", "role": "owner"})
    entry = Entry.objects.get(model="events.organisation")
    assert (entry.who_id, entry.door) == (newcomer.pk, "api")
    newcomer.refresh_from_db()
    assert newcomer.is_staff


def test_token_founds_one_and_a_key_keeps_it_from_being_two(newcomer, is_open):
    client, key = program(newcomer, "team:write"), {"Idempotency-Key": "one"}
    answers = [client.post(ALL, {"name": "Dry Dock"}, content_type=JSON, headers=key) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Organisation.objects.count() == 1


def test_nobody_founds_one_where_it_is_closed(newcomer, enter):
    refused = enter(newcomer).post(ALL, {"name": "Dry Dock"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "organisation.not_owner")
    assert not Organisation.objects.exists()


def test_founding_takes_a_second_step(nobody, enter, is_open):
    refused = enter(nobody).post(ALL, {"name": "Dry Dock"}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor.missing")
    assert not Organisation.objects.exists()


def test_address_of_another_is_refused(newcomer, enter, is_open):
    OrganisationFactory(slug="dry-dock")
    refused = enter(newcomer).post(ALL, {"name": "Dry Dock", "slug": "dry-dock"}, content_type=JSON)
    assert (refused.status_code, [*refused.json()["errors"]]) == (400, ["slug"])
    assert enter(newcomer).post(ALL, {"name": "Dry Dock"}, content_type=JSON).json()["slug"] == "dry-dock-2"


def test_page_makes_one_and_leads_to_the_desk(newcomer, enter, is_open):
    client = enter(newcomer)
    assert NEW in client.get("/organisations/").content.decode()
    assert "Make the organisation" in client.get(NEW).content.decode()
    answer = client.post(NEW, {"name": "Dry Dock", "slug": ""}, follow=True)
    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert "Dry Dock is yours." in answer.content.decode()
    assert Membership.objects.get(user=newcomer).role == "owner"


def test_page_leads_to_a_second_step_first(nobody, enter, is_open):
    client = enter(nobody)
    for answer in (client.get(NEW), client.post(NEW, {"name": "Dry Dock"})):
        assert answer.headers["Location"] == reverse("mfa_index")
    assert not Organisation.objects.exists()


def test_page_tells_a_refusal_beside_its_field(newcomer, enter, is_open):
    OrganisationFactory(slug="dry-dock")
    answer = enter(newcomer).post(NEW, {"name": "Dry Dock", "slug": "dry-dock"})
    assert answer.status_code == 422
    assert 'value="Dry Dock"' in answer.content.decode()


def test_home_of_the_desk_leads_a_guest_to_one_where_it_is_open(event, enter, is_open):
    guest = EventRoleFactory(event=event, role="organiser", user__is_staff=True).user
    assert "/admin/events/organisation/add/" in enter(guest).get("/admin/").content.decode()


def test_who_came_by_a_link_founds_nothing(event, visitor, is_open):
    link = JoinLinkFactory(registration__event=event)
    visitor.post(reverse("events:join", args=[selectors.join_token(link)]))
    assert NEW not in visitor.get("/").content.decode()
    assert visitor.post(NEW, {"name": "Dry Dock"}).status_code == 403
    assert Organisation.objects.count() == 1


# Asking -------------------------------------------------------------------------------------------------------------
def test_wish_goes_to_those_who_run_the_platform(nobody, enter):
    operator = UserFactory(is_superuser=True, is_staff=True)
    UserFactory(is_superuser=True, is_staff=True, is_active=False)
    client = enter(nobody)
    assert "Ask for it" in client.get(NEW).content.decode()

    answer = client.post(NEW, {"name": "Dry Dock", "words": "Talks about <b>hulls</b>"}, follow=True)

    mail = OwedMail.objects.get()
    assert (mail.to, mail.reply_to, mail.user) == (operator.email, nobody.email, operator)
    assert "Talks about <b>hulls</b>" in mail.text
    assert "Talks about &lt;b&gt;hulls&lt;/b&gt;" in mail.html
    assert "on its way" in answer.content.decode()
    assert not Organisation.objects.exists()


def test_fourth_wish_of_a_day_is_refused(nobody, enter):
    UserFactory(is_superuser=True, is_staff=True)
    client, wish = enter(nobody), {"name": "Dry Dock", "words": "Talks"}
    statuses = [client.post(NEW, wish).status_code for _time in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert OwedMail.objects.count() == 3


def test_wish_without_anybody_to_ask_says_so(nobody, enter):
    answer = enter(nobody).post(NEW, {"name": "Dry Dock", "words": "Talks"})
    assert (answer.status_code, "Nobody here makes organisations" in answer.content.decode()) == (409, True)


# Naming it, and its members -----------------------------------------------------------------------------------------
def test_owner_gives_another_name_and_address(client, own, event):
    told = client.patch(own, {"name": "Weirs", "slug": "weirs"}, content_type=JSON).json()
    assert told == {"slug": "weirs", "name": "Weirs", "role": "owner"}
    assert (client.get(own).status_code, client.get(f"{ALL}weirs/").json()["name"]) == (404, "Weirs")


def test_address_of_another_organisation_is_not_taken(client, own, other_event):
    refused = client.patch(own, {"slug": other_event.organisation.slug}, content_type=JSON)
    assert (refused.status_code, [*refused.json()["errors"]]) == (400, ["slug"])


def test_manager_reads_it_and_changes_nothing(event, own, enter):
    manager = enter(MembershipFactory(organisation=event.organisation, role="manager").user)
    assert manager.get(own).json()["role"] == "manager"
    assert manager.patch(own, {"name": "Mine"}, content_type=JSON).status_code == 403
    assert manager.post(f"{own}members/", {"email": "ada@example.org"}, content_type=JSON).status_code == 403


def test_superuser_reads_one_they_do_not_belong_to(own, enter):
    operator = UserFactory(is_superuser=True, is_staff=True)
    assert enter(operator).get(own).json()["role"] is None


def test_member_is_made_at_once_and_only_once(client, own, event):
    wish = {"email": "Ada@example.org", "name": "Ada", "role": "owner"}
    made = client.post(f"{own}members/", wish, content_type=JSON)
    assert (made.status_code, made.json()["name"], made.json()["role"]) == (201, "Ada", "owner")
    again = client.post(f"{own}members/", {**wish, "role": "manager"}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "member.is_one")
    assert event.organisation.memberships.get(user__email="ada@example.org").role == "owner"


def test_former_member_may_be_made_one_again(client, own, event):
    former = UserFactory(email="ada@example.org")
    FormerMember.objects.create(organisation=event.organisation, user=former)
    assert client.post(f"{own}members/", {"email": "ada@example.org"}, content_type=JSON).status_code == 201
    assert not FormerMember.objects.exists()


def test_organisation_elsewhere_is_not_there(client, other_event):
    theirs = f"{ALL}{other_event.organisation.slug}/"
    assert client.get(theirs).status_code == 404
    assert client.patch(theirs, {"name": "Mine"}, content_type=JSON).status_code == 404
    assert client.post(f"{theirs}members/", {"email": "ada@example.org"}, content_type=JSON).status_code == 404
    assert Organisation.objects.get(pk=other_event.organisation_id).name == "Dry Dock"
