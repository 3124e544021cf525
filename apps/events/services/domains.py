"""Proofs of mail domains: looked up when somebody asks, and once a day from then on.

A look-up that nobody answers says nothing. A record that is gone is told at the desk at once; the domain is believed
for a week longer, so that a mistake in the DNS sends nobody away. After that whoever comes by the provider is asked for
a mailed code as well, until the record is back.
"""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.events.adapters import domain_records
from apps.events.models import SignInDomain

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(days=1)
GONE_HOLDS = timedelta(days=7)
MOST_AT_ONCE = 20
"""Look-ups in a round, of six seconds each at most."""


def check_domain(domain: SignInDomain) -> bool:
    """Looks whether the domain's TXT record says what it should, and keeps it. False where it does not. Not in a
    transaction: the look-up takes its time. Raises Refused where another organisation has proven the domain."""
    holds = domain.record_text in domain_records.texts(domain.record_name)
    SignInDomain.objects.filter(pk=domain.pk).update(checked_at=clock.now())
    if holds:
        _prove(domain, by_record=True)
    return holds


def trust_domain(domain: SignInDomain) -> None:
    """The domain is the organisation's by the word of a superuser: no record is looked for again."""
    _prove(domain, by_record=False)


def _prove(domain: SignInDomain, *, by_record: bool) -> None:
    try:
        with transaction.atomic():
            SignInDomain.objects.filter(pk=domain.pk).update(
                proven_at=Coalesce("proven_at", Value(clock.now())), by_record=by_record, gone_since=None
            )
    except IntegrityError as error:
        raise Refused(
            "domain.of_another",
            _("%(domain)s is proven by another way to sign in already. It can belong to one only."),
            values={"domain": domain.domain},
        ) from error


def look_domains_up_again() -> int:
    """The proofs that were not looked at for a day, the oldest first; how many. Each is taken by one worker."""
    now = clock.now()
    due = Q(checked_at=None) | Q(checked_at__lte=now - AGAIN_AFTER)
    old = SignInDomain.objects.proven().filter(due, by_record=True).order_by("checked_at", "pk")
    looked_at = 0
    for domain in old[:MOST_AT_ONCE]:
        if SignInDomain.objects.filter(due, pk=domain.pk).update(checked_at=now):
            looked_at += 1
            _look_again(domain, now)
    return looked_at


def _look_again(domain: SignInDomain, now: datetime) -> None:
    found = domain_records.find(domain.record_name)
    if found is None:
        return
    rows = SignInDomain.objects.proven().filter(pk=domain.pk, by_record=True)
    if domain.record_text in found:
        rows.exclude(gone_since=None).update(gone_since=None)
    elif rows.filter(gone_since=None).update(gone_since=now):
        logger.warning("The record that proves %s is gone.", domain.domain)
    elif rows.filter(gone_since__lte=now - GONE_HOLDS).update(proven_at=None):
        logger.warning("The record that proves %s has been gone for days; it is believed no more.", domain.domain)
