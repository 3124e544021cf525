"""What was said at the demo event: written by chat's own services, each thing at the moment at which it happened.

`talk.toml` holds the words. Beside `at` (minutes), `by` and `text`, a line may say `re` (how many lines back it
answers), `was` (what it said before its author changed it), `marks` (how many people gave which reaction), `file` (see
`papers`), `pin`, `approved`, `removed` and `mute` (minutes at which the moderator did so) and `reports`.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from apps.accounts.models import User
from apps.chat import services as chat
from apps.chat.models import Group, Room
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event
from apps.venue.demo import content, papers
from apps.venue.demo.times import Clock

SEEDED_A_SECOND = 10_000
LATER = 0.5
"""Minutes from what was said to what others made of it."""
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversations:
    event: Event
    owners: Mapping[str, str]
    """By the place as the words name it: the owner of its room."""
    people: Mapping[str, User]
    crowd: Sequence[User]
    moderator: User
    clock: Clock
    chance: random.Random

    def make(self) -> None:
        self._list_words()
        spoken = content.read("talk")
        for row in spoken["room"]:
            room = chat.room_for(self.event, self.owners[row["place"]])
            self._fill(room, row, among=[*self.crowd, *self._named(row.get("also_marking", ()))])
        for row in spoken["group"]:
            self._gather(row)

    # Rooms and groups -----------------------------------------------------------------------------------------------
    def _list_words(self) -> None:
        for row in content.read("talk")["words"]:
            if self._has_come(row["at"]):
                with clock.at(self.clock.at(row["at"])):
                    chat.add_words(
                        self._by(self.moderator), language=row["language"], lines="\n".join(row["lines"]), action="hold"
                    )

    def _gather(self, row: Mapping[str, Any]) -> None:
        if not self._has_come(row["at"]):
            return
        by = self.people[row["by"]]
        joined, asked = self._named(row["with"]), self._named(row.get("asked", ()))
        with clock.at(self.clock.at(row["at"])):
            group = chat.create_group(self.event, name=row["name"], by=by)
            chat.invite(group, people=[person.pk for person in joined + asked], by=by)
            for person in joined:
                chat.answer_invitation(group, user=person, accept=True)
        self._fill(self._room_of(group), row, among=[by, *joined])

    def _room_of(self, group: Group) -> Room:
        return Room.objects.get(event=self.event, owner=f"group/{group.pk}")

    def _fill(self, room: Room, row: Mapping[str, Any], *, among: Sequence[User]) -> None:
        # What was said over hours is said again within a second here; none of it may fall to the display rate.
        Room.objects.filter(pk=room.pk).update(display_rate=SEEDED_A_SECOND)
        said: list[int] = []
        for line in row["say"]:
            if not self._has_come(line["at"]):
                break
            said.append(self._say(room, line, said))
            self._follow(room, said[-1], line, among)
        for reader in row.get("read", ()):
            if self._has_come(reader["at"]):
                self._read(room, self.people[reader["by"]], reader["at"])
        Room.objects.filter(pk=room.pk).update(display_rate=room.display_rate)

    def _read(self, room: Room, reader: User, minutes: float) -> None:
        """Up to what had been said by then."""
        shown = room.messages.filter(seq__isnull=False, created_at__lte=self.clock.at(minutes)).order_by("-seq").first()
        if shown is not None and shown.seq is not None:
            wish = chat.HasRead(self.event.pk, room.pk, reader.pk, self._roles(reader), shown.seq)
            with clock.at(self.clock.at(minutes)):
                chat.mark_read([wish])

    # One line -------------------------------------------------------------------------------------------------------
    def _say(self, room: Room, line: Line, said: Sequence[int]) -> int:
        author = self.people[line["by"]]
        with clock.at(self.clock.at(line["at"])):
            saying = chat.Saying(
                event_id=self.event.pk,
                room_id=room.pk,
                user_id=author.pk,
                roles=self._roles(author),
                text=line.get("was", line["text"]),
                reply_to=said[-line["re"]] if line.get("re") else None,
                files=self._attach(room, author, line),
            )
            (answer,) = chat.send_messages([saying])
            if isinstance(answer, Refused):
                raise answer
            if "was" in line:
                chat.edit_message(self._by(author), room_id=room.pk, message_id=answer.id, text=line["text"])
        return answer.id

    def _attach(self, room: Room, author: User, line: Line) -> tuple[chat.Wanted, ...]:
        if "file" not in line:
            return ()
        name, data = papers.paper(line["file"])
        row = chat.attach(room, user=author, roles=self._roles(author), name=name, file=BytesIO(data))
        return (chat.Wanted(row.key, line.get("alt", "")),)

    def _follow(self, room: Room, message: int, line: Line, among: Sequence[User]) -> None:
        """What others made of it."""
        after, keeper = line["at"] + LATER, self._by(self.moderator)
        with clock.at(self._moment(after)):
            self._mark(room, message, line.get("marks", {}), among)
            if line.get("pin"):
                chat.pin_message(keeper, room_id=room.pk, message_id=message)
            for report in line.get("reports", ()):
                by = self._by(self.people[report["by"]])
                text = report.get("text", "")
                chat.report(by, room_id=room.pk, message_id=message, reason=report["reason"], text=text)
        if "approved" in line and self._has_come(line["approved"]):
            with clock.at(self.clock.at(line["approved"])):
                chat.decide(keeper, messages=[message], approve=True)
        if "removed" in line and self._has_come(line["removed"]):
            with clock.at(self.clock.at(line["removed"])):
                chat.remove_messages(keeper, messages=[message])
                if "mute" in line:
                    author = self.people[line["by"]]
                    chat.mute(keeper, person_id=author.pk, minutes=line["mute"], reason=line.get("why", ""))

    def _mark(self, room: Room, message: int, marks: Mapping[str, int], among: Sequence[User]) -> None:
        chat.mark_messages(
            [
                chat.Marking(self.event.pk, room.pk, person.pk, self._roles(person), message, kind, on=True)
                for kind, count in marks.items()
                for person in self.chance.sample(among, k=min(count, len(among)))
            ]
        )

    # Who and when ---------------------------------------------------------------------------------------------------
    def _has_come(self, minutes: float) -> bool:
        return self.clock.at(minutes) <= clock.now()

    def _moment(self, minutes: float) -> datetime:
        return min(self.clock.at(minutes), clock.now())

    def _named(self, names: Iterable[str]) -> list[User]:
        return [self.people[name] for name in names]

    def _roles(self, person: User) -> frozenset[str]:
        """Also where their rights rest, who have no second step: what is written here, they would have written."""
        return permissions.granted_roles(person, self.event)

    def _by(self, person: User) -> chat.Actor:
        return chat.Actor(self.event.pk, person.pk, self._roles(person))
