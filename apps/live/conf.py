"""The engine's numbers; `settings.LIVE` may set each of them by its name."""

from dataclasses import dataclass

from django.conf import settings

from apps.live.registry import Rate

FRAMES = Rate(per_second=20, burst=60)
REFUSED = Rate(per_second=10, burst=300)


@dataclass(frozen=True, slots=True)
class Conf:
    tick_seconds: float = 0.05
    """What arrives within one tick leaves in one write."""
    values_share: float = 0.2
    """Of a process's time, for passes that tell nothing but values that may rest; see `delivery.py`."""
    claim_seconds: float = 0.1
    """How often a process looks for changed state topics."""
    sweep_seconds: float = 25.0
    """The keep-alive; load balancers cut what is silent for 60 seconds."""
    upkeep_seconds: float = 1.0
    drain_seconds: float = 20.0
    """Over which a stopping process spreads the goodbye; below the balancer's deregistration delay."""
    move_seconds: float = 5.0
    """How long a client may take to move before its socket is closed."""
    linger_seconds: float = 15.0
    """How long a topic stays warm after its last local socket, for those who reload."""
    lease_seconds: float = 30.0
    """After this long without a sign of life a process counts as dead."""
    leave_seconds: float = 6.0
    """Who comes back within this time was never away."""
    fill_seconds: float = 0.15
    """How long a message may be missing before it is fetched: two writers' messages often cross."""
    probe_seconds: float = 3.0
    shed_lag_seconds: float = 0.4
    """A process whose loop or ticks are later than this cannot keep up; see `shedding.py`."""
    shed_after_seconds: float = 3.0
    """For how long before something rests, and before the next thing does."""
    calm_after_seconds: float = 10.0
    """How long it must be well before something goes on."""
    executor_threads: int = 4
    feed_reads: int = 2
    """Pages of the feed that are read at once; the other threads are for sockets."""
    most_unsent_bytes: int = 256 * 1024
    slow_seconds: float = 10.0
    ring_messages: int = 200
    """The newest messages of a topic, kept in memory for those who come back."""
    ring_bytes: int = 512 * 1024
    most_batch: int = 500
    most_sockets_per_person: int = 30
    most_strangers_per_address: int = 1000
    """Sockets of visitors without an account; a university's thousands share one address."""
    frames: Rate = FRAMES
    """What one connection may send, of any kind."""
    refused: Rate = REFUSED
    """How many of its frames may be refused before a connection is closed, whatever is let through in between."""


def read() -> Conf:
    return Conf(**getattr(settings, "LIVE", {}))
