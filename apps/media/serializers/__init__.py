"""The shapes of the media API."""
