"""What a booth says live: who is there now."""

import msgspec

PRESENCE = "booth/{booth_id:int}/here"


def presence(booth_id: int) -> str:
    return f"booth/{booth_id}/here"


class Here(msgspec.Struct, frozen=True):
    """The same for every reader: how many people look at the booth, and which of its staff are among them."""

    people: int
    staff: list[int]
