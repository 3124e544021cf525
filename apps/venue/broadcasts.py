"""What the venue says live: the control room's figures."""

import msgspec

CONTROL = "control"


class Control(msgspec.Struct, frozen=True):
    """Exact counts, for those who run the event."""

    here: int
    sessions: dict[str, int]
    """People by session id, of what runs or begins soon."""
