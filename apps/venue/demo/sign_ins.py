"""Those of the demo's people who sign in: their password is told, and where each begins."""

from dataclasses import dataclass

from apps.venue.demo import content

DOMAIN = "freshet.example"
PAGES = f"/e/{content.read('event')['slug']}/"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the demo's people whose password is told, and the page where their work begins."""

    role: str
    name: str
    email: str
    begins_at: str


SIGN_INS = (
    SignIn("organiser", "Agnieszka Thorne", f"organiser@{DOMAIN}", "/admin/"),
    SignIn("moderator", "Leo Marchetti", f"moderator@{DOMAIN}", f"{PAGES}control/"),
    SignIn("speaker", "Oduya Barasa", f"oduya.barasa@{DOMAIN}", f"{PAGES}sessions/eleven-towns-one-floodplain/"),
    SignIn("exhibitor", "Bea Ostrander", f"bea.ostrander@{DOMAIN}", f"{PAGES}expo/ostra/desk/"),
    SignIn("attendee", "Nadia Okello", f"nadia.okello@{DOMAIN}", f"{PAGES}lobby/"),
)
