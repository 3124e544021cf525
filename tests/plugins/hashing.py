"""Passwords are hashed as ever, in fewer rounds: that guessing is slow proves nothing here, and each costs a second.

What was hashed in another process, or is read there, fits: the number of rounds stands with the hash.
"""

import pytest

ROUNDS = 1000


@pytest.fixture(scope="session", autouse=True)
def few_rounds():
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", ROUNDS)
        yield
