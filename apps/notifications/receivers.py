"""What other rooms' facts make us owe, and what the mail service says became of it."""

from datetime import datetime, timedelta
from typing import Any

from anymail.signals import EventType, tracking
from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.signals import mail_wanted
from apps.core import clock
from apps.events.models import Announcement, Event, EventRole, MemberInvitation, OrganisationWish, Registration
from apps.events.signals import (
    announced,
    code_brought,
    declined,
    event_moved,
    event_published,
    joined,
    link_missed,
    link_wanted,
    member_invited,
    moved_up,
    organisation_declined,
    organisation_granted,
    organisation_wanted,
    place_corrected,
    place_given_back,
    place_offered,
    place_passed_on,
    place_taken_back,
    reconsidered,
    registered,
    registration_cancelled,
    role_link_wanted,
    welcome_due,
    wish_stands,
    wished,
)
from apps.notifications import selectors, services
from apps.notifications.models import Suppression
from apps.notifications.registry import facts

MOST_OPERATORS = 10
NO_PLACE_PAUSE = timedelta(minutes=1)
WISH = {
    Registration.State.PENDING: "pending",
    Registration.State.WAITING: "waiting",
    Registration.State.DECLINED: "declined",
}


@receiver([registered, welcome_due])
def owe_welcome(sender: Any, registration: Registration, join_url: str, **_kwargs: Any) -> None:
    """The mail with the personal link and the calendar file; none yet of a draft."""
    if join_url:
        services.owe_link(registration, join_url, kind="welcome")


@receiver(moved_up)
def owe_welcome_at_last(sender: Any, registration: Registration, join_url: str, **_kwargs: Any) -> None:
    """The same, to somebody who waited for it."""
    services.owe_link(registration, join_url, kind="moved_up")


@receiver(link_wanted)
def owe_link(sender: Any, registration: Registration, join_url: str, **_kwargs: Any) -> None:
    services.owe_link(registration, join_url, kind="link")


@receiver(role_link_wanted)
def owe_role_link(sender: Any, role: EventRole, join_url: str, **_kwargs: Any) -> None:
    services.owe_role_link(role, join_url)


@receiver(link_missed)
def owe_answer(sender: Any, event: Event, email: str, **_kwargs: Any) -> None:
    """At most once a minute, as links are."""
    if selectors.mailed_since(email, kind="no_place", event=event, since=clock.now() - NO_PLACE_PAUSE):
        return
    is_private = event.visibility == Event.Visibility.PRIVATE  # its form opens to who brings a code
    url = "" if is_private else settings.SITE_URL + reverse("events:register", args=[event.slug])
    other = _("If it was you: perhaps you registered with another address?")
    or_register = _(
        "If it was you: perhaps you registered with another address? Or register, if the event still takes people."
    )
    paragraphs = [
        _("Somebody asked us to mail this address its link to %(event)s, but no place is held by it.")
        % {"event": event},
        other if is_private else or_register,
    ]
    services.owe_mail(
        event=event,
        kind="no_place",
        to=email,
        subject=_("No place with this address in %(event)s") % {"event": event},
        template="notifications/mail/nobody",
        context={"paragraphs": paragraphs, "text": "\n\n".join(filter(None, [*paragraphs, url])), "url": url},
    )


