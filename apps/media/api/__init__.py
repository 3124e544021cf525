"""The API of media."""
