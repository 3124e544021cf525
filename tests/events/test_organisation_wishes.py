"""Who may not make an organisation asks for one; those who run the platform say yes or no at their desk."""

import pytest
from django.urls import reverse

from apps.audit.models import Entry
from apps.core.errors import Refused
from apps.events import services
from apps.events.models import Membership, Organisation, OrganisationWish
from apps.notifications.models import OwedMail
from tests.access.test_tokens import program
from tests.factories.accounts import UserFactory
from tests.factories.events import MembershipFactory, OrganisationWishFactory

pytestmark = pytest.mark.django_db
JSON = "application/json"
ASK = "/api/v1/organisation-wishes/"
LIST = "/admin/events/organisationwish/"
WISH = {"name": "Dry Dock", "words": "Talks about hulls"}


@pytest.fixture
def operator():
    return UserFactory(is_superuser=True, is_staff=True, name="Oda")


@pytest.fixture
def desk(operator, enter):
    return enter(operator)


@pytest.fixture
def wish(nobody):
    return OrganisationWishFactory(by=nobody)


def refusal(wish, *args, **said):
    with pytest.raises(Refused) as refused:
        wish(*args, **said)
    return refused.value.code


# Asking -------------------------------------------------------------------------------------------------------------
def test_wish_is_kept_and_those_who_run_the_platform_are_told(operator, nobody, enter):
    enter(nobody).post("/organisations/new/", WISH)
    wish = OrganisationWish.objects.get()
    assert (wish.by, wish.name, wish.words, wish.state) == (nobody, "Dry Dock", "Talks about hulls", "open")
    mail = OwedMail.objects.get()
    assert (mail.to, LIST in mail.text) == (operator.email, True)


def test_one_asks_by_call_and_reads_what_became_of_it(operator, nobody, enter):
    client = enter(nobody)
    made = client.post(ASK, WISH, content_type=JSON)
    assert (made.status_code, made.json()["state"], made.json()["organisation"]) == (201, "open", None)
    services.grant_organisation(OrganisationWish.objects.get(), by=operator)
    [told] = client.get(ASK).json()["results"]
    assert (told["name"], told["state"], told["organisation"]) == ("Dry Dock", "granted", "dry-dock")


def test_wishes_of_others_are_not_told(wish, attendee, enter):
    assert enter(attendee).get(ASK).json()["results"] == []


def test_token_asks_with_its_scope_alone(operator, nobody):
    assert program(nobody, "events:read").post(ASK, WISH, content_type=JSON).status_code == 403
    assert program(nobody, "team:write").post(ASK, WISH, content_type=JSON).status_code == 201


def test_wish_that_cannot_be_read_uses_none_of_the_day_up(operator, nobody, enter):
    client = enter(nobody)
    for _time in range(4):
        assert client.post(ASK, {}, content_type=JSON).status_code == 400
    assert client.post(ASK, WISH, content_type=JSON).status_code == 201


def test_who_may_make_one_asks_nobody(operator, settings, nobody, enter):
    owner = MembershipFactory().user
    assert refusal(services.ask_for_organisation, owner, **WISH) == "organisation.open"
    settings.ORGANISATIONS_OPEN = True
    refused = enter(nobody).post(ASK, WISH, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "organisation.open")
    assert not OrganisationWish.objects.exists()


def test_so_many_wishes_of_one_person_wait_and_no_more(operator, nobody):
    for _time in range(3):
        services.ask_for_organisation(nobody, **WISH)
    assert refusal(services.ask_for_organisation, nobody, **WISH) == "organisation.wishes_wait"
    services.decline_organisation(OrganisationWish.objects.first(), by=operator)
    services.ask_for_organisation(nobody, **WISH)
    assert OrganisationWish.objects.filter(state="open").count() == 3


def test_wish_without_anybody_who_answers_is_not_kept(nobody):
    assert refusal(services.ask_for_organisation, nobody, **WISH) == "organisation.nobody_to_ask"
    assert not OrganisationWish.objects.exists()


