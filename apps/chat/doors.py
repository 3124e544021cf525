"""What the doors of closed groups share: how quickly somebody makes them, asks others in, answers and leaves."""

from apps.events.doors.paced import Paced
from apps.live.registry import Rate

RATES = {
    "chat.make_group": Rate(per_second=0.02, burst=5),
    "chat.invite": Rate(per_second=0.1, burst=10),
    "chat.answer": Rate(per_second=0.5, burst=10),
    "chat.leave": Rate(per_second=0.5, burst=20),
}


class GroupsDoor(Paced):
    """A door of groups: a form and a call of the API take from one bucket of each deed."""

    def take(self, deed: str) -> None:
        """Raises Refused where this person was too quick."""
        self.spend_at(RATES[deed], deed)
