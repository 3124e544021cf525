"""The project: settings, the roles' entry points, and what runs the platform on one machine."""

import gc

# Every process begins here. By Python's own numbers what it has built so far is looked through five hundred times
# while it starts, though none of it is ever thrown away: a fifth of the time that a start takes.
gc.set_threshold(50_000, 20, 10)
