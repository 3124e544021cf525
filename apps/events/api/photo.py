"""One's own photo over REST: a file takes its place, checked and written anew as on the page of the profile."""

from typing import ClassVar

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core.access import Access
from apps.core.calls import Repeatable
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import Reading
from apps.events.doors.linked import opened_by_links, owners_alone
from apps.events.serializers import MeSerializer, PhotoIn


class MePhotoView(Reading, Repeatable):
    access: ClassVar[Access] = Access.SIGNED_IN
    area: ClassVar[Area] = Area.PROFILE
    parser_classes = (MultiPartParser,)

    @property
    def me(self) -> User:
        if opened_by_links(self.request) is not None:
            raise owners_alone()
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - nobody else comes this far
        return user

    @documented(
        "me_photo",
        takes=PhotoIn,
        gives=MeSerializer,
        refuses={
            400: ["invalid"],
            413: ["picture.too_large"],
            422: ["picture.unreadable"],
            503: ["picture.busy"],
        },
    )
    def put(self, request: Request) -> Response:
        """A photo of yours, in place of the one before. JPEG, PNG, WebP or GIF, up to 8 MB; its middle is kept."""
        return Response(MeSerializer(accounts.update_profile(self.me, photo=self.given(PhotoIn)["photo"])).data)

    @documented("me_photo_remove")
    def delete(self, request: Request) -> Response:
        """Takes it away."""
        accounts.update_profile(self.me, remove_photo=True)
        return Response(status=204)
