"""What staff do with a webhook and no row of it shows, for the audit log: what is sent is not watched."""

from typing import Any

from apps.audit import services as audit
from apps.notifications.models import Endpoint


def keep(endpoint: Endpoint, words: str, **after: Any) -> None:
    audit.record(
        words,
        thing=endpoint,
        event_id=endpoint.event_id,
        organisation_id=endpoint.organisation_id,
        after=after or None,
    )
