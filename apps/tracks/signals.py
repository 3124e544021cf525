"""Facts of the agenda, sent inside the transaction that makes them true."""

from django.dispatch import Signal

schedule_imported = Signal()
"""event: Event; report: services.Report."""
session_starred = Signal()
"""session: Session; user: User."""
session_unstarred = Signal()
"""session: Session; user: User."""
