"""The mails of a registration: owed in its transaction as a few facts, and written by the worker that sends them."""

import zoneinfo
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core import clock, words, zones
from apps.core.templatetags.ui import moment
from apps.events import selectors as events
from apps.events.models import Event, EventRole, Registration
from apps.notifications import registry
from apps.notifications.adapters import calendar
from apps.notifications.models import OwedMail
from apps.notifications.services import mails

ROLE_TEXTS = {
    EventRole.Role.SPEAKER: gettext_lazy("You speak at %(event)s. %(organisation)s looks forward to having you."),
    EventRole.Role.EXHIBITOR: gettext_lazy("You exhibit at %(event)s. %(organisation)s looks forward to having you."),
}
WISH_SUBJECTS = {
    "pending": gettext_lazy("We have your registration for %(event)s"),
    "waiting": gettext_lazy("You are on the waiting list of %(event)s"),
    "declined": gettext_lazy("Your registration for %(event)s"),
}
WISH_TEXTS = {
    "pending": (gettext_lazy("You asked for a place at %(event)s. The organisers look at it, and you hear from us."),),
    "waiting": (
        gettext_lazy("All places at %(event)s are taken for now. You are number %(place)s on the waiting list."),
        gettext_lazy(
            "When a place is given back and it is your turn, it is yours by itself: you get your link by mail."
        ),
    ),
    "declined": (gettext_lazy("The organisers of %(event)s cannot give you a place this time."),),
}


END_SUBJECTS = {
    "place_cancelled": gettext_lazy("Your place at %(event)s is cancelled"),
    "place_given_back": gettext_lazy("You gave your place at %(event)s back"),
}
END_TEXTS = {
    ("place_cancelled", True): gettext_lazy(
        "The organisers of %(event)s have cancelled your place. Your link has ended."
    ),
    ("place_cancelled", False): gettext_lazy(
        "The organisers of %(event)s have taken you off the list. You asked for a place, and had none yet."
    ),
    ("place_given_back", True): gettext_lazy(
        "You gave your place at %(event)s back, and your link has ended. You can register again while there are places."
    ),
    ("place_given_back", False): gettext_lazy("You are off the list for %(event)s, as you wished."),
}


def owe_link(registration: Registration, join_url: str, *, kind: str) -> OwedMail:
    """The mail with the personal link and the calendar file."""
    return mails.owe_letter(registration, kind=kind, facts={"join_url": join_url})


def owe_role_link(role: EventRole, join_url: str) -> OwedMail:
    """The mail by which a speaker or exhibitor comes in."""
    return mails.owe_letter(role, kind="role_link", facts={"join_url": join_url, "role": role.role})


def owe_news(registration: Registration, *, kind: str) -> OwedMail:
    """What became of a wish for a place, other than a place; its number in the queue is the one of this moment."""
    facts: dict[str, Any] = {"reason": registration.reason, "token": events.status_token(registration)}
    if kind == "waiting":
        facts["place"] = events.place_in_queue(registration)
    return mails.owe_letter(registration, kind=kind, facts=facts)


def owe_use_of_code(registration: Registration, *, code: str) -> OwedMail:
    """Where a code can be used for a wish that stands: by whoever reads this mailbox, and nobody else."""
    facts = {"token": events.status_token(registration), "code": code}
    return mails.owe_letter(registration, kind="code_brought", facts=facts)


@registry.letter("welcome", "moved_up", "link")
def write_link(mail: OwedMail, event: Event, user: User) -> None:
    zone = zones.find(user.time_zone) or zoneinfo.ZoneInfo(event.time_zone)
    with translation.override(user.language or event.default_language), timezone.override(zone):
        context = {
            "person": user,
            "first_name": user.get_short_name() if user.name else "",
            "join_url": mail.facts["join_url"],
            "page_url": settings.SITE_URL + reverse("events:me", args=[event.slug]),
            "is_new": mail.kind != "link",
            **_times(event, zone),
        }
        subject = _subject(event, mail.kind) % {
            "event": event.name,
            "start": moment(event.starts_at, "datetime"),
            "city": zones.city(zone),
        }
        calendar_file = _invitation(event, mail.facts["registration"])
        template = "notifications/mail/place"
        mails.fill(mail, subject=subject, template=template, context=context, attachments=[calendar_file])


@registry.letter("role_link")
def write_role_link(mail: OwedMail, event: Event, user: User) -> None:
    zone = zones.find(user.time_zone) or zoneinfo.ZoneInfo(event.time_zone)
    with translation.override(user.language or event.default_language), timezone.override(zone):
        told = _times(event, zone)
        named = {"event": event.name, "organisation": event.organisation.name}
        paragraphs = [
            str(ROLE_TEXTS[mail.facts["role"]] % named),
            _("It begins on %(start)s, %(city)s time.") % {"start": told["starts"], "city": told["city"]},
            _("The link lets you in on any device, to this event alone. It is yours, so please do not pass it on."),
        ]
        url = mail.facts["join_url"]
        mails.fill(
            mail,
            subject=_("Your link to %(event)s") % named,
            template="notifications/mail/member",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
            attachments=[_invitation(event, f"role-{mail.facts['eventrole']}")],
        )


