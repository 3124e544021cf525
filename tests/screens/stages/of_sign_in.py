"""An organisation that signs in by its own service: its page, what its owner reads, who is invited, who is asked for a
code; and somebody of an event, who says more of themselves or nothing."""

from typing import Any

from django.urls import reverse

from tests.screens.shots import ONE_EACH, PEOPLE, Shot
from tests.screens.stages.scene import LONG, SLUG, Scene


def shots(scene: Scene) -> dict[str, Shot]:
    from apps.accounts.models import User
    from apps.core import clock
    from apps.events import selectors, services
    from apps.events.models import Membership, Organisation, SignInConnection, SignInDomain

    organiser = User.objects.get(email=PEOPLE["organiser"])
    weir = Organisation.objects.create(name=f"Weir Society and {LONG}", slug=SLUG)
    Membership.objects.create(organisation=weir, user=organiser, role=Membership.Role.OWNER)
    kinds = (("Weir account", "oidc", True), (LONG, "saml", True), ("Old directory", "oidc", False))
    ways = {
        name: SignInConnection.objects.create(
            organisation=weir, name=name, kind=kind, issuer="https://id.weir.example", client_id="plenary", is_on=is_on
        )
        for name, kind, is_on in kinds
    }
    SignInDomain.objects.create(connection=ways["Weir account"], domain="weir.example", proven_at=clock.now())
    SignInDomain.objects.create(connection=ways["Weir account"], domain=f"{LONG.lower()[:60]}.example")
    asked = services.invite_member(weir, email=PEOPLE["attendee"], role="manager", by=organiser)
    of_another = services.invite_member(weir, email="somebody.else@freshet.example", role="owner", by=organiser)
    at = "events:member_invitation"
    setup = [reverse("admin:events_signinconnection_setup", args=[way.pk]) for way in ways.values()]
    desk: dict[str, Any] = {"views": ONE_EACH}
    return {
        "ways": Shot(reverse("events:ways", args=[SLUG])),
        "ways-refused": Shot(reverse("events:signin_back", args=[ways["Weir account"].pk]), views=ONE_EACH),
        "ways-setup": Shot(setup[0], "organiser"),
        "ways-setup-off": Shot(setup[2], "organiser", **desk),
        "invited": Shot(reverse(at, args=[selectors.member_token(asked)]), "attendee"),
        "invited-another": Shot(reverse(at, args=[selectors.member_token(of_another)]), "attendee", views=ONE_EACH),
        "organisations": Shot(reverse("events:organisations"), "attendee", views=ONE_EACH),
        "mailed-code": Shot(reverse("events:organisations"), "attendee", act=_join),
        "person": Shot(reverse("events:person", args=[SLUG, scene.speaker.pk]), "attendee"),
        "person-silent": Shot(reverse("events:person", args=[SLUG, scene.reader.pk]), "moderator", views=ONE_EACH),
    }


def _join(page: Any) -> None:
    page.locator("[name=accept] + button").first.click()
    page.locator("main [name=next]").wait_for(state="attached")
