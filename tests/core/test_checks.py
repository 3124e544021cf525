"""What `check --deploy` says of a laptop and of a production configuration."""

from types import SimpleNamespace

import pytest
from django.core.checks import Tags, run_checks

from apps.core import checks

PRODUCTION = SimpleNamespace(
    EMBEDDED_DATABASE=False,
    EMBEDDED_REDIS=False,
    AWS_STORAGE_BUCKET_NAME="files",
    MAIL=object(),
    SECRET_KEY="a-secret-of-its-own",
    HTTPS=True,
    DEFAULT_FROM_EMAIL="events@example.org",
    ALLOWED_HOSTS=["example.org"],
)


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("EMBEDDED_DATABASE", True, "DATABASE_URL"),
        ("EMBEDDED_REDIS", True, "REDIS_URL"),
        ("AWS_STORAGE_BUCKET_NAME", "", "AWS_STORAGE_BUCKET_NAME"),
        ("MAIL", None, "EMAIL_URL"),
        ("SECRET_KEY", "embedded-abc", "SECRET_KEY"),
        ("HTTPS", False, "SITE_URL"),
        ("DEFAULT_FROM_EMAIL", "Plenary <plenary@localhost>", "DEFAULT_FROM_EMAIL"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
    ],
)
def test_each_embedded_part_is_refused_by_the_name_of_its_variable(monkeypatch, name, value, variable):
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**{**vars(PRODUCTION), name: value}))

    errors = checks.check_no_embedded_parts(None)

    assert [variable in error.hint for error in errors] == [True]


def test_a_production_configuration_has_nothing_to_refuse(monkeypatch):
    monkeypatch.setattr(checks, "settings", PRODUCTION)

    assert checks.check_no_embedded_parts(None) == []


@pytest.mark.parametrize(("scheme", "secret", "found"), [("ses", "", 1), ("ses", "sns:secret", 0), ("smtp", "", 0)])
def test_a_sender_that_hears_of_no_bounces_is_warned(monkeypatch, scheme, secret, found):
    chosen = SimpleNamespace(MAIL=SimpleNamespace(scheme=scheme), ANYMAIL_WEBHOOK_SECRET=secret)
    monkeypatch.setattr(checks, "settings", chosen)

    assert len(checks.check_bounces_are_heard(None)) == found


@pytest.mark.parametrize(("https", "proxies", "found"), [(True, 0, 1), (True, 1, 0), (False, 0, 0)])
def test_https_without_a_trusted_balancer_is_warned(monkeypatch, https, proxies, found):
    monkeypatch.setattr(checks, "settings", SimpleNamespace(HTTPS=https, TRUSTED_PROXIES=proxies))

    warnings = checks.check_the_balancer_is_trusted(None)

    assert ["TRUSTED_PROXIES=1" in warning.hint for warning in warnings] == [True] * found


def test_the_check_runs_with_deploy_only():
    found = {error.id for error in run_checks(tags=[Tags.security], include_deployment_checks=True)}
    daily = {error.id for error in run_checks(tags=[Tags.security])}

    assert "plenary.E006" in found
    assert "plenary.E006" not in daily
