"""Second steps: setting one up, being asked for it at every way in, and what happens when it is lost."""

import io
import json
import re
from datetime import timedelta
from threading import Thread

import pytest
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.models import User
from apps.accounts.signals import second_factor_changed
from apps.accounts.urls import second_factor_urlpatterns
from apps.accounts.views import second_factor as views
from apps.core import clock
from apps.events import services as events
from apps.events.models import Membership, Registration
from apps.events.selectors import join_token
from apps.notifications.models import OwedMail
from tests.accounts.device import Device

INDEX = reverse("mfa_index")
ASKED = reverse("mfa_authenticate")
APP = reverse("mfa_activate_totp")
KEY = reverse("mfa_add_webauthn")
CODES = reverse("mfa_view_recovery_codes")
DESK = reverse("admin:index")


def is_in(client):
    """Asks a page, since a session that ended is noticed when it is used."""
    return client.get("/devices/").status_code == 200


def steps_of(person):
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def subjects():
    return list(OwedMail.objects.order_by("pk").values_list("subject", flat=True))


def set_up_app(client, half_minutes):
    secret = client.get(APP).context["form"].secret
    answer = client.post(APP, {"code": half_minutes.code(secret)})
    return answer, lambda: half_minutes.code(secret)


def options_on(client, address):
    found = re.search(
        r'<script type="application/json">(.*?)</script>', client.get(address).content.decode(), re.DOTALL
    )
    return json.loads(found.group(1))


def add_key(client, **device):
    made = Device(**device)
    answer = client.post(
        KEY, {"name": "My desk", "credential": made.made(options_on(client, KEY)), "passwordless": "on"}
    )
    return made, answer


# Setting one up ----------------------------------------------------------------------------------------------------
def test_organiser_is_led_to_the_page_with_the_reason_and_afterwards_back(untold, sign_in, half_minutes):
    client = sign_in(untold, by="code", onward="/admin/events/event/?q=river")

    answer = client.get("/admin/events/event/?q=river", follow=True)
    assert answer.redirect_chain[-1] == (INDEX, 302)
    assert "stolen password or mailbox opens nothing" in answer.content.decode()

    answer, _app = set_up_app(client, half_minutes)
    assert answer.headers["Location"] == CODES
    assert 'href="/admin/events/event/?q=river"' in client.get(CODES).content.decode()
    assert client.get("/admin/events/event/?q=river").status_code == 200


def test_app_is_shown_as_a_picture_and_as_letters(untold, sign_in):
    page = sign_in(untold).get(APP)

    assert page.context["form"].secret in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_wrong_code_sets_nothing_up(untold, sign_in, half_minutes):
    client = sign_in(untold)
    secret = client.get(APP).context["form"].secret
    right = half_minutes.code(secret)

    answer = client.post(APP, {"code": f"{(int(right) + 1) % 10**6:06}"})

    assert "not the code" in answer.content.decode()
    assert steps_of(untold) == []
    assert client.post(APP, {"code": right}).status_code == 302  # the picture that was scanned still holds


def test_first_step_signs_out_whoever_never_showed_it(untold, sign_in, half_minutes):
    here, there = sign_in(untold), sign_in(untold, by="code")
    unrecorded = Client()
    unrecorded.force_login(untold, backend="allauth.account.auth_backends.AuthenticationBackend")

    set_up_app(here, half_minutes)

    assert is_in(here)
    assert not is_in(there)
    assert not is_in(unrecorded)


def test_person_is_told_by_mail(untold, sign_in, half_minutes, django_capture_on_commit_callbacks):
    client = sign_in(untold)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client, half_minutes)
    told = OwedMail.objects.get(subject="An app with codes is your second step")

    assert told.to == untold.email
    assert "198.51.100.7" in told.text


def test_secret_does_not_rest_as_it_is(untold, sign_in, half_minutes):
    client = sign_in(untold)
    secret = client.get(APP).context["form"].secret
    client.post(APP, {"code": half_minutes.code(secret)})

    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert get_adapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == secret


def test_whoever_signed_in_long_ago_signs_in_again_first(untold, sign_in):
    client = sign_in(untold, by="code")
    assert client.get(APP).status_code == 200

    with clock.at(clock.now() + timedelta(minutes=16)):
        for address in (APP, KEY):
            for answer in (client.get(address), client.post(address, {"code": "123456"})):
                assert "Sign in once more" in answer.content.decode()
    assert steps_of(untold) == []


