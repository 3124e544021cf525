"""What the doors of higher rooms use of people: limits for each network address, and the way in of programs."""

from apps.accounts.doors.limits import limit_by_address

__all__ = ["limit_by_address"]
