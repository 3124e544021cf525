"""No date that pages show is stored out of reach, whatever writes it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.core.moments import EARLIEST, LATEST
from tests.factories.events import AnnouncementFactory, EventFactory, InvitationCodeFactory, TicketKindFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db
DATES = [
    *((EventFactory, name) for name in ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")),
    *((TicketKindFactory, name) for name in ("opens_at", "closes_at")),
    (InvitationCodeFactory, "expires_at"),
    (AnnouncementFactory, "due_at"),
    *((SessionFactory, name) for name in ("starts_at", "ends_at", "sign_up_opens_at", "sign_up_closes_at")),
    *((PollFactory, name) for name in ("opens_at", "closes_at")),
]


@pytest.mark.parametrize(("factory", "name"), DATES)
@pytest.mark.parametrize("moment", [EARLIEST - timedelta(seconds=1), LATEST, datetime(9999, 12, 31, tzinfo=UTC)])
def test_date_out_of_reach_is_not_stored(factory, name, moment):
    row = factory()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**{name: moment})
    row.refresh_from_db()
    assert getattr(row, name) != moment
