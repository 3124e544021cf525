"""Sessions that people sign up for, as somebody finds them; one that a ticket does not open; the agenda with them."""

from datetime import timedelta

from tests.screens.shots import ONE_EACH, PEOPLE, Shot
from tests.screens.stages.scene import LONG, WRITTEN, Scene, words

STATES = ("free", "full", "waiting", "early", "closed", "seat", "locked")


def shots(scene: Scene) -> dict[str, Shot]:
    from apps.accounts.models import User
    from apps.core import clock
    from apps.events.models import Registration, TicketKind
    from apps.tracks.models import Opening, Seat, Session

    event, now = scene.event, clock.now()
    made = {
        state: Session.objects.create(
            event=event,
            room=scene.empty.room,
            slug=f"seats-{state}",
            title=words(WRITTEN["said"]["session"]),
            subtitle=LONG if state == "full" else "",
            starts_at=now + timedelta(hours=1 + number),
            ends_at=now + timedelta(hours=2 + number),
            sign_up=state != "locked",
            capacity=1 if state in ("full", "waiting") else 24,
            sign_up_opens_at=now + timedelta(hours=1) if state == "early" else None,
            sign_up_closes_at=now - timedelta(hours=1) if state == "closed" else None,
        )
        for number, state in enumerate(STATES)
    }
    for state in ("full", "waiting"):
        Seat.objects.create(session=made[state], user=scene.crowd[0])
        for place, person in enumerate(scene.crowd[1:5]):
            since = now - timedelta(hours=5 - place)
            Seat.objects.create(session=made[state], user=person, state="waiting", waiting_since=since)
    Seat.objects.create(session=made["waiting"], user=scene.reader, state="waiting", waiting_since=now)
    Seat.objects.create(session=made["seat"], user=scene.reader)
    ticket = TicketKind.objects.create(
        event=event, name=words(WRITTEN["register"]["evening"]), opens_programme=False, opens_expo=False, position=9
    )
    Opening.objects.create(ticket=ticket, session=made["free"])
    newcomer = User.objects.get(email=PEOPLE["newcomer"])
    Registration.objects.create(event=event, user=newcomer, ticket=ticket)
    found = {
        f"seats-{state}": scene.shot("venue:session", slug=session.slug, views=ONE_EACH, whole=state != "seat")
        for state, session in made.items()
        if state != "locked"
    }
    return {
        **found,
        "seats-locked": scene.shot("venue:session", "newcomer", slug=made["locked"].slug),
        "seats-agenda": scene.shot("tracks:agenda"),
        "seats-agenda-locked": scene.shot("tracks:agenda", "newcomer", views=ONE_EACH),
    }
