"""Arabic, in the digits that browsers take for it."""
