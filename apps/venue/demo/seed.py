"""Makes the demo event: the people, the programme, the expo, and what was said and voted so far.

Rows are written as the rooms' services would, in one go and without their mails: nobody who is made up here has a
mailbox. Where a rule or a number is at stake (chat, votes, contact requests, files) the services are called.
"""

import io
import random
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.events import services as events
from apps.events.models import Announcement, Event, EventRole, Membership, Organisation, Registration
from apps.exhibitors import services as exhibitors
from apps.exhibitors.models import Booth, BoothDocument, ContactRequest
from apps.intake.items import Item
from apps.media import services as media
from apps.media.models import Asset
from apps.polls import services as polls
from apps.polls.models import Poll
from apps.tracks import services as tracks
from apps.tracks.models import Attendance, Room, Session, SessionLink, SessionSpeaker, Speaker, Star, Tag, Track
from apps.venue.demo import asking, ballots, content, drawing, film, patience, quizzing
from apps.venue.demo.conversations import Conversations
from apps.venue.demo.sign_ins import DOMAIN, SIGN_INS
from apps.venue.demo.times import Clock, When, clock_for

CROWD = 160
WITH_OPTIONS = (Poll.Kind.SINGLE, Poll.Kind.MULTIPLE, Poll.Kind.RANKING, Poll.Kind.POINTS)
CHANCE = 20261013
Say = Callable[[str], None]


def existing() -> Event | None:
    return Event.objects.filter(slug=content.read("event")["slug"]).first()


def remove(event: Event) -> None:
    """Takes the demo away, with its people and its organisation; files of storage go with their assets."""
    for asset in event.assets.all():
        media.delete_asset(asset)
    organisation = event.organisation
    with transaction.atomic():
        event.sessions.all().delete()
        event.delete()
        User.objects.filter(email__iendswith=f"@{DOMAIN}").delete()
        if not organisation.events.exists():
            organisation.delete()


def seed(stage: When, *, password: str, say: Say) -> Event:
    """Makes everything anew, or nothing: what was made before an error goes again."""
    try:
        return Seeder(stage, password=password, say=say).run()
    except Exception:
        half_made = existing()
        if half_made:
            remove(half_made)
        raise


