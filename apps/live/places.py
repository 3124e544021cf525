"""The places inside an event that may be asked about again (see `again.py`).

A place is how topics begin: `session/7/polls` stands at `session/7`, and what a person has of their own there
(`person/5/quiz/3`) at `quiz/3`.
"""

from collections.abc import Container

OWN = "person"


def stands_at(topic: str, places: Container[str]) -> bool:
    parts = topic.split("/")
    if parts[0] == OWN:
        parts = parts[2:]
    return any("/".join(parts[:end]) in places for end in range(1, len(parts) + 1))
