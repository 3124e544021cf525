"""The Redis of the intake, and its scripts: each is one step that nothing can come between."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from redis.exceptions import NoScriptError, RedisError, ResponseError

PREFIX = "plenary:intake:"
STREAM = PREFIX + "stream"
RATES = PREFIX + "rates"
# Longer than a drain's wait for new items.
OPTIONS: dict[str, Any] = {
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "decode_responses": True,
    "encoding_errors": "replace",  # an entry that is no text would else end whoever reads it, again and again
}
SCRIPTS = Path(__file__).parent / "lua"
Failed = RedisError
Reply = list[str]


@cache
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, **OPTIONS)


def client() -> "redis.Redis":
    """Safe to share between threads."""
    return _client(settings.INTAKE_REDIS_URL)


class Script:
    def __init__(self, name: str) -> None:
        self.text = "\n".join((SCRIPTS / f"{part}.lua").read_text() for part in ("common", name))
        self._sha = ""

    def run(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Reply | ResponseError]:
        """Runs it once for each (gate, arguments), in order and in one round trip; an answer or an error each."""
        if not calls:
            return []
        if not self._sha:
            self._load()
        replies = self._send(calls)
        missing = [place for place, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if missing:  # this Redis was restarted or emptied
            self._load()
            for place, reply in zip(missing, self._send([calls[place] for place in missing]), strict=True):
                replies[place] = reply
        return replies

    def one(self, gate: str, *arguments: Any) -> Reply:
        [reply] = self.run([(gate, arguments)])
        if isinstance(reply, ResponseError):
            raise reply
        return reply

    def _load(self) -> None:
        self._sha = str(client().script_load(self.text))

    def _send(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        pipeline = client().pipeline(transaction=False)
        for gate, arguments in calls:
            keys = keys_of(gate)
            pipeline.evalsha(self._sha, len(keys), *keys, *arguments)
        replies: list[Any] = pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, Exception) and not isinstance(reply, ResponseError):
                raise reply
        return replies


accept = Script("accept")
confirm = Script("confirm")
release = Script("release")
applied = Script("applied")
install = Script("install")
close = Script("close")
recount = Script("recount")


def keys_of(gate: str) -> list[str]:
    base = f"{PREFIX}gate:{gate}"
    return [base, f"{base}:keys", f"{base}:tally", f"{base}:held", STREAM]
