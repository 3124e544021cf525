"""What other rooms' facts make us owe, and what the mail service says became of it."""

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from anymail.signals import EventType, tracking
from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.signals import mail_wanted
from apps.core import clock, zones
from apps.core.templatetags.ui import moment
from apps.events.models import Announcement, Event, Registration
from apps.events.signals import (
    announced,
    event_moved,
    event_published,
    joined,
    link_missed,
    link_wanted,
    registered,
    registration_cancelled,
)
from apps.notifications import selectors, services
from apps.notifications.adapters import calendar
from apps.notifications.models import Suppression
from apps.notifications.registry import facts

NO_PLACE_PAUSE = timedelta(minutes=1)


@receiver(registered)
def owe_welcome(sender: Any, registration: Registration, join_url: str, **_kwargs: Any) -> None:
    """The mail with the personal link and the calendar file."""
    _owe_link(registration, join_url, kind="welcome")


@receiver(link_wanted)
def owe_link(sender: Any, registration: Registration, join_url: str, **_kwargs: Any) -> None:
    _owe_link(registration, join_url, kind="link")


def _owe_link(registration: Registration, join_url: str, *, kind: str) -> None:
    event, user = registration.event, registration.user
    zone = zones.find(user.time_zone) or zoneinfo.ZoneInfo(event.time_zone)
    with translation.override(user.language or event.default_language), timezone.override(zone):
        name = user.get_short_name() if user.name else ""
        context = {
            "registration": registration,
            "person": user,
            "first_name": name,
            "join_url": join_url,
            "page_url": settings.SITE_URL + reverse("events:me", args=[event.slug]),
            "is_new": kind == "welcome",
            **_times(event, zone),
        }
        subject = (
            _("You are in: %(event)s begins on %(start)s, %(city)s time")
            if kind == "welcome" and event.starts_at > clock.now()
            else _("Your link to %(event)s")
        ) % {"event": event.name, "start": moment(event.starts_at, "datetime"), "city": zones.city(zone)}
        services.owe_mail(
            event=event,
            user=user,
            kind=kind,
            to=user.email,
            subject=subject,
            template="notifications/mail/place",
            context=context,
            attachments=[_invitation(registration)],
            is_secret=True,
        )


@receiver(link_missed)
def owe_answer(sender: Any, event: Event, email: str, **_kwargs: Any) -> None:
    """At most once a minute, as links are."""
    if selectors.mailed_since(email, kind="no_place", event=event, since=clock.now() - NO_PLACE_PAUSE):
        return
    url = settings.SITE_URL + reverse("events:register", args=[event.slug])
    paragraphs = [
        _("Somebody asked us to mail this address its link to %(event)s, but no place is held by it.")
        % {"event": event},
        _("If it was you: perhaps you registered with another address? Or register, if the event still takes people."),
    ]
    services.owe_mail(
        event=event,
        kind="no_place",
        to=email,
        subject=_("No place with this address in %(event)s") % {"event": event},
        template="notifications/mail/nobody",
        context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
    )


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


def _invitation(registration: Registration) -> dict[str, str]:
    """Names the event's public address, not the personal link: calendars are shared."""
    event = registration.event
    url = f"{settings.SITE_URL}/e/{event.slug}/"
    uid = f"event-{event.pk}-{registration.pk}@{settings.SITE_URL.partition('://')[2]}"
    return {
        "name": f"{event.slug}.ics",
        "type": "text/calendar",
        "text": calendar.of_event(event, url=url, uid=uid),
    }


@receiver(mail_wanted)
def owe_sign_in_mail(
    sender: Any, kind: str, to: str, user: User | None, subject: str, text: str, code: str, url: str, **_kwargs: Any
) -> None:
    """Codes and links of signing in; their words come from templates/account/email/."""
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip() not in ("", code, url)]
    services.owe_mail(
        kind=f"signin_{kind}"[:40],
        to=to,
        user=user,
        subject=subject,
        template="notifications/mail/signin",
        context={"paragraphs": paragraphs, "text": text, "code": code, "url": url},
        is_secret=True,
    )


@receiver(tracking)
def hear_what_became_of_a_mail(sender: Any, event: Any, **_kwargs: Any) -> None:
    """What a mail service tells about one mail and one address (anymail's `AnymailTrackingEvent`)."""
    told = {"message_id": event.message_id or "", "address": event.recipient or ""}
    detail = " ".join(filter(None, (event.description, event.mta_response)))
    if event.event_type == EventType.DELIVERED:
        services.mail_delivered(**told)
    elif event.event_type == EventType.COMPLAINED:
        services.mail_refused(**told, reason=Suppression.Reason.COMPLAINT, detail=detail or "complaint")
    elif event.event_type == EventType.BOUNCED:
        # SES: Permanent, Transient or Undetermined. It tried for hours before it says Transient.
        kind = (event.esp_event or {}).get("bounce", {}).get("bounceType")
        if kind == "Permanent":
            services.mail_refused(**told, reason=Suppression.Reason.BOUNCE, detail=detail)
        else:
            services.mail_came_back(**told, detail=detail)


# What webhooks are told ----------------------------------------------------------------------------------------
OF_STATE = {
    Event.State.PUBLISHED: facts.Published,
    Event.State.LIVE: facts.Live,
    Event.State.ENDED: facts.Ended,
    Event.State.ARCHIVED: facts.Archived,
    Event.State.DRAFT: facts.Withdrawn,
}


@receiver(registered)
def tell_of_place(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    _tell_of_place(facts.Registered, registration, at=registration.created_at)


@receiver(registration_cancelled)
def tell_of_cancelled_place(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    _tell_of_place(facts.Cancelled, registration, at=clock.now())


@receiver(joined)
def tell_of_arrival(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    _tell_of_place(facts.Joined, registration, at=clock.now())


def _tell_of_place(kind: Any, registration: Registration, *, at: datetime) -> None:
    services.tell(
        registration.event_id,
        kind(registration=registration.pk, email=registration.user.email, at=at.isoformat()),
    )


@receiver(event_published)
@receiver(event_moved)
def tell_of_state(sender: Any, event: Event, **_kwargs: Any) -> None:
    services.tell(event.pk, OF_STATE[Event.State(event.state)](state=event.state, at=clock.now().isoformat()))


@receiver(announced)
def tell_of_announcement(sender: Any, announcement: Announcement, **_kwargs: Any) -> None:
    words = announcement.text.data
    text = words if isinstance(words, dict) else {announcement.event.default_language: str(words)}
    said = {code: str(word) for code, word in text.items() if word}
    at = announcement.created_at.isoformat()
    services.tell(announcement.event_id, facts.Announced(announcement=announcement.pk, text=said, at=at))
