"""The outside of notifications: how mail leaves."""
