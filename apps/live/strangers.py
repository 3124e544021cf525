"""People without an account, counted by the network address they come from: none may take all of a process' places.

Who is signed in is counted by person; a whole university may sit behind one address.
"""

from collections import Counter


class Strangers:
    def __init__(self, most: int) -> None:
        self._most = most
        self._at: Counter[str] = Counter()
        self._places: dict[str, str] = {}

    def is_full(self, place: str) -> bool:
        return self._at.get(place, 0) >= self._most

    def come(self, stranger: str, place: str) -> None:
        self._places[stranger] = place
        self._at[place] += 1

    def go(self, person: str) -> None:
        """Anybody leaves; those who never came here as strangers change nothing."""
        place = self._places.pop(person, None)
        if place is None:
            return
        self._at[place] -= 1
        if not self._at[place]:
            del self._at[place]
