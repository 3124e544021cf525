"""Signing in, where somebody is signed in, second steps, the photos of people, and their own data."""

from apps.accounts.views import second_factor
from apps.accounts.views.leaving import Data, Leave, OwnData
from apps.accounts.views.signing_in import Devices, MailedCode, OneAddress, Photo, SignIn

__all__ = ["Data", "Devices", "Leave", "MailedCode", "OneAddress", "OwnData", "Photo", "SignIn", "second_factor"]
