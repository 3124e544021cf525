"""Members by invitation: asked by an owner, accepted by the invited address alone, once, and left at will."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, selectors, services
from apps.events.models import MemberInvitation, Membership, Organisation
from apps.events.services import people
from apps.notifications.models import OwedMail
from tests.factories.accounts import UserFactory, give_second_factor
from tests.factories.events import EventFactory, MemberInvitationFactory, MembershipFactory, OrganisationFactory


@pytest.fixture
def trust(db):
    return OrganisationFactory(name="Lakeside Trust", slug="lakeside")


@pytest.fixture
def owner(trust):
    return MembershipFactory(organisation=trust, user__name="Inês Falcão", user__email="ines@lakeside.example").user


@pytest.fixture
def asked(trust, owner):
    return services.invite_member(trust, email="Nadia@Lakeside.example", by=owner)


@pytest.fixture
def nadia(asked):
    return User.objects.get(email="nadia@lakeside.example")


def link():
    """The address in the newest mail."""
    return re.search(r"/organisations/invitation/\S+", OwedMail.objects.latest("pk").text).group()


def code(refusal):
    with pytest.raises(Refused) as refused:
        refusal()
    return refused.value.code


def test_owner_invites_at_the_desk_and_the_mail_says_who_asks(trust, owner, enter):
    answer = enter(owner).post(
        "/admin/events/memberinvitation/add/",
        {"organisation": trust.pk, "email": "Nadia@Lakeside.example", "role": "owner"},
    )
    assert answer.status_code == 302
    made = MemberInvitation.objects.get()
    assert (made.email, made.role, made.by, made.sendings) == ("nadia@lakeside.example", "owner", owner, 1)
    mail = OwedMail.objects.get()
    assert (mail.to, mail.kind, mail.is_secret) == ("nadia@lakeside.example", "member_invited", True)
    assert "Inês Falcão asks you to run the events of Lakeside Trust with them." in mail.text
    assert not Membership.objects.filter(user__email=made.email).exists()


def test_manager_invites_nobody(trust, owner, other_organiser, enter):
    manager = MembershipFactory(organisation=trust, role=Membership.Role.MANAGER).user
    for person in (manager, other_organiser):
        enter(person).post(
            "/admin/events/memberinvitation/add/", {"organisation": trust.pk, "email": "a@b.example", "role": "owner"}
        )
    assert not MemberInvitation.objects.exists()
    assert enter(manager).get("/admin/events/memberinvitation/").status_code == 403


def test_invited_person_accepts_and_is_led_to_a_second_step(trust, asked, nadia, enter):
    client, address = enter(nadia), link()
    assert "You are asked to run its events." in client.get(address).content.decode()
    assert not Membership.objects.filter(user=nadia).exists()
    answer = client.post(address)
    assert answer.headers["Location"] == "/accounts/2fa/"
    assert Membership.objects.get(user=nadia).role == "manager"
    event = EventFactory(organisation=trust)
    assert permissions.roles_of(User.objects.get(pk=nadia.pk), event) == frozenset()
    assert client.get("/admin/events/event/").status_code == 302
    give_second_factor(nadia)
    assert permissions.roles_of(User.objects.get(pk=nadia.pk), event) == {"organiser"}


def test_visitor_signs_in_first(asked, visitor):
    address = link()
    answer = visitor.get(address)
    assert answer.headers["Location"].startswith("/signin/?next=/organisations/invitation/")
    assert visitor.post(address).status_code == 302
    assert not MemberInvitation.objects.exclude(accepted_at=None).exists()


def test_other_address_cannot_accept(asked, nobody, enter):
    client, address = enter(nobody), link()
    page = client.get(address)
    assert page.status_code == 403
    assert "Lakeside Trust" not in page.content.decode()
    assert client.post(address).status_code == 403
    assert not Membership.objects.filter(user=nobody).exists()


def test_invitation_works_once(trust, asked, nadia):
    services.accept_invitation(asked, user=nadia)
    services.remove_member(Membership.objects.get(user=nadia))
    assert code(lambda: services.accept_invitation(asked, user=nadia)) == "member.over"
    assert not Membership.objects.filter(user=nadia).exists()


def test_invitation_ends_after_a_week(asked, nadia, enter):
    address = link()
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert code(lambda: services.accept_invitation(asked, user=nadia)) == "member.over"
        assert enter(nadia).get(address).status_code == 410


def test_revoked_invitation_opens_nothing(asked, nadia, owner, enter):
    enter(owner).post(
        "/admin/events/memberinvitation/", {"action": "revoke", "_selected_action": asked.pk, "confirmed": "1"}
    )
    assert code(lambda: services.accept_invitation(asked, user=nadia)) == "member.over"
    assert not services.revoke_invitation(asked)


def test_another_mail_ends_the_link_before_and_is_not_sent_at_once(asked, nadia, owner, enter):
    first, desk = link(), enter(owner)
    again = {"action": "send_again", "_selected_action": asked.pk, "confirmed": "1"}
    page = desk.post("/admin/events/memberinvitation/", again, follow=True).content.decode()
    assert "It was mailed a moment ago." in page
    assert OwedMail.objects.count() == 1
    MemberInvitation.objects.update(sent_at=clock.now() - timedelta(minutes=2))
    desk.post("/admin/events/memberinvitation/", again)
    assert OwedMail.objects.count() == 2
    client = enter(nadia)
    assert client.get(first).status_code == 404
    assert client.get(link()).status_code == 200


def test_invitation_of_an_owner_who_is_none_any_more_is_over(trust, asked, nadia, owner):
    MembershipFactory(organisation=trust)
    services.remove_member(Membership.objects.get(user=owner))
    assert code(lambda: services.accept_invitation(asked, user=nadia)) == "member.over"


def test_invitation_of_a_closed_account_is_over(trust, asked, nadia, owner, enter):
    services.switch_account(owner, is_active=False)
    assert code(lambda: services.accept_invitation(asked, user=nadia)) == "member.over"
    client = enter(nadia)
    assert client.get(link()).status_code == 410
    assert "You are asked to join" not in client.get("/organisations/").content.decode()


def test_closed_account_manages_no_organisation(trust, owner):
    services.switch_account(owner, is_active=False)
    assert not permissions.can_manage_organisation(User.objects.get(pk=owner.pk), trust.pk)


def test_owner_who_mails_again_is_the_one_who_asks(trust, asked, nadia, owner, enter):
    other = MembershipFactory(organisation=trust, user__name="Tomás Brito").user
    services.remove_member(Membership.objects.get(user=owner))
    MemberInvitation.objects.update(sent_at=clock.now() - timedelta(minutes=2))
    desk = enter(other)
    assert "Over until it is mailed again" in desk.get("/admin/events/memberinvitation/").content.decode()
    desk.post(
        "/admin/events/memberinvitation/", {"action": "send_again", "_selected_action": asked.pk, "confirmed": "1"}
    )
    assert "Tomás Brito asks you" in OwedMail.objects.latest("pk").text
    assert "Over until it is mailed again" not in desk.get("/admin/events/memberinvitation/").content.decode()
    enter(nadia).post(link())
    assert Membership.objects.filter(user=nadia, organisation=trust).exists()


def test_made_up_link_is_not_found(asked, nadia, enter):
    forged = signing.Signer(salt="another").sign(f"{asked.pk}.1")
    for token in ("1.1", forged, "x" * 300):
        assert enter(nadia).get(f"/organisations/invitation/{token}/").status_code == 404


def test_address_is_invited_once_at_a_time(trust, asked, owner, nadia):
    assert code(lambda: services.invite_member(trust, email=asked.email, by=owner)) == "member.invited"
    services.accept_invitation(asked, user=nadia)
    assert code(lambda: services.invite_member(trust, email=asked.email, by=owner)) == "member.is_one"


def test_invitation_whose_time_is_over_makes_room_for_another(trust, asked, owner):
    MemberInvitation.objects.update(expires_at=clock.now() - timedelta(days=1))
    services.invite_member(trust, email=asked.email, by=owner)
    assert MemberInvitation.objects.open().count() == 1


def test_open_invitations_have_an_end(trust, owner):
    MemberInvitationFactory.create_batch(100, organisation=trust, by=owner)
    assert code(lambda: services.invite_member(trust, email="one@more.example", by=owner)) == "member.too_many"


def test_invitation_does_not_make_an_owner_less(trust, asked, nadia):
    """They were made an owner at the desk while the mail lay there."""
    services.add_member(trust, user=nadia, role=Membership.Role.OWNER)
    services.accept_invitation(asked, user=nadia)
    assert Membership.objects.get(user=nadia).role == "owner"


def test_what_waits_stands_among_ones_organisations(trust, asked, nadia, enter):
    client = enter(nadia)
    assert "You are asked to join" in client.get("/organisations/").content.decode()
    assert client.post("/organisations/", {"accept": asked.pk}).status_code == 403
    assert not Membership.objects.filter(user=nadia).exists()
    client.post("/devices/code/", {"next": "/organisations/"})
    code = re.search(r"^[A-Z0-9-]{4,}$", OwedMail.objects.latest("pk").text, re.MULTILINE).group()
    client.post("/accounts/login/code/confirm/", {"code": code, "next": "/organisations/"})
    client.post("/organisations/", {"accept": asked.pk})
    assert Membership.objects.filter(user=nadia, organisation=trust).exists()


def test_invitation_of_somebody_else_is_not_found(asked, nobody, enter):
    assert enter(nobody).post("/organisations/", {"accept": asked.pk}).status_code == 404


def test_person_leaves_an_organisation(trust, owner, enter):
    manager = MembershipFactory(organisation=trust, role=Membership.Role.MANAGER)
    enter(manager.user).post("/organisations/", {"leave": manager.pk})
    assert not Membership.objects.filter(pk=manager.pk).exists()
    assert not User.objects.get(pk=manager.user_id).is_staff


def test_last_owner_stays(trust, owner, enter):
    own = Membership.objects.get(user=owner)
    answer = enter(owner).post("/organisations/", {"leave": own.pk})
    assert answer.status_code == 409
    assert "needs an owner" in answer.content.decode()
    assert Membership.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize("chosen", ["", "x", "0", "9" * 30])
def test_nobody_leaves_for_somebody_else(trust, owner, other_organiser, enter, chosen):
    foreign = str(Membership.objects.get(user=owner).pk)
    client = enter(other_organiser)
    assert client.post("/organisations/", {"leave": foreign}).status_code == 404
    assert client.post("/organisations/", {"leave": chosen}).status_code == 404
    assert Organisation.objects.filter(memberships__user=owner).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_ones_organisations_cost_the_same(enter, count, db):
    person = UserFactory(has_second_factor=True)
    for _one in range(count):
        MembershipFactory(user=person)
        invited = MemberInvitationFactory(email=person.email, by=UserFactory(has_second_factor=True))
        MembershipFactory(organisation=invited.organisation, user=invited.by)
    client = enter(person)
    client.get("/organisations/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/organisations/")
    assert len(asked) == 4


def test_token_names_one_mail(asked):
    assert selectors.invitation_by_token(selectors.member_token(asked)) == asked


def test_desk_says_at_the_field_who_is_asked_already(trust, asked, owner, enter):
    typed = {"organisation": trust.pk, "email": "NADIA@lakeside.example", "role": "manager"}
    page = enter(owner).post("/admin/events/memberinvitation/add/", typed).content.decode()
    assert "This address is invited already. Mail it again from the list." in page
    assert MemberInvitation.objects.count() == 1


def test_desk_invites_again_whose_time_is_over(trust, asked, owner, enter):
    MemberInvitation.objects.update(expires_at=clock.now() - timedelta(days=1))
    typed = {"organisation": trust.pk, "email": asked.email, "role": "manager"}
    enter(owner).post("/admin/events/memberinvitation/add/", typed)
    assert MemberInvitation.objects.open().count() == 1


def test_desk_says_when_too_many_are_invited_at_once(trust, owner, enter, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invite": "1/m/ip"}
    desk = enter(owner)
    for name, invited in (("nadia", 1), ("ines", 1)):
        typed = {"organisation": trust.pk, "email": f"{name}@lakeside.example", "role": "manager"}
        page = desk.post("/admin/events/memberinvitation/add/", typed, follow=True)
        assert MemberInvitation.objects.count() == invited
    assert "Too many requests came from your network just now." in page.content.decode()
    assert 'name="email"' in page.content.decode()


def test_file_of_members_counts_as_inviting(trust, owner, enter, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invite": "1/m/ip"}
    desk = enter(owner)
    for name in ("nadia", "ines"):
        file = SimpleUploadedFile("members.csv", f"email,role\n{name}@rivers.example,manager\n".encode())
        page = desk.post("/admin/events/memberinvitation/file/", {"owner": trust.pk, "file": file}, follow=True)
    assert [one.email for one in MemberInvitation.objects.all()] == ["nadia@rivers.example"]
    assert "Too many requests came from your network just now." in page.content.decode()


def test_member_who_was_removed_at_this_moment_is_not_made_one_anew(trust, owner):
    member = MembershipFactory(organisation=trust)
    assert services.change_member(member, role="owner")
    assert Membership.objects.get(pk=member.pk).role == "owner"
    services.remove_member(Membership.objects.get(pk=member.pk))
    assert not services.change_member(member, role="owner")
    assert not Membership.objects.filter(user=member.user).exists()


def test_last_owner_is_made_no_manager(trust, owner):
    own = Membership.objects.get(user=owner)
    Membership.objects.filter(pk=own.pk).update(role="owner")
    assert code(lambda: services.change_member(own, role="manager")) == "member.last_owner"


def test_invitation_is_not_accepted_where_there_are_as_many_as_may_be(asked, nadia, enter, monkeypatch):
    monkeypatch.setattr(people, "MOST_MEMBERS", 1)
    answer = enter(nadia).post(link())
    assert (answer.status_code, Membership.objects.filter(user=nadia).exists()) == (409, False)
    monkeypatch.setattr(people, "MOST_MEMBERS", 2)
    services.accept_invitation(asked, user=nadia)
    assert Membership.objects.filter(user=nadia).exists()
