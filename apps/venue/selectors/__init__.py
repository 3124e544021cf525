"""Reads of pages that are made of many rooms."""

from apps.venue.selectors.control import Control, control
from apps.venue.selectors.control import snapshot as control_snapshot
from apps.venue.selectors.landing import Landing, dates, landing, start_words
from apps.venue.selectors.lobby import Lobby, Phase, lobby
from apps.venue.selectors.said import heard, said_lately
from apps.venue.selectors.stage import About, Screen, Stage, about, stage
from apps.venue.selectors.words import have_answered, people_are_here

__all__ = [
    "About",
    "Control",
    "Landing",
    "Lobby",
    "Phase",
    "Screen",
    "Stage",
    "about",
    "control",
    "control_snapshot",
    "dates",
    "have_answered",
    "heard",
    "landing",
    "lobby",
    "people_are_here",
    "said_lately",
    "stage",
    "start_words",
]