def owe_end(registration: Registration, *, kind: str, was: str) -> OwedMail:
    """That a place or a wish is over: by the organisers, with a word, or by their own wish."""
    facts = {"reason": registration.reason, "token": events.status_token(registration), "was": str(was)}
    return mails.owe_letter(registration, kind=kind, facts=facts)


@registry.letter("place_cancelled", "place_given_back")
def write_end(mail: OwedMail, event: Event, user: User) -> None:
    facts = mail.facts
    with translation.override(user.language or event.default_language):
        named = {"event": event.name}
        had_place = facts["was"] == Registration.State.CONFIRMED
        subject = END_SUBJECTS[mail.kind] if had_place else WISH_SUBJECTS["declined"]
        paragraphs = [str(END_TEXTS[mail.kind, had_place] % named)]
        if mail.kind == "place_cancelled":
            paragraphs.append(facts["reason"] or _("If this is a mistake, please write to the organisers."))
        elif had_place:
            paragraphs.append(_("If that was not you, sign in and look where you are signed in."))
        url = settings.SITE_URL + reverse("events:wish", args=[event.slug, facts["token"]])
        mails.fill(
            mail,
            subject=str(subject % named),
            template="notifications/mail/nobody",
            context={
                "paragraphs": paragraphs,
                "text": "\n\n".join([*paragraphs, url]),
                "url": url,
                "had_place": True,
            },
        )


@registry.letter("pending", "waiting", "declined")
def write_news(mail: OwedMail, event: Event, user: User) -> None:
    facts = mail.facts
    with translation.override(user.language or event.default_language):
        named = {"event": event.name}
        if "place" in facts:
            named["place"] = words.Number(facts["place"])
        paragraphs = [str(text % named) for text in WISH_TEXTS[mail.kind]]
        if mail.kind == "declined" and facts["reason"]:
            paragraphs.append(facts["reason"])
        url = settings.SITE_URL + reverse("events:wish", args=[event.slug, facts["token"]])
        mails.fill(
            mail,
            subject=str(WISH_SUBJECTS[mail.kind] % named),
            template="notifications/mail/nobody",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
        )


@registry.letter("code_brought")
def write_use_of_code(mail: OwedMail, event: Event, user: User) -> None:
    facts = mail.facts
    with translation.override(user.language or event.default_language):
        named = {"event": event.name, "code": facts["code"]}
        paragraphs = [
            _("An invitation code was brought for your registration for %(event)s: %(code)s.") % named,
            _("Open the page and use it there. Until then, your registration stands as it did."),
        ]
        path = reverse("events:wish", args=[event.slug, facts["token"]])
        url = f"{settings.SITE_URL}{path}?{urlencode({'code': facts['code']})}"
        mails.fill(
            mail,
            subject=_("Your registration for %(event)s") % named,
            template="notifications/mail/nobody",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
        )


def _subject(event: Event, kind: str) -> str:
    if kind == "moved_up":
        return _("A place for you: you are in at %(event)s")
    if kind == "welcome" and event.starts_at > clock.now():
        return _("You are in: %(event)s begins on %(start)s, %(city)s time")
    return _("Your link to %(event)s")


def _times(event: Event, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    """When it begins, in the reader's zone, and in the event's where that is another."""
    event_zone = zoneinfo.ZoneInfo(event.time_zone)
    differs = event.starts_at.astimezone(zone).utcoffset() != event.starts_at.astimezone(event_zone).utcoffset()
    there = event.starts_at.astimezone(event_zone)
    return {
        "starts": moment(event.starts_at, "datetime"),
        "ends": moment(event.ends_at, "datetime"),
        "city": zones.city(zone),
        "event_city": zones.city(event_zone) if differs else "",
        "event_starts": f"{there:%H:%M}",
        "event_day": "" if there.date() == event.starts_at.astimezone(zone).date() else moment(there, "day"),
    }


def _invitation(event: Event, number: int | str) -> dict[str, str]:
    """Names the event's public address, not the personal link: calendars are shared."""
    url = f"{settings.SITE_URL}/e/{event.slug}/"
    uid = f"event-{event.pk}-{number}@{settings.SITE_URL.partition('://')[2]}"
    return {
        "name": f"{event.slug}.ics",
        "type": "text/calendar",
        "text": calendar.of_event(event, url=url, uid=uid),
    }
