"""Whom an organisation has met: what an account says of a person is shown to those whom the person came to."""

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.events import selectors
from apps.events.models import Organisation, Unmet


def find_by_address(
    organisation: Organisation, *, email: str, name: str = "", company: str = "", title: str = "", language: str = ""
) -> User:
    """The person with this address, made where there is none. Call it before giving them a place, a role or a
    membership: who had nothing here so far counts as unmet, and is shown as they were typed in."""
    typed = {"name": name, "company": company, "title": title}
    user, is_new = accounts.find_or_create(email=email, language=language, **typed)
    if is_new:  # nobody knows them yet
        Unmet.objects.create(organisation=organisation, user=user, **typed)
    elif not selectors.is_known_to(organisation, user):
        Unmet.objects.get_or_create(organisation=organisation, user=user, defaults=typed)
    return user


def meet(organisation_id: int, *, user: User) -> None:
    """The person came by themselves."""
    Unmet.objects.filter(organisation_id=organisation_id, user=user).delete()


def meet_at_the_desk(user: User) -> None:
    """Whoever opens the desk takes on what they were given there."""
    Unmet.objects.filter(organisation__in=selectors.organisations_behind(user), user=user).delete()
