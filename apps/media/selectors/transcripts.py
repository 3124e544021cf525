"""Transcripts as they are read: of a film, in files, in the editor, and found by what was said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event
from apps.media import broadcasts, permissions, registry
from apps.media.models import Asset, Line, Transcript

NO_SUCH_TRANSCRIPT = _("There is no such transcript in this event.")
PREVIEWED = 50
MOST_ASKED = 100
"""Films in which something was said that is looked for: of so many it is asked whether the reader may see them."""
MOST_FOUND = 50
MOST_QUERY = 200
A_PAGE = 100
"""Lines on one page of the editor."""


def transcripts(event: Event, *, asset: Asset | None = None) -> "QuerySet[Transcript]":
    """Those that are not thrown away, for who writes them."""
    found = event.transcripts.filter(deleted_at=None).select_related("asset")
    return found.filter(asset=asset) if asset else found


def films_with_words(event: Event) -> "QuerySet[Asset]":
    """What is watched or heard, the newest first, each with its `transcripts`."""
    rows = event.assets.filter(kind__in=(Asset.Kind.VIDEO, Asset.Kind.AUDIO))
    return rows.prefetch_related(Prefetch("transcripts", Transcript.objects.filter(deleted_at=None)))


def transcript(event: Event, pk: int, *, deleted: bool = False) -> Transcript:
    """Raises `Transcript.DoesNotExist`, for another event's too."""
    rows = event.transcripts.select_related("asset__encoding", "event")
    return rows.get(pk=pk) if deleted else rows.get(pk=pk, deleted_at=None)


def revision(event_id: int, transcript_id: int) -> broadcasts.Revision | None:
    """None where there is no such transcript in this event."""
    rows = Transcript.objects.filter(event_id=event_id, pk=transcript_id)
    found = rows.values_list("revision", flat=True).first()
    return None if found is None else {"revision": found}


def published(asset: Asset) -> "QuerySet[Transcript]":
    return asset.transcripts.filter(deleted_at=None, state=Transcript.State.PUBLISHED)


def lines_of(transcript: Transcript) -> "QuerySet[Line]":
    return transcript.lines.defer("words").order_by("position")


def speakers_of(transcript: Transcript, *, limit: int = 100) -> list[str]:
    names = transcript.lines.exclude(speaker="").order_by("speaker").values_list("speaker", flat=True)
    return list(names.distinct()[:limit])


def page_of_moment(transcript: Transcript, ms: int) -> int:
    """On which page of the editor the line of this moment stands, from 1."""
    before = transcript.lines.filter(begins__lte=ms).count()
    return max(0, before - 1) // A_PAGE + 1


def own_language_name(transcript: Transcript) -> str:
    """As its own speakers call it."""
    try:
        return str(get_language_info(transcript.language)["name_local"]).capitalize()
    except KeyError:
        return transcript.language_name


# Captions ---------------------------------------------------------------------------------------------------------
class Words(TypedDict):
    """A published transcript, as captions and to be read."""

    language: str
    label: str
    url: str


def words_of(asset: Asset) -> list[Words]:
    """Give an asset with its `event`."""
    return [
        {
            "language": row.language,
            "label": row.title or own_language_name(row),
            "url": reverse("media:transcript_file", args=[asset.event.slug, asset.key, row.key]),
        }
        for row in published(asset)
    ]


def subtitles(asset: Asset) -> list[tuple[str, str, str]]:
    """For the master playlist: language, name, address of the WebVTT."""
    return [(words["language"], words["label"], words["url"]) for words in words_of(asset)]


# Find and replace -------------------------------------------------------------------------------------------------
def replaced(transcript: Transcript, *, find: str, replacement: str, match_case: bool) -> Iterator[tuple[Line, str]]:
    """Each line in which it stands, and its text afterwards."""
    pattern = re.compile(re.escape(find), 0 if match_case else re.IGNORECASE)
    for line in lines_of(transcript).iterator(chunk_size=1000):
        text, times = pattern.subn(lambda _found: replacement, line.text)
        if times:
            yield line, text


@dataclass(frozen=True, slots=True)
class Replacements:
    count: int
    """Of lines."""
    first: list[tuple[Line, str]]


def replacements(transcript: Transcript, *, find: str, replacement: str, match_case: bool) -> Replacements:
    """What `services.replace_text` would do."""
    count = 0
    first: list[tuple[Line, str]] = []
    for found in replaced(transcript, find=find, replacement=replacement, match_case=match_case):
        count += 1
        if len(first) < PREVIEWED:
            first.append(found)
    return Replacements(count, first)


# Found by what was said -------------------------------------------------------------------------------------------
def may_watch(asset: Asset, user_id: int | None, roles: frozenset[str]) -> bool:
    """As the player's own door decides (`views.playing`)."""
    if not permissions.can_see(asset, roles):
        return False
    if registry.is_held_back(asset) and not permissions.can_play_ahead(roles):
        return False
    answer = asset.is_public or registry.asked_of_guards(asset, user_id, roles)
    if answer is False:
        return permissions.can_have_unshown(asset, user_id, roles, is_left=True)
    return answer is True


def said_in(transcript: Transcript, query: str, *, limit: int = MOST_FOUND) -> list[Line]:
    words = SearchQuery(query[:MOST_QUERY], config=_dictionary(transcript), search_type="websearch")
    return list(lines_of(transcript).filter(words=words)[:limit])


def _dictionary(transcript: Transcript) -> str:
    first = transcript.lines.values_list("dictionary", flat=True).first()
    return first or "simple"


def said(event: Event, query: str, *, user_id: int | None, roles: frozenset[str], language: str = "") -> list[Line]:
    """Lines of published transcripts of films that this reader may see, the newest film's first, each with its
    `transcript.asset`. Each language is searched with its own dictionary."""
    query = " ".join(query.split())[:MOST_QUERY]
    if not query:
        return []
    shown = Q(
        transcript__event=event,
        transcript__deleted_at=None,
        transcript__state=Transcript.State.PUBLISHED,
        transcript__asset__state=Asset.State.READY,
    )
    if language:
        shown &= Q(transcript__language=language)
    rows = Line.objects.filter(shown)
    matches = Q(pk__in=[])
    for name in rows.order_by().values_list("dictionary", flat=True).distinct():
        matches |= Q(dictionary=name, words=SearchQuery(query, config=name, search_type="websearch"))
    found = rows.filter(matches)
    ids = found.order_by().values("transcript__asset")
    assets = event.assets.filter(pk__in=ids).select_related("event").order_by("-created_at", "-pk")[:MOST_ASKED]
    open_ids = [asset.pk for asset in assets if may_watch(asset, user_id, roles)]
    return list(
        found.filter(transcript__asset__in=open_ids)
        .defer("words")
        .select_related("transcript__asset", "transcript__event")
        .order_by("-transcript__asset__created_at", "transcript", "position")[:MOST_FOUND]
    )


def moment_url(line: Line) -> str:
    """Of the page on which a line is heard, from its second."""
    asset = line.transcript.asset
    if asset is None:
        return ""
    page = reverse("media:watch", args=[line.transcript.event.slug, asset.key])
    return f"{page}?t={line.begins // 1000}&language={line.transcript.language}"
