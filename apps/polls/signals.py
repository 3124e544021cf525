"""Facts of polls, sent inside the transaction that makes them true."""

from django.dispatch import Signal

poll_opened = Signal()
"""poll: Poll. People can answer it from now on (also when it is opened again)."""
poll_closed = Signal()
"""poll: Poll."""
