"""Signing in, where somebody is signed in, second steps, and the photos of people."""

from apps.accounts.views import second_factor
from apps.accounts.views.signing_in import Devices, OneAddress, Photo, SignIn

__all__ = ["Devices", "OneAddress", "Photo", "SignIn", "second_factor"]