class Seeder:
    def __init__(self, stage: When, *, password: str, say: Say) -> None:
        self.stage = stage
        self.password = password
        self.say = say
        self.now = clock.now()
        self.clock: Clock = clock_for(stage, self.now)
        # The same demo every time; nothing secret hangs on it.
        self.chance = random.Random(CHANCE)  # noqa: S311
        self.people: dict[str, User] = {}
        self.sessions: dict[str, Session] = {}
        self.speakers: dict[str, Speaker] = {}

    def run(self) -> Event:
        with transaction.atomic():
            self.say("People and programme")
            self.event = self.make_event()
            self.make_people()
            self.make_programme()
        self.say("Portraits, booths and documents")
        self.draw_portraits()
        self.make_booths()
        self.say("What was said and asked")
        self.make_announcements()
        self.make_talk()
        self.make_polls()
        asking.make_questions(self)
        with transaction.atomic():
            self.make_attendance()
            self.make_stars()
        self.make_requests()
        is_live = self.stage is When.LIVE
        quizzing.make_quiz(self.event, self.sessions, self.crowd, self.chance, self.file, is_open=is_live)
        self.show_film()
        quizzing.make_training(self.event, self.sessions, self.people[SIGN_INS[-1].name], self.crowd, self.chance)
        return self.event

    # The event and its people ---------------------------------------------------------------------------------------
    def make_event(self) -> Event:
        facts = content.read("event")
        programme = [self.clock.span(session) for session in content.read("sessions")["session"]]
        organisation, _made = Organisation.objects.get_or_create(
            slug=facts["organisation_slug"], defaults={"name": facts["organisation"]}
        )
        event = events.create_event(
            organisation,
            name=f"{facts['name']} {self.clock.zero.year}",
            slug=facts["slug"],
            starts_at=min(starts for starts, _ends in programme),
            ends_at=max(ends for _starts, ends in programme),
            time_zone=self.clock.zone,
            description=facts["description"].strip(),
            embed_origins="*\nhttps://www.example.org",
            **{name: facts[name] for name in ("tagline", "place", "kind", "brand", "accent", "capacity")},
        )
        event.state = {When.OPEN: Event.State.PUBLISHED, When.LIVE: Event.State.LIVE, When.OVER: Event.State.ENDED}[
            self.stage
        ]
        event.published_at = event.starts_at - timedelta(days=60)
        event.save(update_fields=["state", "published_at"])
        return event

    def make_people(self) -> None:
        """Those who sign in, the speakers, those who talk, and a crowd that is only counted."""
        for sign_in in SIGN_INS[:2]:
            self.person(sign_in.name, email=sign_in.email, password=self.password)
        for row in content.read("speakers")["speaker"]:
            known = row["name"] in {sign_in.name for sign_in in SIGN_INS}
            bio = " ".join(row["biography"].split())
            self.person(row["name"], password=self.password if known else "", title=row["title"], bio=bio)
        audience = content.read("audience")["person"]
        for number, row in enumerate(audience):
            details = {name: row[name] for name in ("title", "company", "time_zone") if name in row}
            self.person(row["name"], password=self.password if number == 0 else "", **details)
        organiser, moderator = (self.people[sign_in.name] for sign_in in SIGN_INS[:2])
        events.add_member(self.event.organisation, user=organiser, role=Membership.Role.OWNER)
        events.grant_role(self.event, user=moderator, role=EventRole.Role.MODERATOR)
        if settings.MAILBOX_PAGES:  # elsewhere they set their second step up themselves
            accounts.give_app(organiser)
            accounts.give_app(moderator)
        for row in content.read("speakers")["speaker"]:
            events.grant_role(self.event, user=self.people[row["name"]], role=EventRole.Role.SPEAKER)
        self.crowd = self.make_crowd(audience)
        placed = [*(self.people[row["name"]] for row in audience), *self.crowd]
        Registration.objects.bulk_create(
            Registration(event=self.event, user=user, created_at=self.some_time_before(), joined_at=self.joined_at())
            for user in placed
        )

    def person(self, name: str, *, email: str = "", password: str = "", **details: Any) -> User:
        address = email or f"{slugify(name).replace('-', '.')}@{DOMAIN}"
        user = accounts.create_person(email=address, password=password, name=name, **details)
        self.people[name] = user
        return user

    def make_crowd(self, audience: list[dict[str, str]]) -> list[User]:
        """Names put together from those who are written down."""
        first = sorted({row["name"].split()[0] for row in audience})
        last = sorted({row["name"].split()[-1] for row in audience})
        pairs = [f"{one} {other}" for one in first for other in last if f"{one} {other}" not in self.people]
        self.chance.shuffle(pairs)
        rows = []
        for name in pairs[:CROWD]:
            like = self.chance.choice(audience)
            user = User(email=f"{slugify(name).replace('-', '.')}@{DOMAIN}", name=name, title=like["title"])
            user.set_unusable_password()
            rows.append(user)
        return User.objects.bulk_create(rows)

    def some_time_before(self) -> datetime:
        until = min(self.now, self.event.starts_at)
        return until - timedelta(minutes=self.chance.randint(30, 50 * 24 * 60))

    def joined_at(self) -> datetime | None:
        if self.stage is When.OPEN or self.chance.random() < 0.22:
            return None
        return self.event.starts_at + timedelta(minutes=self.chance.randint(-20, 95))

    # The programme --------------------------------------------------------------------------------------------------
    def make_programme(self) -> None:
        facts, event = content.read("event"), self.event
        order = list(enumerate(facts["tracks"]))
        track_of = {row["slug"]: Track.objects.create(event=event, position=place, **row) for place, row in order}
        room_of = {
            row["slug"]: Room.objects.create(event=event, position=place, **row)
            for place, row in enumerate(facts["rooms"])
        }
        for row in content.read("speakers")["speaker"]:
            self.speakers[row["slug"]] = Speaker.objects.create(
                event=event,
                user=self.people[row["name"]],
                biography=row["biography"].strip(),
                **{name: row[name] for name in ("slug", "name", "title")},
            )
        tags: dict[str, Tag] = {}
        for row in content.read("sessions")["session"]:
            starts, ends = self.clock.span(row)
            session = Session.objects.create(
                event=event,
                track=track_of.get(row.get("track", "")),
                room=room_of[row["room"]],
                starts_at=starts,
                ends_at=ends,
                language=row.get("language", "en"),
                state=row.get("state", Session.State.PLANNED),
                abstract=row["abstract"].strip(),
                **{name: row[name] for name in ("slug", "title", "kind")},
            )
            self.sessions[session.slug] = session
            SessionSpeaker.objects.bulk_create(
                SessionSpeaker(session=session, speaker=self.speakers[slug], position=place)
                for place, slug in enumerate(row["speakers"])
            )
            for name in row["tags"]:
                tags[name] = tags.get(name) or Tag.objects.create(event=event, name=name)
                session.tags.add(tags[name])
            SessionLink.objects.bulk_create(
                SessionLink(session=session, position=place, **link) for place, link in enumerate(row.get("links", []))
            )
        tracks.agenda_edited(event_id=event.pk)

    def draw_portraits(self) -> None:
        for row in content.read("speakers")["speaker"]:
            drawn = drawing.portrait(*row["look"])
            accounts.update_profile(self.people[row["name"]], photo=io.BytesIO(drawn))
            picture = self.file(drawn, row["name"], is_public=True)
            Speaker.objects.filter(pk=self.speakers[row["slug"]].pk).update(photo=picture)

    def file(self, data: bytes | Path, title: str, *, is_public: bool = False, wait: bool = False) -> Asset:
        return media.ingest_file(self.event, data, title=title, is_public=is_public, wait=wait)

    # The expo -------------------------------------------------------------------------------------------------------
    def make_booths(self) -> None:
        for place, row in enumerate(content.read("booths")["booth"]):
            booth = Booth.objects.create(
                event=self.event,
                position=place,
                description=row["description"].strip(),
                cover=self.file(drawing.cover(row["mark"], row["brand"]), f"{row['name']}, cover", is_public=True),
                logo=self.file(drawing.sign(row["mark"], row["brand"]), f"{row['name']}, sign", is_public=True),
                **{name: row[name] for name in ("slug", "name", "brand", "tagline", "website")},
            )
            for number, document in enumerate(row["documents"]):
                data = drawing.pdf(document["title"], row["name"], document["pages"])
                asset = self.file(data, document["title"], is_public=True)
                BoothDocument.objects.create(booth=booth, asset=asset, position=number)
            for slug in row["staff"]:
                exhibitors.add_staff(booth, user=self.people[self.speakers[slug].name])

    def make_requests(self) -> None:
        """What Nadia asked Ostra, and was answered; and somebody who still waits."""
        if self.stage is When.OPEN:
            return
        booth = self.event.booths.get(slug="ostra")
        said = next(room for room in content.read("talk")["room"] if room["place"] == "booth/ostra")["say"]
        asked, answer, waiting = said
        first = self.ask(booth, asked)
        exhibitors.answer(first, by=self.people[answer["by"]], text=answer["text"])
        ContactRequest.objects.filter(pk=first.pk).update(handled_at=self.moment(answer["at"]))
        self.ask(booth, waiting)

    def ask(self, booth: Booth, line: dict[str, Any]) -> ContactRequest:
        user = self.people[line["by"]]
        who = {"name": user.name, "email": user.email, "company": user.company}
        request = exhibitors.request_contact(booth, user=user, message=line["text"], **who)
        ContactRequest.objects.filter(pk=request.pk).update(created_at=self.moment(line["at"]))
        return request

    # What was said and voted ----------------------------------------------------------------------------------------
    def moment(self, minutes: float) -> datetime:
        return self.clock.at(minutes)

    def make_announcements(self) -> None:
        organiser = self.people[SIGN_INS[0].name]
        for row in content.read("event")["announcements"]:
            at = self.moment(row["minutes"])
            if at <= self.now:
                made = events.announce(self.event, text=row["text"], by=organiser)
                Announcement.objects.filter(pk=made.pk).update(created_at=at)

    def make_talk(self) -> None:
        owners = {f"session/{slug}": f"session/{session.pk}" for slug, session in self.sessions.items()}
        owners |= {f"booth/{booth.slug}": f"booth/{booth.pk}" for booth in self.event.booths.all()}
        Conversations(
            self.event,
            owners={"lobby": "lobby"} | owners,
            people=self.people,
            crowd=self.crowd,
            moderator=self.people[SIGN_INS[1].name],
            clock=self.clock,
            chance=self.chance,
        ).make()

    def make_polls(self) -> None:
        for row in content.read("talk")["poll"]:
            session = self.sessions[row["session"]]
            kind = row.get("kind", Poll.Kind.SINGLE)
            poll = polls.create_poll(
                event=self.event,
                session=session,
                question=row["question"],
                kind=kind,
                options=[text for text, _weight in row["options"]] if kind in WITH_OPTIONS else (),
                low_words=row.get("low", ""),
                high_words=row.get("high", ""),
            )
            if row["state"] == "draft" or self.stage is When.OPEN:
                continue
            # Together: the queue counts what stands when a poll is opened, and hears of it at the commit.
            with transaction.atomic():
                polls.open_poll(poll)
                self.vote(poll, dict(row["options"]))
            if row["state"] == "closed" or self.stage is When.OVER:
                polls.close_poll(poll)
            opened = session.starts_at + timedelta(minutes=6)
            closed = min(session.ends_at, opened + timedelta(minutes=20))
            Poll.objects.filter(pk=poll.pk).update(opened_at=opened)
            Poll.objects.filter(pk=poll.pk, state=Poll.State.CLOSED).update(closed_at=closed)

    def vote(self, poll: Poll, weights: dict[str, int]) -> None:
        """Written, not taken in: no drain need be there."""
        voters = self.chance.sample(self.crowd, k=round(CROWD * 0.68))
        bodies = [ballots.draw(poll, weights, chance=self.chance) for _ in voters]
        polls.apply_answers(
            [
                Item(polls.ANSWER, poll.gate, str(user.pk), 1, body, self.now)
                for user, body in zip(voters, bodies, strict=True)
            ]
        )

    def make_attendance(self) -> None:
        """Who was in the sessions that are over, and for how long."""
        rows = []
        for session in self.sessions.values():
            if session.ends_at > self.now or session.is_cancelled:
                continue
            share = 0.62 if session.track_id is None else self.chance.uniform(0.18, 0.42)
            for user in self.chance.sample(self.crowd, k=round(CROWD * share)):
                length = (session.ends_at - session.starts_at).total_seconds()
                seconds = round(length * min(1.0, self.chance.betavariate(5, 1.4)))
                late = timedelta(seconds=self.chance.randint(0, round(length - seconds)))
                first = session.starts_at + late
                last = first + timedelta(seconds=seconds)
                rows.append(Attendance(session=session, user=user, first_at=first, last_at=last, seconds=seconds))
        Attendance.objects.bulk_create(rows)

    def make_stars(self) -> None:
        planned = [session for session in self.sessions.values() if not session.is_cancelled]
        nadia = self.people[SIGN_INS[-1].name]
        liked = {row["slug"] for row in content.read("sessions")["session"] if row.get("highlight")}
        wanted = [(nadia, session) for session in planned if session.slug in liked | {"permeable-by-friday"}]
        for user in self.crowd:
            own = {session for session in planned if session.slug in liked and self.chance.random() < 0.55}
            own |= set(self.chance.sample(planned, k=self.chance.randint(1, 4)))
            wanted += [(user, session) for session in sorted(own, key=lambda session: session.pk)]
        Star.objects.bulk_create(Star(user=user, session=session) for user, session in wanted)

    # The film -------------------------------------------------------------------------------------------------------
    def show_film(self) -> None:
        """Draws the film of the running session and makes it playable here and now, as a worker would."""
        self.say("The film of the running session (about half a minute on an idle machine)")
        session = next(self.sessions[row["slug"]] for row in content.read("sessions")["session"] if row.get("film"))
        with tempfile.TemporaryDirectory(prefix="plenary-demo-") as folder, patience.telling(self.say):
            path = film.render_film(Path(folder) / "eleven-towns.mp4")
            asset = self.file(path, str(session.title), wait=True)
        Session.objects.filter(pk=session.pk).update(video=asset)
        tracks.agenda_edited(event_id=self.event.pk, session_ids=[session.pk])
        if asset.state != Asset.State.READY:
            self.say(f"The film could not be prepared ({asset.error}); everything else is there.")
