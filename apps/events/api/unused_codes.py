"""Invitation codes that nobody used, over REST: one that somebody used is ended, and stays."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall


class UnusedCodeView(DeskCall):
    area = Area.REGISTRATIONS

    @documented("code_delete", refuses={409: ["code.used"]})
    def delete(self, request: Request, event: str, code: int) -> Response:
        """Deletes one that nobody has used, and makes room for another."""
        services.remove_code(get_object_or_404(self.event.invitation_codes, pk=code))
        return Response(status=204)
