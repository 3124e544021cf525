"""Facts of quizzes, sent inside the transaction that makes them true."""

from django.dispatch import Signal

lobby_opened = Signal()
"""game: Game. People can join it from now on."""
game_over = Signal()
"""game: Game. Its podium stands."""
