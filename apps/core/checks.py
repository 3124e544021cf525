"""What `check --deploy` refuses in production: the parts of a laptop, and secrets that were never set."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def check_no_embedded_parts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[Error]:
    """One error a part that is still the embedded one, each naming the variable to set."""
    laptop = [
        (settings.EMBEDDED_DATABASE, "plenary.E001", "the private PostgreSQL", "DATABASE_URL"),
        (settings.EMBEDDED_REDIS, "plenary.E002", "the private Redis", "REDIS_URL"),
        (not settings.AWS_STORAGE_BUCKET_NAME, "plenary.E003", "files on the local disk", "AWS_STORAGE_BUCKET_NAME"),
        (settings.MAIL is None, "plenary.E004", "the development mailbox", "EMAIL_URL"),
        (settings.SECRET_KEY.startswith("embedded-"), "plenary.E005", "a secret made on this disk", "SECRET_KEY"),
        (not settings.HTTPS, "plenary.E006", "an address without https", "SITE_URL"),
        ("localhost" in settings.DEFAULT_FROM_EMAIL, "plenary.E007", "a sender at localhost", "DEFAULT_FROM_EMAIL"),
        # A mail of signing in would link to whatever host its asker named.
        ("*" in settings.ALLOWED_HOSTS, "plenary.E008", "any name that a caller gives it", "ALLOWED_HOSTS"),
    ]
    return [
        Error(f"Production must not run on {part}.", hint=f"Set {variable}; docs/configuration.md says how.", id=code)
        for found, code, part, variable in laptop
        if found
    ]


@register(Tags.security, deploy=True)
def check_bounces_are_heard(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.Warning]:
    """A sender that goes on writing to addresses that do not exist is soon taken for a spammer."""
    if settings.MAIL is None or settings.MAIL.scheme != "ses" or settings.ANYMAIL_WEBHOOK_SECRET:
        return []
    hint = "Set ANYMAIL_WEBHOOK_SECRET and let SES tell us; docs/operations.md says how."
    return [checks.Warning("Nobody hears of mails that come back.", hint=hint, id="plenary.W001")]


@register(Tags.security, deploy=True)
def check_the_balancer_is_trusted(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.Warning]:
    """Every role speaks plain http: whoever ends TLS must be believed, or each request is sent to https for ever."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    hint = "Set TRUSTED_PROXIES=1 behind a balancer that sets X-Forwarded-Proto; docs/operations.md says how."
    return [checks.Warning("https is expected, but no balancer is trusted.", hint=hint, id="plenary.W002")]
