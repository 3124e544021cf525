"""The pages on which transcripts are brought in, edited line by line beside the film, published, and taken away."""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import clock, tongues
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events.doors import EventView
from apps.live import versions
from apps.media import broadcasts, permissions, selectors, services
from apps.media.adapters import burn, cues, speech, translation
from apps.media.adapters import words as files
from apps.media.models import Asset, Line, Transcript, WordJob

FILMS_A_PAGE = 50
FIELDS = ("begins", "ends", "speaker", "text")


class WordsPage(EventView):
    """For those who write transcripts."""

    access = Access.MODERATOR
    place = "control"
    reads_primary: ClassVar[bool] = True

    def asset(self) -> Asset:
        rows = self.event.assets.filter(kind__in=(Asset.Kind.VIDEO, Asset.Kind.AUDIO)).select_related("encoding")
        asset: Asset = get_object_or_404(rows, key=self.kwargs["key"])
        asset.event = self.event
        return asset

    def transcript(self, *, deleted: bool = False) -> Transcript:
        try:
            return selectors.transcript(self.event, self.kwargs["transcript"], deleted=deleted)
        except Transcript.DoesNotExist as error:
            raise Http404 from error

    def home(self, asset: Asset) -> str:
        return reverse("media:transcripts_of", args=[self.event.slug, asset.key])


class Transcripts(WordsPage):
    """All films of the event, with the languages of each."""

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        films = selectors.films_with_words(self.event)
        page = Paginator(films, FILMS_A_PAGE).get_page(request.GET.get("page"))
        live = selectors.transcripts(self.event).filter(asset=None).order_by("stage_key", "language")
        return self.render("media/transcripts.html", page=page, simulive_words=live[:FILMS_A_PAGE])


