"""Facts of events and registration, sent inside the transaction that makes them true."""

from django.dispatch import Signal

registered = Signal()
"""registration: Registration; join_url: str. A person has a place; they are owed their link, but for an empty one: in a
draft, where `welcome_due` follows."""
welcome_due = Signal()
"""registration: Registration; join_url: str. The draft that somebody was given a place in is published: they are owed
their link."""
link_wanted = Signal()
"""registration: Registration; join_url: str. A person with a place asked for their link again."""
role_link_wanted = Signal()
"""role: EventRole; join_url: str. An organiser mails somebody the link by which they come in with their role."""
link_missed = Signal()
"""event: Event; email: str. Somebody asked for their link with an address that has no place."""
wished = Signal()
"""registration: Registration. Somebody asked for a place and has none yet: it waits for a yes, or for a free place."""
wish_stands = Signal()
"""registration: Registration. Somebody without a place asked again what became of their wish."""
code_brought = Signal()
"""registration: Registration; code: str. Somebody typed the address of a wish that stands, and a code that would let it
in; who reads its mailbox may use it."""
moved_up = Signal()
"""registration: Registration; join_url: str. Somebody who waited has a place now."""
declined = Signal()
"""registration: Registration. The organisers said no."""
reconsidered = Signal()
"""registration: Registration. A no was taken back: the wish waits for a decision again."""
place_offered = Signal()
"""registration: Registration; name, token: str. Its person wants to pass it on to `registration.offered_to`."""
place_passed_on = Signal()
"""registration: Registration; to: Registration. It was taken."""
place_taken_back = Signal()
"""registration: Registration; was: Registration.State. Organisers cancelled it; `registration.reason` is their word."""
place_given_back = Signal()
"""registration: Registration; was: Registration.State. Its person does not come."""
ticket_exchanged = Signal()
"""registration: Registration. Organisers gave somebody with a place another ticket."""
place_corrected = Signal()
"""registration: Registration; to: Registration. Organisers moved a place to the address that it was meant for."""
registration_cancelled = Signal()
"""registration: Registration. A person gave their place back, or an organiser took it."""
ticket_changed = Signal()
"""ticket: TicketKind. Organisers changed what it opens."""
banned = Signal()
"""event: Event; user: User. The event was closed to a person."""
event_set_up = Signal()
"""event: Event; plan: kinds.Plan. Somebody made an event at the desk; each room begins it as its kind has it."""
event_published = Signal()
"""event: Event."""
event_moved = Signal()
"""event: Event. It was opened, ended, put away or taken back to draft; its publishing is `event_published`."""
joined = Signal()
"""registration: Registration. A person came in by their link for the first time."""
announced = Signal()
"""announcement: Announcement."""
presence_changed = Signal()
"""event_id: int; user_ids: Sequence[int]. People came to the event or to one of its sessions (the sender says which),
or left; told by the live process, in batches."""
member_invited = Signal()
"""invitation: MemberInvitation; token: str. An owner asks somebody to run the organisation's events with them."""
organisation_wanted = Signal()
"""wish: OrganisationWish. Somebody asks those who run the platform for an organisation of their own."""
organisation_granted = Signal()
"""wish: OrganisationWish. It is made (`wish.organisation`), and theirs."""
organisation_declined = Signal()
"""wish: OrganisationWish. Those who run the platform said no; `wish.answer` is their word."""
