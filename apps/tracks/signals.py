"""Facts of the agenda, sent inside the transaction that makes them true."""

from django.dispatch import Signal

agenda_changed = Signal()
"""event_id: int; something that the agenda shows changed, or a session began or ended."""
schedule_imported = Signal()
"""event: Event; report: services.Report."""
session_starred = Signal()
"""session: Session; user: User."""
session_unstarred = Signal()
"""session: Session; user: User."""
