"""Facts of events and registration, sent inside the transaction that makes them true."""

from django.dispatch import Signal

registered = Signal()
"""registration: Registration; join_url: str. A person has a place; they are owed their link."""
link_wanted = Signal()
"""registration: Registration; join_url: str. A person with a place asked for their link again."""
link_missed = Signal()
"""event: Event; email: str. Somebody asked for their link with an address that has no place."""
registration_cancelled = Signal()
"""registration: Registration. A person gave their place back, or an organiser took it."""
event_published = Signal()
"""event: Event."""
event_moved = Signal()
"""event: Event. It was opened, ended, put away or taken back to draft; its publishing is `event_published`."""
joined = Signal()
"""registration: Registration. A person came in by their link for the first time."""
announced = Signal()
"""announcement: Announcement."""
presence_changed = Signal()
"""event_id: int. People came to the event or to one of its sessions, or left; told by the live process, in batches."""
