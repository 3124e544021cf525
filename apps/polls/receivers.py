"""What polls do when others ask: the intake hands them answers to write."""

from apps.intake import items
from apps.polls import services

items.handler(services.ANSWER)(services.apply_answers)