def test_session_by_link_changes_no_second_step(attendee, event):
    link = events.new_join_link(Registration.objects.get(event=event, user=attendee))
    guest = Client()
    guest.post(reverse("events:join", args=[join_token(link)]))
    names = [
        route.name
        for route in second_factor_urlpatterns
        if route.name not in ("mfa_authenticate", "mfa_login_webauthn")
    ]

    for name in names:
        address = reverse(name, args=[1] if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else [])
        assert (guest.get(address).status_code, guest.post(address).status_code) == (403, 403), name


# Being asked for it ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by", ["password", "code"])
def test_sign_in_asks_for_the_second_step(organiser, sign_in, give_app, by):
    says = give_app(organiser)
    client = sign_in(organiser, by=by, onward=DESK)

    assert client.answer.headers["Location"] == ASKED
    assert "_auth_user_id" not in client.session
    answer = client.post(ASKED, {"code": says(), "next": DESK})

    assert answer.status_code == 302
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("by", ["password", "code"])
def test_second_step_cannot_be_walked_round(organiser, event, sign_in, give_app, by):
    give_app(organiser)
    client = sign_in(organiser, by=by, onward=DESK)

    assert client.get(DESK).headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/?next=/admin/").headers["Location"].startswith("/signin/")
    for address in (APP, KEY, CODES, INDEX, "/devices/", f"/e/{event.slug}/control/", "/accounts/password/change/"):
        assert client.get(address).headers["Location"].startswith("/signin/"), address
    assert client.post("/accounts/login/code/confirm/", {"code": "ABC123"}).status_code == 302
    assert client.post(ASKED, {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.get("/api/v1/me/").status_code in (401, 403, 404)


def test_code_of_an_app_opens_once(organiser, sign_in, give_app):
    says = give_app(organiser)
    code = says()
    assert sign_in(organiser).post(ASKED, {"code": code}).status_code == 302

    second = sign_in(organiser)
    assert second.post(ASKED, {"code": code}).status_code == 200
    assert "_auth_user_id" not in second.session


def test_guessing_ends_after_five_tries(organiser, sign_in, give_app, half_minutes):
    says = give_app(organiser)
    client = sign_in(organiser)
    wrong = f"{(int(says()) + 1) % 10**6:06}"
    for _time in range(5):
        client.post(ASKED, {"code": wrong})

    answer = client.post(ASKED, {"code": says()})

    assert "Too many tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_join_link_is_no_way_round_for_whoever_has_one(attendee, event, give_app):
    link = events.new_join_link(Registration.objects.get(event=event, user=attendee))
    before = Client()
    before.post(reverse("events:join", args=[join_token(link)]))
    assert "_auth_user_id" in before.session

    give_app(attendee)
    after = Client()
    answer = after.post(reverse("events:join", args=[join_token(link)]))

    assert answer.headers["Location"].startswith("/signin/")
    assert "_auth_user_id" not in after.session
    assert not is_in(before)


def test_new_password_by_mail_is_no_way_round(organiser, sign_in, give_app):
    give_app(organiser)
    client = Client(REMOTE_ADDR="198.51.100.7")
    services.trust_address(organiser)
    client.post(reverse("account_reset_password"), {"email": organiser.email})
    link = re.search(r"http\S+", OwedMail.objects.latest("pk").text).group()
    address = client.get(link[link.index("/accounts/") :]).headers["Location"]
    client.post(address, dict.fromkeys(("password1", "password2"), "nine-wells-remember"))

    client.post(reverse("account_login"), {"login": organiser.email, "password": "nine-wells-remember"})

    assert "_auth_user_id" not in client.session


# Passkeys ----------------------------------------------------------------------------------------------------------
def test_passkey_is_added_and_signs_in_as_the_second_step(untold, sign_in):
    client = sign_in(untold)
    device, answer = add_key(client)
    assert answer.headers["Location"] == CODES
    assert User.objects.get(pk=untold.pk).has_second_factor
    assert is_in(client)

    other = sign_in(untold)
    assert other.answer.headers["Location"] == ASKED
    other.post(ASKED, {"credential": device.shown(options_on(other, ASKED))})
    assert other.get(DESK).status_code == 200


def test_passkey_alone_signs_in_where_it_knows_its_owner(untold, sign_in):
    device, _answer = add_key(sign_in(untold))
    client = Client(REMOTE_ADDR="198.51.100.7")
    address = reverse("mfa_login_webauthn")

    options = client.get(address, headers={"Accept": "application/json"}).json()["request_options"]
    answer = client.post(address, {"credential": device.shown(options), "next": DESK})

    assert answer.headers["Location"] == DESK
    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("spoilt", ["challenge", "origin", "owner", "key"])
def test_passkey_that_does_not_fit_signs_nobody_in(untold, sign_in, organiser, attendee, spoilt):
    device, _answer = add_key(sign_in(untold))
    client = Client(REMOTE_ADDR="198.51.100.7")
    address = reverse("mfa_login_webauthn")
    options = client.get(address, headers={"Accept": "application/json"}).json()["request_options"]
    if spoilt == "challenge":
        client.get(address, headers={"Accept": "application/json"})
    elif spoilt == "origin":
        device.origin = "https://evil.example"
    elif spoilt == "owner":
        device.flags = Device(knows_its_owner=False).flags
    else:
        device.key = Device().key

    client.post(address, {"credential": device.shown(options)})

    assert "_auth_user_id" not in client.session


PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


def credential(**response):
    return json.dumps({"id": "eA", "rawId": "eA", "type": "public-key", "response": response})


@pytest.mark.parametrize(
    "credential",
    [
        "", "{}", "[]", "7", '{"id": "x"}', "null", '"text"', '{"response": 7}', "[" * 5000, "x" * 30_000, credential(),
        credential(clientDataJSON="{{", attestationObject="!"),
        credential(**dict.fromkeys(PARTS, "eA")),
        credential(**dict.fromkeys(PARTS, 7)),
        credential(**{**dict.fromkeys(PARTS, "e30"), "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"}),
        credential(clientDataJSON="e30", attestationObject="oA", userHandle="AAAA"),
    ],
)  # fmt: skip
def test_what_is_no_passkey_is_refused(untold, sign_in, credential):
    client = sign_in(untold)
    client.get(KEY)
    assert client.post(KEY, {"name": "x", "credential": credential}).status_code == 200
    assert client.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code < 500
    assert Client().post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code < 500
    assert steps_of(untold) == []


@pytest.mark.parametrize("extra", ["\0", "\ud800", float("nan")])
def test_passkey_that_no_database_can_keep_is_refused(untold, sign_in, extra):
    client = sign_in(untold)
    made = json.loads(Device().made(options_on(client, KEY)))

    answer = client.post(KEY, {"name": "x", "credential": json.dumps({**made, "extra": extra})})

    assert (answer.status_code, steps_of(untold)) == (200, [])


def test_passkey_of_somebody_else_is_not_found(untold, sign_in, attendee):
    add_key(sign_in(untold))
    theirs = Authenticator.objects.get(user=untold, type="webauthn")
    client = sign_in(attendee)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "My desk"


def test_passkey_is_renamed_within_bounds(untold, sign_in):
    client = sign_in(untold)
    add_key(client)
    key = Authenticator.objects.get(user=untold, type="webauthn")
    address = reverse("mfa_edit_webauthn", args=[key.pk])

    assert client.post(address, {"name": "x" * 61}).status_code == 200
    assert client.post(address, {"name": "Laptop"}).status_code == 302
    key.refresh_from_db()
    assert key.data["name"] == "Laptop"


def test_passkeys_have_an_end(untold, sign_in, monkeypatch):
    monkeypatch.setattr(views, "MOST_KEYS", 1)
    client = sign_in(untold)
    add_key(client)

    assert client.get(KEY).headers["Location"] == INDEX
    assert client.post(KEY, {"credential": "{}"}).headers["Location"] == INDEX


# Taking one away ---------------------------------------------------------------------------------------------------
def test_last_step_of_the_staff_stays(untold, sign_in, half_minutes):
    client = sign_in(untold)
    set_up_app(client, half_minutes)

    answer = client.post(reverse("mfa_deactivate_totp"))

    assert "keeps a second step" in answer.content.decode()
    assert steps_of(untold) == ["recovery_codes", "totp"]


def test_last_passkey_of_the_staff_stays(untold, sign_in):
    client = sign_in(untold)
    add_key(client)
    key = Authenticator.objects.get(user=untold, type="webauthn")

    answer = client.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert "keeps a second step" in answer.content.decode()
    assert steps_of(untold) == ["recovery_codes", "webauthn"]


def test_one_of_two_may_go(untold, sign_in, half_minutes):
    client = sign_in(untold)
    set_up_app(client, half_minutes)
    add_key(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert steps_of(untold) == ["recovery_codes", "webauthn"]
    assert User.objects.get(pk=untold.pk).has_second_factor
    assert "The app with codes was taken away" in subjects()
    assert is_in(client)


def test_who_runs_nothing_may_do_without_again(attendee, sign_in, half_minutes):
    client = sign_in(attendee)
    set_up_app(client, half_minutes)
    assert User.objects.get(pk=attendee.pk).has_second_factor

    client.post(reverse("mfa_deactivate_totp"))

    assert steps_of(attendee) == []
    assert not User.objects.get(pk=attendee.pk).has_second_factor
    assert is_in(client)


def test_app_is_replaced_in_one_step(untold, sign_in, half_minutes):
    client = sign_in(untold)
    _answer, former = set_up_app(client, half_minutes)
    address = reverse("mfa_replace_totp")
    secret = client.get(address).context["form"].secret

    assert client.post(address, {"code": half_minutes.code(secret)}).headers["Location"] == INDEX

    assert is_in(client)
    assert "Another app is your second step" in subjects()
    other = sign_in(untold)
    assert other.post(ASKED, {"code": former()}).status_code == 200
    assert other.post(ASKED, {"code": half_minutes.code(secret)}).status_code == 302


def test_who_is_asked_again_shows_the_second_step_and_not_the_password(untold, sign_in, half_minutes):
    client = sign_in(untold)
    _answer, says = set_up_app(client, half_minutes)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 60 * 60
    session.save()
    half_minutes.goes_on()

    asked = client.get(CODES)
    assert asked.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert client.get(reverse("account_reauthenticate")).headers["Location"] == reverse("mfa_reauthenticate")
    assert client.post(reverse("mfa_deactivate_totp")).headers["Location"].startswith(reverse("mfa_reauthenticate"))
    answer = client.post(reverse("mfa_reauthenticate"), {"code": says(), "next": CODES})
    assert answer.headers["Location"] == CODES
    assert client.get(CODES).status_code == 200


# Codes for emergencies, and what is lost altogether ----------------------------------------------------------------
def test_code_for_emergencies_opens_once_and_is_told(untold, sign_in, half_minutes):
    here = sign_in(untold)
    set_up_app(here, half_minutes)
    code = here.get(CODES).context["unused_codes"][0]
    assert code in here.get(reverse("mfa_download_recovery_codes")).content.decode()

    assert sign_in(untold).post(ASKED, {"code": code}).status_code == 302
    assert "A code for emergencies was used" in subjects()
    again = sign_in(untold)
    assert again.post(ASKED, {"code": code}).status_code == 200
    assert "_auth_user_id" not in again.session


def test_new_codes_end_the_former_ones(untold, sign_in, half_minutes):
    client = sign_in(untold)
    set_up_app(client, half_minutes)
    former = client.get(CODES).context["unused_codes"][0]

    client.post(reverse("mfa_generate_recovery_codes"))

    assert former not in client.get(CODES).context["unused_codes"]
    assert sign_in(untold).post(ASKED, {"code": former}).status_code == 200


def test_reset_ends_everything_and_is_told(organiser, sign_in, give_app):
    says = give_app(organiser)
    client = sign_in(organiser)
    client.post(ASKED, {"code": says()})
    assert is_in(client)

    assert services.reset_second_factor(organiser, by="a test")

    assert steps_of(organiser) == []
    assert not User.objects.get(pk=organiser.pk).has_second_factor
    assert not is_in(client)
    assert "Your second step was reset" in subjects()
    assert not services.reset_second_factor(organiser, by="a test")


def test_whoever_has_the_machine_resets_by_command(organiser, give_app):
    give_app(organiser)
    said = io.StringIO()

    call_command("reset_second_factor", organiser.email.upper(), stdout=said)

    assert "is reset" in said.getvalue()
    assert steps_of(organiser) == []
    with pytest.raises(CommandError, match="has none"):
        call_command("reset_second_factor", organiser.email)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "who@example.org")


# What is kept ------------------------------------------------------------------------------------------------------
def test_mark_follows_what_is_there(organiser, give_app):
    heard = []

    def hear(user, **_):
        heard.append(user.has_second_factor)

    User.objects.filter(pk=organiser.pk).update(has_second_factor=False)
    second_factor_changed.connect(hear)
    try:
        give_app(organiser)
        totp_row = Authenticator.objects.get(user=organiser)
        totp_row.record_usage()
        totp_row.delete()
    finally:
        second_factor_changed.disconnect(hear)
    assert heard == [True, False]
    assert not User.objects.get(pk=organiser.pk).has_second_factor


@pytest.mark.django_db(transaction=True)
def test_mark_goes_with_the_last_of_two_that_go_at_once(attendee):
    one, other = (Authenticator.objects.create(user=attendee, type="webauthn", data={"name": name}) for name in "ab")

    def take_away():
        other.delete()
        connection.close()

    meanwhile = Thread(target=take_away)
    with transaction.atomic(), connection.cursor() as cursor:
        one.delete()
        meanwhile.start()
        waits = False
        while meanwhile.is_alive() and not waits:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            waits = cursor.fetchone()[0]
    meanwhile.join()

    assert waits
    assert not User.objects.get(pk=attendee.pk).has_second_factor


def test_codes_for_emergencies_are_no_second_step(organiser):
    Authenticator.objects.create(user=organiser, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert not User.objects.get(pk=organiser.pk).has_second_factor


def test_new_password_leaves_the_rest_of_the_row_alone(organiser):
    User.objects.filter(pk=organiser.pk).update(has_second_factor=False, is_staff=False)
    account_adapter().set_password(organiser, "nine-wells-remember")
    kept = User.objects.get(pk=organiser.pk)
    assert (kept.has_second_factor, kept.is_staff, kept.check_password("nine-wells-remember")) == (False, False, True)


def test_secrets_outlive_a_change_of_the_key(organiser, give_app, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "former", []
    give_app(organiser)
    app = Authenticator.objects.get(user=organiser)
    secret = get_adapter().decrypt(app.data["secret"])

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "newer", ["former"]
    assert get_adapter().decrypt(app.data["secret"]) == secret
    assert services.renew_locks() == 1
    assert services.renew_locks() == 0
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert get_adapter().decrypt(app.data["secret"]) == secret


def test_secret_of_a_lost_key_opens_to_nobody(organiser, give_app, sign_in, settings, half_minutes):
    says = give_app(organiser)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "quite another", []
    app = Authenticator.objects.get(user=organiser)

    assert get_adapter().decrypt(app.data["secret"]) != get_adapter().decrypt(app.data["secret"])
    client = sign_in(organiser)
    assert client.post(ASKED, {"code": says()}).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("is_shown", [True, False])
def test_code_is_told_only_where_mail_goes_to_the_mailbox_page(organiser, sign_in, give_app, settings, is_shown):
    settings.MAILBOX_PAGES = is_shown
    says = give_app(organiser)
    page = sign_in(organiser).get(ASKED).content.decode()

    assert (says() in page) is is_shown
    assert bool(selectors.trial_code(organiser)) is is_shown


def test_superuser_resets_somebody_at_the_desk_and_nobody_else_does(organiser, enter, give_app):
    from tests.factories.accounts import UserFactory

    boss = UserFactory(is_staff=True, is_superuser=True)
    lost = UserFactory()
    give_app(lost)
    address = reverse("admin:accounts_user_changelist")
    given = {"action": "reset_second_factor", "_selected_action": [lost.pk]}

    enter(organiser).post(address, given)
    assert steps_of(lost) == ["totp"]
    enter(boss).post(address, {**given, "_selected_action": [lost.pk, organiser.pk]})
    assert steps_of(lost) == ["totp"]
    enter(boss).post(address, given)
    assert steps_of(lost) == []


def test_role_is_given_before_there_is_a_second_step(organiser, nobody, event):
    events.add_member(event.organisation, user=nobody, role=Membership.Role.MANAGER)
    assert (nobody.is_staff, nobody.has_second_factor) == (True, False)
