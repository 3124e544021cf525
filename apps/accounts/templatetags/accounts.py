"""Words of the password pages that follow from the settings, and one's own face."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django import template
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.permissions import Reader
from apps.accounts.selectors import shown_of
from apps.core import clock, words, zones
from apps.core.templatetags import ui

register = template.Library()


@register.simple_tag
def shortest_password() -> int:
    """How many characters a new password needs."""
    return max((getattr(rule, "min_length", 0) for rule in get_default_password_validators()), default=0)


@register.simple_tag
def own_face(person: User, extra: str = "") -> SafeString:
    """A person's face on pages that are theirs alone: their photo is there whoever else may see it."""
    return ui.face(shown_of(person, to=Reader.SELF), extra)


@register.simple_tag
def listed(parts: Iterable[str]) -> str:
    return words.joined(parts)


@register.simple_tag
def now_in(zone: ZoneInfo) -> str:
    """What time it is for somebody there, when the page was made: Nairobi, 14:20 there now."""
    here = clock.now().astimezone(zone)
    return _("%(city)s: %(time)s there now") % {"city": words.apart(zones.city(zone)), "time": f"{here:%H:%M}"}
