"""What the doors of signing in and of higher rooms use of people: limits, the way to a second step, and tokens."""

from apps.accounts.doors.limits import limit_by_address, limit_codes
from apps.accounts.doors.mailbox import (
    ask_for_mailed_code,
    came_by_connection,
    came_by_connection_alone,
    check_own_proof,
    showed_mailbox,
)
from apps.accounts.doors.own import OfOneself
from apps.accounts.doors.second_step import (
    WHY_A_SECOND_STEP,
    ask_to_sign_in_again,
    check_shown_lately,
    keep_this_session,
    lead_to_second_factor,
    must_sign_in_again,
    onward,
    where_to_prove_oneself,
)

__all__ = [
    "WHY_A_SECOND_STEP",
    "OfOneself",
    "ask_for_mailed_code",
    "ask_to_sign_in_again",
    "came_by_connection",
    "came_by_connection_alone",
    "check_own_proof",
    "check_shown_lately",
    "keep_this_session",
    "lead_to_second_factor",
    "limit_by_address",
    "limit_codes",
    "must_sign_in_again",
    "onward",
    "showed_mailbox",
    "where_to_prove_oneself",
]
