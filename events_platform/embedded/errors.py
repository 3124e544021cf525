"""What the private services say when they cannot do what was asked."""


class EmbeddedError(Exception):
    """One sentence for the person at the terminal: what happened, and what to do."""
