"""Reads about people."""


def photo_name(file: str) -> str:
    """The storage name of a profile photo, from the last part of its address."""
    return f"people/{file}"
