"""Tokens for programs: what is kept of them, how they end, and the page where they are made."""

from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import user_id_to_str
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.models import ApiToken
from apps.core import clock, ids
from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Registration
from apps.events.selectors import join_token

ADDRESS = reverse("events:tokens")


def make(person, *wanted, **wish):
    return services.create_token(
        person, **{"name": "Sign board", "wanted": wanted or ("profile:read",), "days": 30} | wish
    )


def test_secret_is_of_a_form_that_scanners_know_and_is_kept_nowhere(attendee):
    token, secret = make(attendee)

    assert ids.is_key(secret, "pln_")
    assert (len(secret), secret[:8]) == (42, token.start)
    kept = " ".join(map(str, ApiToken.objects.values_list().get()))
    assert secret[8:] not in kept
    assert selectors.token_by_secret(secret) == token


@pytest.mark.parametrize("place", [4, 20, 41])
def test_what_is_mistyped_is_not_even_looked_up(attendee, place, django_assert_num_queries):
    _token, secret = make(attendee)
    other = "a" if secret[place] != "a" else "b"
    with django_assert_num_queries(0):
        assert selectors.token_by_secret(secret[:place] + other + secret[place + 1 :]) is None


def test_token_ends_with_its_time_its_revocation_and_its_person(attendee):
    over, secret_over = make(attendee, days=7)
    with clock.at(over.expires_at):
        assert selectors.token_by_secret(secret_over) is None
    revoked, secret = make(attendee)
    assert services.revoke_token(attendee, revoked.pk)
    assert selectors.token_by_secret(secret) is None
    _token, secret = make(attendee)
    services.set_active(attendee, is_active=False)
    assert selectors.token_by_secret(secret) is None


def test_nobody_revokes_a_token_of_somebody_else(attendee, outsider):
    token, secret = make(attendee)
    assert not services.revoke_token(outsider, token.pk)
    assert selectors.token_by_secret(secret) == token


@pytest.mark.parametrize(
    ("wish", "code"),
    [({"wanted": []}, "token.scopes"), ({"wanted": ["everything"]}, "token.scopes"), ({"days": 366}, "token.days")],
)
def test_token_without_bounds_is_refused(attendee, wish, code):
    with pytest.raises(Refused) as refused:
        make(attendee, **wish)
    assert refused.value.code == code


def test_database_keeps_no_token_for_longer_than_a_year(attendee):
    token, _secret = make(attendee)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(expires_at=token.created_at + timedelta(days=400))


def test_there_is_a_most_and_revoked_ones_do_not_count(attendee, monkeypatch):
    monkeypatch.setattr(services, "MOST_TOKENS", 2)
    first, _secret = make(attendee)
    make(attendee)
    with pytest.raises(Refused) as refused:
        make(attendee)
    assert refused.value.code == "token.too_many"
    services.revoke_token(attendee, first.pk)
    make(attendee)


def test_use_is_noted_once_an_hour(attendee, django_assert_num_queries):
    token, secret = make(attendee)
    services.note_use(token)
    noted = ApiToken.objects.get().last_used_at
    with django_assert_num_queries(0):
        services.note_use(ApiToken(pk=token.pk, last_used_at=noted))
    with clock.at(noted + timedelta(hours=2)):
        services.note_use(selectors.token_by_secret(secret))
    assert ApiToken.objects.get().last_used_at == noted + timedelta(hours=2)


def test_ended_tokens_are_swept_after_a_while(attendee):
    standing, _secret = make(attendee, days=365)
    make(attendee, days=7)
    revoked, _secret = make(attendee, days=365)
    services.revoke_token(attendee, revoked.pk)
    with clock.at(clock.now() + timedelta(days=40)):
        services.sweep_tokens()
    assert list(ApiToken.objects.all()) == [standing]