# Answering ------------------------------------------------------------------------------------------------------------
def test_yes_makes_it_with_whoever_asked_as_its_owner(wish, operator, nobody):
    made = services.grant_organisation(wish, by=operator)
    wish.refresh_from_db()
    assert (wish.state, wish.organisation, wish.decided_by) == ("granted", made, operator)
    assert made.memberships.get(user=nobody).role == Membership.Role.OWNER
    mail = OwedMail.objects.get()
    assert (mail.to, mail.subject) == (nobody.email, "Dry Dock is yours")


def test_no_is_told_with_its_word(wish, operator, nobody):
    services.decline_organisation(wish, by=operator, answer="Write to us first: who <are> you?")
    wish.refresh_from_db()
    assert (wish.state, wish.answer) == ("declined", "Write to us first: who <are> you?")
    mail = OwedMail.objects.get()
    assert (mail.to, "who <are> you?" in mail.text, "who &lt;are&gt; you?" in mail.html) == (nobody.email, True, True)
    assert not Organisation.objects.exists()


def test_wish_is_answered_once(wish, operator):
    services.decline_organisation(wish, by=operator)
    assert refusal(services.grant_organisation, wish, by=operator) == "organisation.wish_answered"
    assert refusal(services.decline_organisation, wish, by=operator) == "organisation.wish_answered"
    assert (Organisation.objects.count(), OwedMail.objects.count()) == (0, 1)


# At the desk ----------------------------------------------------------------------------------------------------------
def test_desk_shows_who_asks_and_what_for(wish, desk, nobody):
    page = desk.get(LIST).content.decode()
    assert "Dry Dock" in page
    assert nobody.email in page
    assert "Talks about hulls" in desk.get(f"{LIST}{wish.pk}/change/").content.decode()


def test_desk_asks_first_and_makes_them(wish, desk, operator):
    chosen = {"action": "grant", "_selected_action": [wish.pk]}
    desk.post(LIST, chosen)
    assert not Organisation.objects.exists()
    answer = desk.post(LIST, chosen | {"confirmed": 1}, follow=True)
    assert "One organisation is made." in answer.content.decode()
    made = Organisation.objects.get()
    assert Entry.objects.filter(model="events.organisation", thing=f"events.organisation:{made.pk}").get().who_id == (
        operator.pk
    )


def test_desk_asks_for_a_word_and_says_no(wish, desk):
    chosen = {"action": "decline", "_selected_action": [wish.pk]}
    page = desk.post(LIST, chosen).content.decode()
    assert "A word to them" in page
    answer = desk.post(LIST, chosen | {"confirmed": 1, "reason": "Not here."}, follow=True)
    assert "One person was told no." in answer.content.decode()
    wish.refresh_from_db()
    assert (wish.state, wish.answer) == ("declined", "Not here.")


def test_wish_that_was_answered_is_not_answered_again_at_the_desk(wish, desk, operator):
    services.decline_organisation(wish, by=operator)
    for action in ("grant", "decline"):
        desk.post(LIST, {"action": action, "_selected_action": [wish.pk], "confirmed": 1, "reason": ""})
    assert not Organisation.objects.exists()


def test_home_says_that_a_wish_waits(event, wish, desk, organiser, enter):
    words = "1 wish for an organisation waits for your answer."
    assert words in desk.get(reverse("admin:index")).content.decode()
    assert words not in enter(organiser).get(reverse("admin:index")).content.decode()


def test_wishes_are_not_the_business_of_organisers(wish, organiser, enter):
    client = enter(organiser)
    assert client.get(LIST).status_code == 403
    chosen = {"action": "grant", "_selected_action": [wish.pk], "confirmed": 1}
    assert client.post(LIST, chosen).status_code == 403
    assert LIST not in client.get(reverse("admin:index")).content.decode()
    wish.refresh_from_db()
    assert wish.state == "open"
