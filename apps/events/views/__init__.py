"""The pages of events: the list, registration, joining by link, the profile, and what pages need from an event."""

from apps.events.views.api_page import ApiPage
from apps.events.views.embeds import EmbeddedRegister, embed_script
from apps.events.views.founding import Found
from apps.events.views.front import Front
from apps.events.views.joining import Join
from apps.events.views.me import Answers, Cancel, Me
from apps.events.views.members import Invitation, Organisations
from apps.events.views.parts import Brand, Logo, Ticket
from apps.events.views.people import Person
from apps.events.views.preview import Preview
from apps.events.views.registration import Register, RegistrationSent, Resend
from apps.events.views.signing_in import Acs, Back, Finish, Go, Metadata, Try, Ways
from apps.events.views.tokens import Tokens
from apps.events.views.wishes import Offer, Take, Wish

__all__ = [
    "Acs",
    "Answers",
    "ApiPage",
    "Back",
    "Brand",
    "Cancel",
    "EmbeddedRegister",
    "Finish",
    "Found",
    "Front",
    "Go",
    "Invitation",
    "Join",
    "Logo",
    "Me",
    "Metadata",
    "Offer",
    "Organisations",
    "Person",
    "Preview",
    "Register",
    "RegistrationSent",
    "Resend",
    "Take",
    "Ticket",
    "Tokens",
    "Try",
    "Ways",
    "Wish",
    "embed_script",
]
