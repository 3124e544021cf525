"""Facts of media, sent inside the transaction that makes them true."""

from django.dispatch import Signal

stream_changed = Signal()
"""stream: Stream. It has something else to show: its first picture came, it ended, was opened again, or goes."""
