"""Getting a place: tickets, a code and questions to fill in; what became of a wish; a place that is passed on; a guest
list before and after its people are invited."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from tests.screens.shots import ONE_EACH, Shot
from tests.screens.stages.scene import DRAFT, LONG, PRIVATE, SLUG, WRITTEN, Scene, words

TICKETS = ("whole", "evening", "press")
GUESTS = """email,name,company,ticket
ada@example.org,Ada Lindqvist,Weir Society,~
ben@,Ben,,
cleo@example.org,Cleo,,Nowhere
"""


def shots(scene: Scene) -> dict[str, Shot]:
    from apps.events import selectors, services
    from apps.events.models import Choice, Errand, Event, InvitationCode, Question, Registration, TicketKind

    event, written = scene.event, WRITTEN["register"]
    Event.objects.filter(pk=event.pk).update(admission=Event.Admission.APPROVAL)
    event.refresh_from_db()
    tickets = {
        name: TicketKind.objects.create(event=event, name=words(written[name]), position=place)
        for place, name in enumerate(TICKETS)
    }
    TicketKind.objects.filter(pk=tickets["evening"].pk).update(capacity=1)
    TicketKind.objects.filter(pk=tickets["press"].pk).update(admission=Event.Admission.CODE)
    InvitationCode.objects.create(event=event, code="HERON-7", ticket=tickets["press"], uses=20)
    meal = Question.objects.create(event=event, kind="choice", label=words(written["meal"]), required=True)
    for place, name in enumerate(("fish", "beans", "nothing")):
        Choice.objects.create(question=meal, label=words(written[name]), position=place)
    Question.objects.create(event=event, kind="long", label=words(written["why"]), position=1)
    Question.objects.create(event=event, kind="consent", label=words(written["terms"]), required=True, position=2)
    wishes = {}
    for person, state in zip(scene.crowd, ("confirmed", "pending", "waiting", "declined"), strict=False):
        wishes[state] = Registration.objects.create(
            event=event,
            user=person,
            state=state,
            ticket=tickets["evening"],
            waiting_since=event.starts_at if state == "waiting" else None,
            reason=f"Only members this time, says the {LONG}." if state == "declined" else "",
        )
    own = Registration.objects.select_related("event", "user").get(event=event, user=scene.reader)
    services.offer_place(own, email="bea.successor@freshet.example", name="Bea")
    own.refresh_from_db()
    organiser = event.organisation.memberships.select_related("user").first().user
    guests = GUESTS.replace("~", written["whole"]["en"]).encode()
    read = services.read_guests(event, data=guests, name=f"{LONG}.csv", by=organiser)
    done = services.read_guests(event, data=guests, name="done.csv", by=organiser)
    services.invite_guests(done, by=organiser)
    services.invite_all(done.pk)
    errand = Errand.objects.create(
        event=event, deed=Errand.Deed.APPROVE, rows=[own.pk], count=1200, at_row=420, done=419, by=organiser,
        refused=[[own.pk, "registration.decided", "Somebody has decided this in the meantime."]],
    )  # fmt: skip
    desk: dict[str, Any] = {"views": ONE_EACH}
    codes = reverse("admin:events_invitationcode_changelist")
    return {
        "register": scene.shot("events:register", ""),
        "register-refused": scene.shot("events:register", "", act=_send),
        "register-another": scene.shot("events:register", at="?other", views=ONE_EACH),
        **{
            f"wish-{state}": Shot(reverse("events:wish", args=[SLUG, selectors.status_token(wish)]), views=ONE_EACH)
            for state, wish in wishes.items()
        },
        "offered": scene.shot("events:offer"),
        "take": Shot(reverse("events:take", args=[SLUG, selectors.offer_token(own)])),
        "answers": scene.shot("events:answers"),
        "guests": Shot(reverse("admin:events_guestlist_change", args=[read.pk]), "organiser", **desk),
        "guests-done": Shot(reverse("admin:events_guestlist_change", args=[done.pk]), "organiser", **desk),
        "guests-file": Shot(reverse("admin:events_registration_invite"), "organiser", **desk),
        "codes-file": Shot(reverse("admin:events_invitationcode_file"), "organiser", **desk),
        "questions-file": Shot(reverse("admin:events_question_file"), "organiser", **desk),
        "errand": Shot(reverse("admin:events_errand_change", args=[errand.pk]), "organiser", **desk),
        "roles-file": Shot(reverse("admin:events_eventrole_file"), "organiser", **desk),
        "codes": Shot(f"{codes}?event__id__exact={event.pk}", "organiser"),
        **_not_for_all(scene),
    }


def _not_for_all(scene: Scene) -> dict[str, Shot]:
    """The link of a place in a draft, and the form of a private event, which opens to who brings a code."""
    from apps.events import selectors, services
    from apps.events.models import Event, InvitationCode, Registration

    of_scene = ("organisation", "name", "tagline", "starts_at", "ends_at", "time_zone")
    shared = {name: getattr(scene.event, name) for name in of_scene}
    draft = Event.objects.create(slug=DRAFT, **shared)
    early = services.new_join_link(Registration.objects.create(event=draft, user=scene.crowd[0]))
    private = Event.objects.create(
        slug=PRIVATE, state=Event.State.PUBLISHED, visibility=Event.Visibility.PRIVATE, admission=Event.Admission.CODE,
        brand="#7a2e5d", accent="#e0a030", **shared,
    )  # fmt: skip
    code = InvitationCode.objects.create(event=private, code="HERON-7", uses=20)
    return {
        "join-early": Shot(reverse("events:join", args=[selectors.join_token(early)])),
        "register-private": Shot(selectors.code_url(code).removeprefix(settings.SITE_URL)),
    }


def _send(page: Any) -> None:
    page.get_by_label("Name").fill("Nadia")
    page.locator("main form button.big").click()
    page.locator(".error").first.wait_for()
