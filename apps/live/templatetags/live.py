"""The bar that says what the connection is like."""

import json

from django import template
from django.utils.translation import ngettext

from apps.core import plurals

register = template.Library()


@register.inclusion_tag("live/connection_bar.html")
def connection_bar() -> dict[str, str]:
    """For pages with a socket: `static/live/connection-bar.js` shows it when there is something to say."""
    kept = plurals.forms(
        lambda n: ngettext(
            "%(count)s thing you did is kept, and sent once when you are back.",
            "%(count)s things you did are kept, and sent once when you are back.",
            n,
        )
    )
    return {"kept": json.dumps(kept)}
