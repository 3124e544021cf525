"""Facts of questions, sent inside the transaction that makes them true."""

from django.dispatch import Signal

question_asked = Signal()
"""question: Question. It may wait for a moderator still."""
question_answered = Signal()
"""question: Question."""
