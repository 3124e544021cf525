"""Second steps: setting one up, taking one away, what is lost, and what is kept about them."""

import io
import json
from datetime import timedelta
from threading import Thread
from types import SimpleNamespace

import pytest
from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.models import User
from apps.accounts.signals import second_factor_changed
from apps.accounts.urls import second_factor_urlpatterns
from apps.core import clock
from apps.events import services as events
from apps.events.models import Membership, Registration
from apps.events.selectors import join_token
from apps.notifications.models import OwedMail
from tests.accounts.steps import APP, ASKED, CODES, INDEX, KEY, add_key, is_in, set_up_app, steps_of, subjects


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


def test_code_that_has_just_changed_is_taken_and_no_older_one(untold, sign_in, monkeypatch):
    client, now = sign_in(untold), 60_000_000
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: now * 30 + 1))
    secret = client.get(APP).context["form"].secret

    client.post(APP, {"code": totp.format_hotp_value(totp.hotp_value(secret, now - 2))})
    assert steps_of(untold) == []
    client.post(APP, {"code": totp.format_hotp_value(totp.hotp_value(secret, now - 1))})
    assert "totp" in steps_of(untold)


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
    assert "From the address 198.51.100.7" in told.text
    assert "Firefox" in told.text


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
    given = {"action": "reset_second_factor", "confirmed": "1", "_selected_action": [lost.pk]}

    enter(organiser).post(address, given)
    assert steps_of(lost) == ["totp"]
    enter(boss).post(address, {**given, "_selected_action": [lost.pk, organiser.pk]})
    assert steps_of(lost) == ["totp"]
    enter(boss).post(address, given)
    assert steps_of(lost) == []


def test_role_is_given_before_there_is_a_second_step(organiser, nobody, event):
    events.add_member(event.organisation, user=nobody, role=Membership.Role.MANAGER)
    assert (nobody.is_staff, nobody.has_second_factor) == (True, False)
