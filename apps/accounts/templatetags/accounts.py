"""Words of the password pages that follow from the settings."""

from django import template
from django.contrib.auth.password_validation import get_default_password_validators

register = template.Library()


@register.simple_tag
def shortest_password() -> int:
    """How many characters a new password needs."""
    return max((getattr(rule, "min_length", 0) for rule in get_default_password_validators()), default=0)
