"""What quizzes do when others ask: the intake hands them answers to write."""

from apps.intake import items
from apps.quizzes import services

items.register(services.Answers())
