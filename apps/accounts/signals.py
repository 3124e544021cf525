"""Facts of accounts that others may hear."""

from django.dispatch import Signal

account_leaving = Signal()
"""user: User. Their account is about to be deleted, in this transaction: what others wait for is given free."""
mail_wanted = Signal()
"""kind, to, subject, text, code, url: str; user: User | None. Signing in needs this mail: a code or a link in it."""
second_factor_changed = Signal()
"""user: User. They have a second step now, or none any more; sent inside the transaction that makes it true."""
sessions_ended = Signal()
"""user: User. Some or all of their sessions have ended, and nothing that was opened with one may stay open."""
