"""Tags over REST: they help people to find sessions of one kind across the tracks."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.events.doors.desk_calls import changed, check
from apps.tracks import services
from apps.tracks.api.programme import FULL, PartCall, PartsView
from apps.tracks.models import Tag
from apps.tracks.serializers.programme import TAG, DeskTagSerializer

TAKEN = ["agenda.name_taken"]


class _OfTags(PartCall):
    """They have no address of their own, and are named by their number."""

    shape = DeskTagSerializer
    model = Tag

    def found(self) -> Any:
        return get_object_or_404(self.rows(), pk=self.kwargs["tag"])

    def make(self) -> Response:
        row = Tag(event=self.event, **self.wish())
        check(row, but=("name",))  # whether it is taken the service says, also to whom was slower
        services.save_part(row)
        return self.told(row, status=201)

    def change(self) -> Response:
        row = self.found()
        new = changed(row, self.wish(row))
        check(row, but=("name",))
        services.save_part(row, changed=new)
        return self.told(row)


class DeskTagsView(_OfTags, PartsView):
    ordering = ("name", "pk")

    @extend_schema(operation_id="desk_tags")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The tags, by name."""
        return self.list(request, *args, **kwargs)

    @documented(
        "tag_make",
        takes=DeskTagSerializer,
        gives=DeskTagSerializer,
        status=201,
        example=TAG,
        refuses={409: [*TAKEN, FULL]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a tag. A session that names one which is not there yet makes it by that."""
        return self.make()


class DeskTagView(_OfTags):
    @documented("tag", gives=DeskTagSerializer, example=TAG)
    def get(self, request: Request, event: str, tag: int) -> Response:
        """One of them."""
        return self.told(self.found())

    @documented("tag_change", takes=DeskTagSerializer, gives=DeskTagSerializer, example=TAG, refuses={409: TAKEN})
    def patch(self, request: Request, event: str, tag: int) -> Response:
        """Gives it another name, on all its sessions."""
        return self.change()

    @documented("tag_delete")
    def delete(self, request: Request, event: str, tag: int) -> Response:
        """Takes it off all sessions, and deletes it."""
        return self.remove()
