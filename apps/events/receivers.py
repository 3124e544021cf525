"""What events do when somebody's sessions end, their rights come and go, or their account does; what they hold of a
person, and which of their parts go along when an event is duplicated."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.registry import own_data
from apps.accounts.signals import account_leaving, second_factor_changed, sessions_ended
from apps.events import selectors, services
from apps.events.models import Event, EventRole, InvitationCode, Question, TicketKind
from apps.events.registry.copying import parts
from apps.events.selectors import told
from apps.events.services import end_sockets, logos

own_data.register("places")(selectors.places_of)
own_data.register("roles")(selectors.roles_held)
own_data.register("bans")(told.bans_of)
own_data.register("providers")(told.identities_of)
own_data.register("typed_by_others")(told.typed_of)
own_data.register("former_memberships")(told.former_memberships_of)
own_data.register("organisation_wishes")(told.wishes_of)


@receiver([sessions_ended, second_factor_changed])
def end_sockets_of_a_person(user: User, **_: Any) -> None:
    end_sockets(user)


@receiver(account_leaving)
def give_places_back(user: User, **_: Any) -> None:
    """Whoever waits for a place moves up; a ban outlives the account."""
    services.keep_bans(user)
    services.leave_all(user)


@receiver(post_save, sender=User)
def bar_who_was_barred(instance: User, created: bool, raw: bool = False, **_: Any) -> None:
    """However an account comes to be: by registering, by an invitation, by being given a role."""
    if created and not raw:
        services.restore_bans(instance)


@receiver(pre_delete, sender=TicketKind)
def ask_nobody_instead_of_all(instance: TicketKind, **_: Any) -> None:
    """In the transaction of the deletion, whatever deletes it."""
    services.rest_questions_of(instance)


@receiver(pre_save, sender=Event)
def note_logo(instance: Event, update_fields: Any = None, raw: bool = False, **_: Any) -> None:
    if not raw:
        logos.note_former(instance, update_fields)


@receiver(post_save, sender=Event)
def drop_former_logo(instance: Event, **_: Any) -> None:
    logos.drop_former(instance)


@receiver(post_delete, sender=Event)
def drop_logo(instance: Event, **_: Any) -> None:
    logos.drop(instance.logo.storage, str(instance.logo.name or ""))


parts.register(
    "registration",
    label=gettext_lazy("Tickets and questions at registration"),
    words=gettext_lazy("With their limits and times; nobody’s place, and nobody’s answers."),
    position=10,
    count=lambda event: TicketKind.objects.filter(event=event).count() + Question.objects.filter(event=event).count(),
)(services.copy_registration)
parts.register(
    "codes",
    label=gettext_lazy("Invitation codes"),
    words=gettext_lazy("The same words, unused. Those that you have ended stay behind."),
    position=12,
    count=lambda event: InvitationCode.objects.filter(event=event, revoked_at=None).count(),
)(services.copy_codes)
parts.register(
    "roles",
    label=gettext_lazy("People with a role"),
    words=gettext_lazy("Organisers, moderators, speakers, exhibitors and the people at booths; they see the draft."),
    position=15,
    count=lambda event: EventRole.objects.filter(event=event).count(),
    stays_home=True,
)(services.copy_roles)
