"""How the intake is doing: what waits, for how long, how fast it goes, what was set aside, and whether it is safe."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.intake import age, letters, queue, rates, store
from apps.intake.adapters import sqs, stream


@dataclass(frozen=True, slots=True)
class Health:
    backend: str
    depth: int
    oldest_seconds: float | None
    """None where that is not known: the queue is SQS, and Redis was emptied."""
    per_second: float
    dead_letters: int
    complaints: tuple[str, ...]


def health() -> Health:
    name = queue.backend_name()
    if name == "direct":
        return Health(name, 0, 0.0, 0.0, letters.waiting(), ())
    rate = rates.together()
    if name == "sqs":
        depth = sqs.queue().depth()
        return Health(name, depth, age.seconds(depth), rate, letters.waiting(), queue_complaints())
    return Health(name, stream.depth(), stream.oldest_seconds(), rate, letters.waiting(), durability_complaints())


def durability_complaints() -> tuple[str, ...]:
    """Why this Redis may lose what it has taken, in the reader's language; empty when it is safe."""
    client = store.client()
    found = []
    if not int(client.info("persistence").get("aof_enabled", 0)):
        found.append(_("It has no append-only file: set appendonly yes."))
    else:
        try:
            policy = client.config_get("appendfsync").get("appendfsync")
        except store.Failed:
            policy = _("unknown: this server does not tell")
        if policy != "always":
            words = _("It answers before the disk has it (appendfsync %(policy)s): set appendfsync always.")
            found.append(words % {"policy": policy})
    memory = client.info("memory")
    if memory.get("maxmemory_policy", "noeviction") != "noeviction" and int(memory.get("maxmemory", 0)):
        words = _("It may evict what waits (maxmemory-policy %(policy)s): set noeviction.")
        found.append(words % {"policy": memory["maxmemory_policy"]})
    replicas = int(client.info("replication").get("connected_slaves", 0))
    if replicas:
        found.append(_("It has replicas, and a failover loses what they have not got yet: set INTAKE_QUEUE_URL."))
    return tuple(found)


def queue_complaints() -> tuple[str, ...]:
    found = []
    if not queue_is_fifo():
        found.append(_("The queue is not a FIFO queue."))
    if sqs.queue().dead_letters() is None:
        found.append(_("The queue has no dead-letter queue: set a redrive policy."))
    return tuple(found)


def queue_is_fifo() -> bool:
    return sqs.queue().url.endswith(".fifo")
