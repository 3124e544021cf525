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
seat_taken = Signal()
"""seat: Seat. Somebody has a seat in a session."""
seat_awaited = Signal()
"""seat: Seat. Somebody stands in the row for one."""
seat_moved_up = Signal()
"""seat: Seat. Somebody who waited has one now."""
seat_given_back = Signal()
"""seat: Seat. Somebody gave theirs back, or lost it."""
seat_lost = Signal()
"""seat: Seat. Beside `seat_given_back`: it was taken from somebody who still takes part in the event."""