@receiver([wished, declined])
def owe_news(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    """What became of a wish for a place, other than a place."""
    services.owe_news(registration, kind=WISH[Registration.State(registration.state)])


@receiver(place_taken_back)
def owe_word_of_end(sender: Any, registration: Registration, was: Registration.State, **_kwargs: Any) -> None:
    """The organisers took a place, or a wish, back."""
    services.owe_end(registration, kind="place_cancelled", was=was)


@receiver(place_given_back)
def owe_receipt(sender: Any, registration: Registration, was: Registration.State, **_kwargs: Any) -> None:
    """Somebody does not come, and has it in their mailbox."""
    services.owe_end(registration, kind="place_given_back", was=was)


@receiver(wish_stands)
def owe_news_again(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    """At most once a minute, as links are."""
    kind, to = WISH.get(Registration.State(registration.state)), registration.user.email
    if kind is None:
        return  # cancelled at this moment
    since = clock.now() - NO_PLACE_PAUSE
    if not selectors.mailed_since(to, kind=kind, event=registration.event, since=since):
        services.owe_news(registration, kind=kind)


@receiver(code_brought)
def owe_use_of_code(sender: Any, registration: Registration, code: str, **_kwargs: Any) -> None:
    """At most once a minute, as links are: a stranger may have typed the address."""
    since = clock.now() - NO_PLACE_PAUSE
    to, event = registration.user.email, registration.event
    if not selectors.mailed_since(to, kind="code_brought", event=event, since=since):
        services.owe_use_of_code(registration, code=code)


@receiver(place_offered)
def owe_offer(sender: Any, registration: Registration, name: str, token: str, **_kwargs: Any) -> None:
    event, giver = registration.event, registration.user
    with translation.override(event.default_language):
        named = {"event": event.name, "giver": str(giver), "name": name}
        greeting = _("Hello %(name)s,") % named if name else _("Hello,")
        offer = _("%(giver)s has a place at %(event)s and would like you to have it.") % named
        held = _("The offer holds for a week. If you do nothing, nothing happens.")
        _owe_note(
            registration,
            kind="offer",
            to=registration.offered_to,
            subject=_("A place at %(event)s for you") % named,
            paragraphs=[greeting, offer, held],
            path=reverse("events:take", args=[event.slug, token]),
        )


@receiver(place_passed_on)
def owe_word_of_it(sender: Any, registration: Registration, to: Registration, **_kwargs: Any) -> None:
    event, user = registration.event, registration.user
    with translation.override(user.language or event.default_language):
        named = {"event": event.name, "taker": to.user.email}
        told = _("%(taker)s took your place at %(event)s. Your own link has ended.") % named
        subject = _("Your place at %(event)s is passed on") % named
        _owe_note(
            registration,
            kind="passed_on",
            subject=subject,
            paragraphs=[told],
            path=f"/e/{event.slug}/",
            had_place=True,
        )


@receiver(member_invited)
def owe_invitation_of_member(sender: Any, invitation: MemberInvitation, token: str, **_kwargs: Any) -> None:
    invited = User.objects.filter(email=invitation.email).first()
    with translation.override((invited.language if invited else "") or settings.LANGUAGE_CODE):
        named = {"organisation": invitation.organisation, "by": invitation.by or invitation.organisation}
        paragraphs = [
            _("%(by)s asks you to run the events of %(organisation)s with them.") % named,
            _("Sign in with this address to accept. Then choose a second step, which everybody who runs events has."),
            _("The invitation holds for a week. If you do nothing, nothing happens."),
        ]
        url = settings.SITE_URL + reverse("events:member_invitation", args=[token])
        services.owe_mail(
            user=invited,
            kind="member_invited",
            to=invitation.email,
            subject=_("Run the events of %(organisation)s with us") % named,
            template="notifications/mail/member",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
            is_secret=True,
        )


@receiver(organisation_wanted)
def owe_wish_for_organisation(sender: Any, wish: OrganisationWish, **_kwargs: Any) -> None:
    by, url = wish.by, settings.SITE_URL + reverse("admin:events_organisationwish_changelist")
    for operator in User.objects.filter(is_superuser=True, is_active=True).order_by("pk")[:MOST_OPERATORS]:
        with translation.override(operator.language or settings.LANGUAGE_CODE):
            named = {"by": by, "email": by.email, "organisation": wish.name}
            paragraphs = [
                _("%(by)s (%(email)s) asks for an organisation of their own: %(organisation)s.") % named,
                wish.words,
                _("Say yes or no at the desk: they hear of it by mail. What you answer to this mail goes to them too."),
            ]
            services.owe_mail(
                user=operator,
                kind="organisation_wanted",
                to=operator.email,
                reply_to=by.email,
                subject=_("Somebody asks for an organisation: %(organisation)s") % named,
                template="notifications/mail/wanted",
                context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
            )


@receiver([organisation_granted, organisation_declined])
def owe_answer_to_wish(sender: Any, wish: OrganisationWish, **_kwargs: Any) -> None:
    """Whoever asked for an organisation hears what became of it."""
    is_made = wish.state == OrganisationWish.State.GRANTED
    path = reverse("admin:index") if is_made else reverse("events:organisations")
    with translation.override(wish.by.language or settings.LANGUAGE_CODE):
        named = {"organisation": wish.name}
        if is_made:
            subject = _("%(organisation)s is yours") % named
            paragraphs = [
                _("You asked for an organisation: %(organisation)s. It is made, and you own it.") % named,
                _("Sign in, set up a second step if you have none yet, and make its first event at the desk."),
            ]
        else:
            subject = _("About your wish for an organisation: %(organisation)s") % named
            paragraphs = [
                _("You asked for an organisation: %(organisation)s. Those who run this platform did not make it.")
                % named,
                *([wish.answer] if wish.answer else []),
            ]
        url = settings.SITE_URL + path
        services.owe_mail(
            user=wish.by,
            kind="organisation_answered",
            to=wish.by.email,
            subject=subject,
            template="notifications/mail/answered",
            context={"paragraphs": paragraphs, "text": "\n\n".join([*paragraphs, url]), "url": url},
        )


def _owe_note(
    registration: Registration,
    *,
    kind: str,
    subject: str,
    paragraphs: list[str],
    path: str,
    to: str = "",
    had_place: bool = False,
) -> None:
    """A few sentences and one button. The address behind it may be a secret, so the text is forgotten once sent."""
    url = settings.SITE_URL + path
    services.owe_mail(
        event=registration.event,
        user=None if to else registration.user,
        kind=kind,
        to=to or registration.user.email,
        subject=subject,
        template="notifications/mail/nobody",
        context={
            "paragraphs": paragraphs,
            "text": "\n\n".join([*paragraphs, url]),
            "url": url,
            "had_place": had_place,
        },
        is_secret=True,
    )


@receiver(mail_wanted)
def owe_sign_in_mail(
    sender: Any, kind: str, to: str, user: User | None, subject: str, text: str, code: str, url: str, **_kwargs: Any
) -> None:
    """Codes and links of signing in; their words come from templates/account/email/."""
    is_notice = user is not None and not code and not url  # what happened to their account, not what they asked for
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip() not in ("", code, url)]
    services.owe_mail(
        kind=f"signin_{kind}"[:40],
        to=to,
        user=user,
        subject=subject,
        template="notifications/mail/signin",
        context={"paragraphs": paragraphs, "text": text, "code": code, "url": url, "is_notice": is_notice},
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


OF_WISH = {
    Registration.State.PENDING: facts.Requested,
    Registration.State.WAITING: facts.Waitlisted,
    Registration.State.DECLINED: facts.Declined,
}


@receiver([registered, moved_up])
def tell_of_place(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    _tell_of_place(facts.Registered, registration, at=registration.created_at)


@receiver([registration_cancelled, place_passed_on, place_corrected])
def tell_of_cancelled_place(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    _tell_of_place(facts.Cancelled, registration, at=clock.now())


@receiver([wished, declined, reconsidered])
def tell_of_wish(sender: Any, registration: Registration, **_kwargs: Any) -> None:
    """Where it stands now: whoever says yes to somebody may put them on the waiting list."""
    _tell_of_place(OF_WISH[Registration.State(registration.state)], registration, at=clock.now())


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
    """Webhooks hear what everybody does; a mail is owed where one was wished."""
    if announcement.by_mail:
        services.owe_mailing(announcement)
    if announcement.audience or not announcement.on_screen:
        return
    words = announcement.text.data
    text = words if isinstance(words, dict) else {announcement.event.default_language: str(words)}
    said = {code: str(word) for code, word in text.items() if word}
    at = announcement.created_at.isoformat()
    services.tell(announcement.event_id, facts.Announced(announcement=announcement.pk, text=said, at=at))
