"""The outside of accounts: the library that signs people in."""
