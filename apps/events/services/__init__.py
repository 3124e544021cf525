"""Writes of events: their state, who takes part in which role, registration, announcements."""

from apps.events.services.admission import Terms, Wish
from apps.events.services.announcing import announce, tell_presence, withdraw_announcement
from apps.events.services.asking import answer_again, words_changed
from apps.events.services.banning import ban, lift_ban
from apps.events.services.coding import make_codes
from apps.events.services.deciding import approve, decline, reconsider
from apps.events.services.guests import invite_all, invite_guests, invite_some, read_guests, resume_guest_lists
from apps.events.services.inviting import (
    accept_invitation,
    invite_again,
    invite_member,
    leave_organisation,
    revoke_invitation,
)
from apps.events.services.lifecycle import (
    archive_event,
    create_event,
    create_organisation,
    end_event,
    open_event,
    publish_event,
    raise_live_epoch,
    unpublish_event,
)
from apps.events.services.links import (
    join_by_link,
    mark_arrived,
    mark_joined,
    new_join_link,
    resend_link,
    revoke_links,
    send_link_again,
)
from apps.events.services.meeting import find_by_address, meet_at_the_desk
from apps.events.services.passing_on import offer_place, take_place, withdraw_offer
from apps.events.services.people import (
    add_member,
    end_sockets,
    grant_role,
    remove_member,
    revoke_role,
    switch_account,
    sync_staff,
)
from apps.events.services.places import move_up, move_up_everywhere
from apps.events.services.registering import cancel_registration, invite, register, register_person
from apps.events.services.signing_in import (
    Arrival,
    arrive,
    check_domain,
    forget_people,
    judge,
    renew_secrets,
    save_connection,
    trust_domain,
)

__all__ = [
    "Arrival",
    "Terms",
    "Wish",
    "accept_invitation",
    "add_member",
    "announce",
    "answer_again",
    "approve",
    "archive_event",
    "arrive",
    "ban",
    "cancel_registration",
    "check_domain",
    "create_event",
    "create_organisation",
    "decline",
    "end_event",
    "end_sockets",
    "find_by_address",
    "forget_people",
    "grant_role",
    "invite",
    "invite_again",
    "invite_all",
    "invite_guests",
    "invite_member",
    "invite_some",
    "join_by_link",
    "judge",
    "leave_organisation",
    "lift_ban",
    "make_codes",
    "mark_arrived",
    "mark_joined",
    "meet_at_the_desk",
    "move_up",
    "move_up_everywhere",
    "new_join_link",
    "offer_place",
    "open_event",
    "publish_event",
    "raise_live_epoch",
    "read_guests",
    "reconsider",
    "register",
    "register_person",
    "remove_member",
    "renew_secrets",
    "resend_link",
    "resume_guest_lists",
    "revoke_invitation",
    "revoke_links",
    "revoke_role",
    "save_connection",
    "send_link_again",
    "switch_account",
    "sync_staff",
    "take_place",
    "tell_presence",
    "trust_domain",
    "unpublish_event",
    "withdraw_announcement",
    "withdraw_offer",
    "words_changed",
]
