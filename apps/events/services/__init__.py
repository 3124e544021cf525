"""Writes of events: their state, who takes part in which role, registration, announcements."""

from apps.events.services.announcing import announce, tell_presence, withdraw_announcement
from apps.events.services.banning import ban, lift_ban
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
from apps.events.services.meeting import find_by_address, meet_at_the_desk
from apps.events.services.people import (
    add_member,
    end_sockets,
    grant_role,
    remove_member,
    revoke_role,
    switch_account,
    sync_staff,
)
from apps.events.services.registering import (
    cancel_registration,
    invite,
    join_by_link,
    mark_arrived,
    mark_joined,
    new_join_link,
    register,
    register_person,
    resend_link,
    revoke_links,
    send_link_again,
)

__all__ = [
    "add_member",
    "announce",
    "archive_event",
    "ban",
    "cancel_registration",
    "create_event",
    "create_organisation",
    "end_event",
    "end_sockets",
    "find_by_address",
    "grant_role",
    "invite",
    "join_by_link",
    "lift_ban",
    "mark_arrived",
    "mark_joined",
    "meet_at_the_desk",
    "new_join_link",
    "open_event",
    "publish_event",
    "raise_live_epoch",
    "register",
    "register_person",
    "remove_member",
    "resend_link",
    "revoke_links",
    "revoke_role",
    "send_link_again",
    "switch_account",
    "sync_staff",
    "tell_presence",
    "unpublish_event",
    "withdraw_announcement",
]
