"""Log files of the children: appended by them, kept within a bound by us."""

import shutil
from pathlib import Path

MOST_BYTES = 10 * 1024 * 1024


def trim(log: Path, most: int = MOST_BYTES) -> None:
    """Sets a file that grew past the bound aside as NAME.1, and empties it; its writers append, so they just go on."""
    try:
        if log.stat().st_size <= most:
            return
        shutil.copyfile(log, log.with_name(log.name + ".1"))
        with log.open("r+b") as file:
            file.truncate(0)
    except FileNotFoundError:
        return


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for the person at the terminal."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