class OfAsset(WordsPage):
    """The transcripts of one film: bring one in, publish, delete, bring back."""

    def get(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        return self.show(self.asset())

    def show(self, asset: Asset, *, status: int = 200, refused: Refused | None = None) -> HttpResponse:
        jobs = list(selectors.word_jobs(asset))
        return self.render(
            "media/transcripts_of.html",
            status=status,
            asset=asset,
            rows=selectors.transcripts(self.event, asset=asset),
            deleted=self.deleted(asset),
            machines={"speech": speech.engine(), "translation": translation.is_there(), "burn": burn.is_there()},
            jobs=[(job, selectors.word_reason(job.error) if job.error else "") for job in jobs],
            is_open=any(job.is_open for job in jobs),
            may_take=permissions.can_manage(self.roles),
            now=clock.now(),
            inside=list(enumerate(asset.encoding.captions)) if asset.encoding else [],
            languages=tongues.choices(),
            trouble=refused,
            typed=self.request.POST,
        )

    def deleted(self, asset: Asset) -> Transcript | None:
        """What was deleted just now, to bring back."""
        pk = row_number(self.request.GET.get("deleted"))
        return asset.transcripts.exclude(deleted_at=None).filter(pk=pk).first() if pk else None

    def post(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset()
        try:
            made = self.bring(asset)
        except Refused as refused:
            return self.show(asset, status=refused.status, refused=refused)
        self.say(_("The transcript is here. It is a draft until you publish it."))
        return redirect("media:transcript", self.event.slug, made.pk)

    def bring(self, asset: Asset) -> Transcript:
        said, by = self.request.POST, self.person
        if "inside" in said:
            number = row_number(said["inside"])
            return services.take_over_captions(
                asset, number=-1 if number is None else number, language=said.get("language", ""), by=by
            )
        language, file = said.get("language", ""), self.request.FILES.get("file")
        if file is None:
            return services.create_transcript(asset, language=language, by=by)
        content = file.read(services.MOST_FILE + 1)
        return services.upload_transcript(asset, content, language=language, by=by, replaces="replace" in said)


def mark_of(begins: str, ends: str, speaker: str, text: str) -> str:
    """What a line was when its form was drawn: who leaves it alone overwrites nothing."""
    said = f"{begins} {ends} {speaker}\n{text}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Row:
    """A line as its form shows it: what stands, or what was typed and could not be kept."""

    line: Line
    begins: str
    ends: str
    speaker: str
    text: str
    trouble: str = ""

    @property
    def mark(self) -> str:
        return mark_of(_time(self.line.begins), _time(self.line.ends), self.line.speaker, self.line.text)


def _time(ms: int) -> str:
    return cues.clock(ms, ".")


class Editor(WordsPage):
    """The lines beside the film, a page at a time. With a script each is saved as it is typed, and what others change
    arrives; without one the page is a form."""

    def get(self, request: HttpRequest, event: str, transcript: int) -> HttpResponse:
        return self.show(self.transcript())

    def show(self, row: Transcript, *, troubles: dict[int, tuple[dict[str, str], str]] | None = None) -> HttpResponse:
        version = versions.read()
        moment = row_number(self.request.GET.get("at"))
        number = selectors.page_of_moment(row, moment) if moment is not None else self.request.GET.get("page")
        page: Page[Line] = Paginator(selectors.lines_of(row), selectors.A_PAGE).get_page(number)
        if row.asset:
            row.asset.event = self.event
        return self.render(
            "media/transcript_editor.html",
            status=409 if troubles else 200,
            transcript=row,
            asset=row.asset,
            player=selectors.player(row.asset),
            rows=[self.row(line, (troubles or {}).get(line.pk)) for line in page.object_list],
            page=page,
            speakers=selectors.speakers_of(row),
            topic=broadcasts.transcript_topic(row.pk),
            version=version,
            preview=self.preview(row),
        )

    def row(self, line: Line, trouble: tuple[dict[str, str], str] | None) -> Row:
        stands = {"begins": _time(line.begins), "ends": _time(line.ends), "speaker": line.speaker, "text": line.text}
        typed, why = trouble or ({}, "")
        return Row(line, **(stands | typed), trouble=why)

    def preview(self, row: Transcript) -> dict[str, Any] | None:
        """What a replacement would do, before it is done."""
        asked = self.request.GET
        find = asked.get("find", "")[:200]
        if not find:
            return None
        wish: dict[str, Any] = {"find": find, "replacement": asked.get("replacement", "")[:200]}
        wish["match_case"] = "match_case" in asked
        return {**wish, "found": selectors.replacements(row, **wish)}

    def post(self, request: HttpRequest, event: str, transcript: int) -> HttpResponse:
        """Saves the lines of this page that were changed in it."""
        row = self.transcript()
        troubles = self.save_all(row)
        if troubles:
            return self.show(row, troubles=troubles)
        self.say(_("Your changes are kept."))
        return redirect(request.get_full_path())

    def typed(self, pk: int) -> dict[str, str] | None:
        """What somebody typed into a line; None where they left it as it was. A `|` says where it shall be split."""
        said = self.request.POST
        typed = {name: said.get(f"{name}-{pk}", "").replace("\r\n", "\n") for name in FIELDS}
        if said.get("do") == f"split:{pk}":
            typed["text"] = typed["text"].replace("|", "", 1)
        return None if f"was-{pk}" not in said or mark_of(**typed) == said[f"was-{pk}"] else typed

    def save(self, row: Transcript, pk: int) -> tuple[dict[str, str], str] | None:
        """What was typed and why it could not be kept; None where all is well."""
        typed = self.typed(pk)
        if typed is None:
            return None
        begins, ends = cues.milliseconds(typed["begins"]), cues.milliseconds(typed["ends"])
        if begins is None or ends is None:
            return typed, _("Write times like 00:01:02.500.")
        version = row_number(self.request.POST.get(f"version-{pk}")) or 0
        try:
            services.change_line(
                row, pk, version=version, text=typed["text"], speaker=typed["speaker"], begins=begins, ends=ends
            )
        except Refused as refused:
            return typed, str(refused.message)
        return None

    def save_all(self, row: Transcript) -> dict[int, tuple[dict[str, str], str]]:
        """The lines of this page that were changed in it; those that could not be kept."""
        troubles: dict[int, tuple[dict[str, str], str]] = {}
        for pk in [row_number(text) for text in self.request.POST.getlist("line")][: selectors.A_PAGE]:
            if pk is not None and (trouble := self.save(row, pk)):
                troubles[pk] = trouble
        return troubles


class Deed(Editor):
    """One of the buttons: of a line (`split:12`), with which the page's other changes are kept too, or of the whole
    transcript."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, transcript: int) -> HttpResponse:
        deed, _mark, number = request.POST.get("do", "").partition(":")
        row = self.transcript(deleted=deed == "restore")
        if number and (troubles := self.save_all(row)):
            return self.show(row, troubles=troubles)
        try:
            words = self.do(row, deed, row_number(number) or 0)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.say(words)
        if deed in ("delete", "restore", "publish", "unpublish") and row.asset:
            mark = f"?deleted={row.pk}" if deed == "delete" else ""
            return redirect(f"{self.home(row.asset)}{mark}")
        page = row_number(request.GET.get("page")) or 1
        return redirect(f"{reverse('media:transcript', args=[self.event.slug, row.pk])}?page={page}")

    def do(self, row: Transcript, deed: str, line: int) -> str:
        said = self.request.POST
        version = (row_number(said.get(f"version-{line}")) or 0) + (line > 0 and self.typed(line) is not None)
        if deed == "split":
            at = max(0, said.get(f"text-{line}", "").replace("\r\n", "\n").find("|"))
            services.split_line(row, line, version=version, at=at)
            return _("The line is split.")
        if deed == "join":
            services.join_line(row, line, version=version)
            return _("The lines are joined.")
        if deed == "remove":
            services.delete_line(row, line, version=version)
            return _("The line is deleted.")
        if deed == "add":
            begins, ends = cues.milliseconds(said.get("begins", "")), cues.milliseconds(said.get("ends", ""))
            if begins is None or ends is None:
                raise Refused("transcript.times", _("Write times like 00:01:02.500."))
            services.add_line(row, text=said.get("text", ""), begins=begins, ends=ends)
            return _("The line is added.")
        return self.do_to_all(row, deed)

    def do_to_all(self, row: Transcript, deed: str) -> str:
        said = self.request.POST
        if deed == "shift":
            ms = cues.milliseconds(said.get("seconds", "").removeprefix("-").removeprefix("−"))
            if ms is None:
                raise Refused("transcript.times", _("Write seconds, like 1.5."))
            count = services.shift_lines(row, by=-ms if said.get("seconds", "")[:1] in "-−" else ms)
        elif deed == "rename":
            count = services.rename_speaker(row, name=said.get("name", ""), to=said.get("to", "")[:100])
        elif deed == "replace":
            wish = {"find": said.get("find", "")[:200], "replacement": said.get("replacement", "")[:200]}
            if not wish["find"]:
                raise Refused("transcript.find", _("Say what is to be found."))
            count = services.replace_text(row, match_case="match_case" in said, **wish)
        else:
            return self.do_to_itself(row, deed)
        return ngettext("%(count)s line changed.", "%(count)s lines changed.", count) % {"count": count}

    def do_to_itself(self, row: Transcript, deed: str) -> str:
        if deed == "publish":
            services.change_transcript(row, state=Transcript.State.PUBLISHED)
            return _("It is published, and the captions of the player.")
        if deed == "unpublish":
            services.change_transcript(row, state=Transcript.State.DRAFT)
            return _("It is a draft again.")
        if deed == "delete":
            services.delete_transcript(row)
            return _("The transcript is deleted. For a week it can be brought back.")
        if deed == "restore":
            services.restore_transcript(row)
            return _("The transcript is back.")
        raise Http404


class TakeAway(WordsPage):
    """The whole transcript as a file."""

    def get(self, request: HttpRequest, event: str, transcript: int, form: str) -> StreamingHttpResponse:
        if form not in files.TYPES:
            raise Http404
        row = self.transcript()
        lines = selectors.lines_of(row).iterator(chunk_size=1000)
        response = StreamingHttpResponse(files.write(lines, form), content_type=files.TYPES[form])
        name = selectors.saved_as(f"{row.asset.title if row.asset else row.stage_key} ({row.language})", form)
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response.headers["Cache-Control"] = "no-store"
        return response


class WordJobs(WordsPage):
    """What machines shall do for the transcripts of a film."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, key: str) -> HttpResponse:
        asset = self.asset()
        try:
            self.begin(asset)
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            self.say(_("It is begun. It stands here as soon as it is done."))
        return redirect(self.home(asset))

    def begin(self, asset: Asset) -> None:
        said, by = self.request.POST, self.person
        deed, language = said.get("do", ""), said.get("language", "")
        if deed == "speech":
            services.write_by_machine(asset, language=language, by=by)
        elif deed == "retry":
            services.retry_word_job(get_object_or_404(asset.word_jobs, pk=row_number(said.get("job"))))
        else:
            rows = selectors.transcripts(self.event, asset=asset)
            source = get_object_or_404(rows, pk=row_number(said.get("source")))
            if deed == "translation":
                services.translate_by_machine(source, language=language, by=by)
            elif deed == "burn":
                services.burn_in(source, by=by)
            else:
                raise Http404


class Burned(WordsPage):
    """To the film with captions in its picture, for a week; it is a film's original as much as the film itself."""

    access = Access.ORGANISER

    def get(self, request: HttpRequest, event: str, key: str, job: int) -> HttpResponse:
        try:
            found = selectors.burned(self.asset(), job)
        except WordJob.DoesNotExist as error:
            raise Http404 from error
        return redirect(selectors.burned_url(found))
