"""Asking for an organisation where people make none by themselves, and what those who run the platform answer."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions, signals
from apps.events.models import Organisation, OrganisationWish
from apps.events.services.lifecycle import create_organisation

MOST_WAITING = 3
"""Of one person."""
State = OrganisationWish.State


@transaction.atomic
def ask_for_organisation(by: User, *, name: str, words: str) -> OrganisationWish:
    """Keeps the wish, and tells those who run the platform. Raises Refused where there is nobody who answers, for who
    may make one by themselves, and while several of theirs wait for an answer."""
    if permissions.is_founding_open_to(by):
        raise Refused("organisation.open", _("You may make an organisation yourself. There is nobody to ask."))
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        said = _("Nobody here makes organisations at the moment. Ask whoever gave you the address of this platform.")
        raise Refused("organisation.nobody_to_ask", said)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted
    if OrganisationWish.objects.filter(by=by, state=State.OPEN).count() >= MOST_WAITING:
        said = _("%(most)s wishes of yours wait for an answer. It comes by mail.")
        raise Refused("organisation.wishes_wait", said, values={"most": MOST_WAITING})
    wish = OrganisationWish.objects.create(by=by, name=name, words=words)
    signals.organisation_wanted.send(sender=OrganisationWish, wish=wish)
    return wish


@transaction.atomic
def grant_organisation(wish: OrganisationWish, *, by: User) -> Organisation:
    """Makes it, with whoever asked as its owner, who hears of it. Raises Refused where somebody answered before."""
    held = _decide(wish, State.GRANTED, by=by)
    held.organisation = create_organisation(name=held.name, owner=held.by)
    held.save(update_fields=["organisation"])
    signals.organisation_granted.send(sender=OrganisationWish, wish=held)
    return held.organisation


@transaction.atomic
def decline_organisation(wish: OrganisationWish, *, by: User, answer: str = "") -> OrganisationWish:
    """Whoever asked hears it, with a word. Raises Refused where somebody answered before."""
    held = _decide(wish, State.DECLINED, by=by, answer=answer)
    signals.organisation_declined.send(sender=OrganisationWish, wish=held)
    return held


def _decide(wish: OrganisationWish, state: str, *, by: User, answer: str = "") -> OrganisationWish:
    waiting = OrganisationWish.objects.filter(pk=wish.pk, state=State.OPEN)
    if not waiting.update(state=state, decided_by=by, decided_at=clock.now(), answer=answer):
        raise Refused("organisation.wish_answered", _("Somebody answered this wish already."))
    return OrganisationWish.objects.select_related("by").get(pk=wish.pk)
