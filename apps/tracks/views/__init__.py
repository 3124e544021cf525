"""The pages and downloads of the agenda."""
