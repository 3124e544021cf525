"""The schedules that tests read: small ones of our own, and real ones where they lie beside the checkout."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "data"
REAL = ROOT.parent / "shared" / "data"


def own(name: str) -> bytes:
    return (OWN / name).read_bytes()


def real(name: str) -> bytes:
    """A published schedule or schema; the test is skipped in a plain clone, which has none.

    The schemas say nothing of their licence, and the tools they come with are under the EUPL-1.2: they stay out.
    """
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not in ../shared/data; it does not come with the source")
    return path.read_bytes()


def event_xml(
    *,
    guid: str = 'guid="0b8f3a52-1a3c-4b0e-9d57-0a6c53a1f001"',
    number: str = 'id="101"',
    inner: str = "",
    leave: str = "",
) -> str:
    """One session as XML; `leave` names the element to leave out, `inner` adds or replaces."""
    parts = {
        "date": "<date>2026-10-13T09:00:00+01:00</date>",
        "start": "<start>09:00</start>",
        "duration": "<duration>00:30</duration>",
        "room": "<room>Weir</room>",
        "title": "<title>High water</title>",
    }
    for name in leave.split():
        del parts[name]
    return f"<event {guid} {number}>{inner}{''.join(parts.values())}</event>"


def schedule_xml(*events: str, room: str = "Weir", day: str = 'date="2026-10-13" index="1"', head: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"{head}<schedule><version>1</version>\n"
        "<conference><title>Freshet</title><acronym>freshet</acronym>"
        "<time_zone_name>Europe/Lisbon</time_zone_name></conference>\n"
        f'<day {day}><room name="{room}">\n' + "\n".join(events) + "\n</room></day></schedule>"
    ).encode()
