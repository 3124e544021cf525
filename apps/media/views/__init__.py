"""Pages of media."""
