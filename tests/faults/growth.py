"""What a live process may hold more than before a drill: a little, and what voters take who were never with it before.

What a process once took it seldom gives back to the system, and `before` is measured anew in each drill. So the sockets
of voters are forgiven the first time alone, or drill after drill could keep as much.
"""

MOST_MORE_MB = 40.0
"""One that leaks per message or per socket takes more: a thousand sockets are 20 MB, and the drills come one after the
other in the same process."""
SOCKET_MB = 0.02


class Growth:
    def __init__(self) -> None:
        self._had: dict[int, float] = {}
        """By process: with how many voters at once its memory was measured, at most."""

    def excess(self, before: dict[int, float], after: dict[int, float], voters: int) -> dict[int, float]:
        """By process the megabytes that it took where that is too much, in a drill to which so many voters came. Who
        ended meanwhile has left its voters to the others; who began meanwhile is not measured."""
        share = voters / len(after) if before.keys() == after.keys() else voters
        found = {}
        for process in before.keys() & after.keys():
            had = self._had.get(process, 0.0)
            more = after[process] - before[process]
            if more > MOST_MORE_MB + SOCKET_MB * max(0.0, share - had):
                found[process] = more
            self._had[process] = max(had, share)
        return found
