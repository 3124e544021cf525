"""What the engine itself refuses, in words for people."""

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused


def frame_malformed() -> Refused:
    return Refused("frame.malformed", _("That could not be understood. Reload the page and try again."), status=400)


def frame_too_large() -> Refused:
    return Refused("frame.too_large", _("That is too much at once. Send it in smaller parts."), status=413)


def too_fast(retry_after: float) -> Refused:
    message = _("That was quick. Wait a moment, then go on.")
    return Refused("rate.limited", message, retry_after=retry_after, status=429)


def place_busy(retry_after: float) -> Refused:
    message = _("So many people do this here that not all get through. Wait a moment, then try again.")
    return Refused("rate.place", message, retry_after=retry_after, status=429)


def resting() -> Refused:
    message = _("There is very much going on, so this rests for a moment. Everything else goes on.")
    return Refused("busy.resting", message, retry_after=10, status=503)


def topic_unknown() -> Refused:
    return Refused("topic.unknown", _("This does not exist, or not any more. Reload the page."), status=404)


def topics_too_many() -> Refused:
    return Refused("topic.too_many", _("This page follows too many things at once. Reload it."), status=400)


def access_refused() -> Refused:
    message = _("You may not do that here. If you think you should, ask the organisers.")
    return Refused("access.refused", message, status=403)


def command_unknown() -> Refused:
    return Refused("command.unknown", _("The page is out of date. Reload it and try again."), status=404)


def command_invalid(code: str, field: str | None) -> Refused:
    if code == "command.too_long":
        return Refused(code, _("That is too long. Shorten it, then send it again."), field=field, status=400)
    return Refused(
        code, _("Something in there is not as it should be. Look it over, then try again."), field=field, status=400
    )


def failed() -> Refused:
    message = _("That did not work, and it is our fault. Nothing was changed; try again in a moment.")
    return Refused("internal", message, retry_after=2, status=500)


def undecided() -> Refused:
    """The database was lost on the way: what was asked may be done, or not. Asked again by its id, it is done once."""
    message = _("The platform cannot answer right now. This page asks again by itself.")
    return Refused("unavailable", message, retry_after=3, status=503)


def unavailable() -> Refused:
    message = _("This cannot be followed live right now. The page tries again by itself.")
    return Refused("unavailable", message, retry_after=3, status=503)


def page_changed() -> Refused:
    message = _("Something on this page was changed meanwhile. Read it at its new address.")
    return Refused("page.changed", message, status=409)