# The page -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def enter(enter):
    """With a session that began just now, as allauth notes it."""

    def come(person, *, ago=0):
        client = enter(person)
        session = client.session
        session["account_authentication_methods_user"] = user_id_to_str(person)
        session["account_authentication_methods"] = [{"method": "code", "at": clock.now().timestamp() - ago}]
        session.save()
        return client

    return come


def test_session_that_began_long_ago_makes_no_token(attendee, event, enter):
    wish = {"name": "Sign board", "scopes": ["agenda:read"], "days": 90, "event": event.pk}
    answer = enter(attendee, ago=3600).post(ADDRESS, wish)
    assert ("secret" in (answer.context or {}), ApiToken.objects.count()) == (False, 0)


def test_tokens_end_where_a_second_step_comes_or_goes(attendee):
    token, _secret = make(attendee)
    services.give_app(attendee)
    token.refresh_from_db()
    assert token.revoked_at is not None
    other, _secret = make(attendee)
    services.reset_second_factor(attendee, by="a test")
    other.refresh_from_db()
    assert other.revoked_at is not None


def test_page_makes_a_token_and_shows_its_secret_once(attendee, event, enter):
    client = enter(attendee)
    wish = {"name": "Sign board", "scopes": ["agenda:read", "events:read"], "days": 90, "event": event.pk}

    answer = client.post(ADDRESS, wish)

    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.event_id) == ("Sign board", ["events:read", "agenda:read"], event.pk)
    secret = answer.context["secret"]
    assert f'value="{secret}"' in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    page = client.get(ADDRESS).content.decode()
    assert secret not in page
    assert token.start in page
    assert "See sessions, speakers, tracks and rooms" in page


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": 3650}, {"event": "other"}], ids=str
)
def test_page_makes_no_token_of_what_is_not_whole(attendee, event, other_event, enter, change):
    wish = {"name": "Sign board", "scopes": ["agenda:read"], "days": 90, "event": event.pk} | change
    wish["event"] = other_event.pk if wish["event"] == "other" else wish["event"]
    assert enter(attendee).post(ADDRESS, wish).status_code == 200
    assert not ApiToken.objects.exists()


def test_page_revokes_ones_own_and_nobody_elses(attendee, outsider, enter):
    token, secret = make(attendee)
    assert enter(outsider).post(ADDRESS, {"revoke": token.pk}).status_code == 404
    assert enter(outsider).post(ADDRESS, {"revoke": "9" * 40}).status_code == 404
    assert "Sign board" not in enter(outsider).get(ADDRESS).content.decode()

    assert (
        "Nothing more is done with it."
        in enter(attendee).post(ADDRESS, {"revoke": token.pk}, follow=True).content.decode()
    )
    assert selectors.token_by_secret(secret) is None


def test_who_came_by_a_link_makes_no_tokens(attendee, event):
    link = events.new_join_link(Registration.objects.get(event=event, user=attendee))
    guest = Client()
    assert guest.post(reverse("events:join", args=[join_token(link)])).status_code == 302

    wish = {"name": "Mine now", "scopes": ["profile:read"], "days": 90, "event": ""}
    assert [guest.get(ADDRESS).status_code, guest.post(ADDRESS, wish).status_code] == [403, 403]
    assert not ApiToken.objects.exists()


def test_too_many_at_once_are_refused(attendee, enter):
    client = enter(attendee)
    wish = {"name": "Sign board", "scopes": ["profile:read"], "days": 90, "event": ""}
    answers = [client.post(ADDRESS, wish).status_code for _time in range(21)]
    assert answers == [200] * 20 + [429]


def test_page_costs_the_same_for_one_token_and_for_many(attendee, event, enter):
    client = enter(attendee)
    make(attendee, event_id=event.pk)
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as of_one:
        client.get(ADDRESS)
    for _time in range(3):
        make(attendee, event_id=event.pk)
    with CaptureQueriesContext(connection) as of_many:
        client.get(ADDRESS)
    assert 0 < len(of_one) == len(of_many) <= 20
