"""What every call of the API can do: be sent again without being done again, and say less than it knows."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar, NamedTuple

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer
from rest_framework.views import APIView

from apps.core import repeats
from apps.core.errors import Refused
from apps.core.models import KeptAnswer
from apps.core.paging import Pages

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REPLAYED = "Idempotent-Replayed"
MOST_FIELDS = 60


class _Known(Exception):
    """This very call was answered before."""

    def __init__(self, kept: KeptAnswer) -> None:
        super().__init__()
        self.kept = kept


class Repeatable(APIView):
    """A write with an `Idempotency-Key` is done once, and answered alike for a day (`repeats`).

    Asked after who it is and whether they may (of the object, by `check_repeated`), so nobody reads an answer that they
    may no longer get. An answer that asks to come again (5xx, or with Retry-After) is not kept. Visitors have no key:
    there is nobody to keep it for.
    """

    takes_keys: ClassVar[bool] = True
    """False where what is kept would say who it was, of a thing that nobody's name stands by."""
    _place: repeats.Place | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if key is None or not self.takes_keys or request.method not in WRITES or not request.user.is_authenticated:
            return
        found = repeats.take(
            user_id=request.user.pk,
            token_id=getattr(request.auth, "pk", None),
            key=key,
            call=f"{request.method} {request.get_full_path()}",
            body=request.data,
        )
        if isinstance(found, KeptAnswer):
            if found.body is None or found.body:  # nothing is told by an answer without a word
                self.check_repeated()
            raise _Known(found)
        self._place = found

    def check_repeated(self) -> None:
        """Asks for what the address names as the call itself does, and raises what that would, before an answer of
        before is told. Whoever writes a call about an object says it here."""

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, _Known):
            return _again(exc.kept) if exc.kept.body is not None else super().handle_exception(_too_long())
        try:
            return super().handle_exception(exc)
        except Exception:
            self._let_go()
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if self._place is not None:
            if isinstance(final, Response):
                final.add_post_render_callback(self._keep)
            else:
                self._keep(final)
        return final

    def _keep(self, response: HttpResponseBase) -> None:
        if self._place is None:
            return
        if response.status_code >= 500 or response.has_header("Retry-After") or response.streaming:
            self._let_go()
            return
        repeats.keep(
            self._place,
            status=response.status_code,
            content_type=response.get("Content-Type", ""),
            location=response.get("Location", ""),
            body=getattr(response, "content", b""),
        )

    def _let_go(self) -> None:
        if self._place is not None:
            repeats.let_go(self._place)


def _again(kept: KeptAnswer) -> HttpResponse:
    answer = HttpResponse(bytes(kept.body or b""), status=kept.status, headers={REPLAYED: "true"})
    for header, value in (("Content-Type", kept.content_type), ("Location", kept.location)):
        if value:
            answer.headers[header] = value
    if not kept.content_type:
        del answer.headers["Content-Type"]
    return answer


def _too_long() -> Refused:
    return Refused("idempotency.too_long", _("This is done. Its answer was too long to be kept; ask for what it made."))


class Sparse:
    """`?fields=a,b` gives these fields and no others. Mixed into generic views, before them."""

    is_sparse: ClassVar[bool] = True

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)  # type: ignore[misc]
        request: Any = getattr(self, "request", None)
        if request is not None:
            one: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
            for name in left_out(request, one.fields):
                one.fields.pop(name)
        return serializer


class Ordered(NamedTuple):
    """What `Pages` asks of a view."""

    ordering: tuple[str, ...]


class Listing(APIView):
    """Lists of the values that the socket carries too: cut into pages, and sparse as the lists of `Sparse` are. Mixed
    into views, before them."""

    is_sparse: ClassVar[bool] = True
    ordering: ClassVar[tuple[str, ...]]

    def listed(
        self,
        rows: QuerySet[Any],
        kind: type[msgspec.Struct],
        told: Callable[[list[Any]], Iterable[Any]],
        *,
        ordering: tuple[str, ...] = (),
    ) -> Response:
        """The page of these rows that was asked for, in this order or the view's. `told` makes values of this kind of
        all its rows at a time."""
        without, pages = left_out(self.request, kind.__struct_fields__), Pages()
        page = pages.paginate_queryset(rows, self.request, Ordered(ordering or self.ordering))
        values = [msgspec.to_builtins(value) for value in told(page)]
        shown = [{name: part for name, part in value.items() if name not in without} for value in values]
        answered: Response = pages.get_paginated_response(shown)
        return answered


def left_out(request: Request, known: Collection[str]) -> set[str]:
    """The fields that were not asked for; none where nothing was said. Refused where one does not exist."""
    wanted = request.query_params.get("fields", "") if request.method == "GET" else ""
    names = {name.strip() for name in wanted.split(",", MOST_FIELDS) if name.strip()}
    if unknown := sorted(names - {*known}):
        words = _("There is no field %(names)s here. There are: %(known)s.")
        said = {"names": ", ".join(unknown)[:200], "known": ", ".join(known)}
        raise ValidationError({"fields": [words % said]})
    return {*known} - names if names else set()


class AnyForm(DefaultContentNegotiation):
    """Of calls that answer with a file: what form it has, the address says, whatever was said to be liked. Refusals are
    JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type
