"""Management commands of the agenda."""
