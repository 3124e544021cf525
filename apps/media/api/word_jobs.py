"""What machines shall do for the transcripts of a film, over HTTP, and how far they are."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventViewSet
from apps.events.doors.desk_calls import DeskCall
from apps.media import selectors, services
from apps.media.models import Asset, WordJob
from apps.media.serializers.word_jobs import WORD_JOB, WordJobIn, WordJobSerializer

AT_WORK = {409: ["words.at_work", "words.no_machine", "words.no_burn", "words.nothing", "transcript.exists"]}


class WordJobsView(ListModelMixin, EventViewSet):
    """What was begun for a film's transcripts, the newest first."""

    access = Access.MODERATOR
    area = Area.FILES
    serializer_class = WordJobSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[WordJob]:
        if getattr(self, "swagger_fake_view", False):
            return WordJob.objects.none()
        return get_object_or_404(self.event.assets, key=self.kwargs["key"]).word_jobs.all()


class WordJobCall(DeskCall):
    """For those who write transcripts: moderators too."""

    access = Access.MODERATOR
    area = Area.FILES

    def asset(self) -> Asset:
        found: Asset = get_object_or_404(self.event.assets.select_related("event"), key=self.kwargs["key"])
        return found


class DeskWordJobsView(WordJobCall):
    @documented(
        "word_job",
        takes=WordJobIn,
        gives=WordJobSerializer,
        status=201,
        example=WORD_JOB,
        refuses={**AT_WORK, 422: ["transcript.language"]},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Begins one: a transcript by machine, a translation, or a film with captions in its picture."""
        asset, wish = self.asset(), self.given(WordJobIn)
        if wish["kind"] == WordJob.Kind.SPEECH:
            job = services.write_by_machine(asset, language=wish["language"], by=self.by)
        else:
            source = get_object_or_404(selectors.transcripts(self.event, asset=asset), pk=wish.get("source"))
            if wish["kind"] == WordJob.Kind.TRANSLATION:
                job = services.translate_by_machine(source, language=wish["language"], by=self.by)
            else:
                job = services.burn_in(source, by=self.by)
        return Response(WordJobSerializer(job).data, status=201)


class DeskWordJobAgainView(WordJobCall):
    @documented(
        "word_job_again",
        takes=None,
        gives=WordJobSerializer,
        example=WORD_JOB,
        refuses={409: ["words.not_failed", "words.at_work"]},
    )
    def post(self, request: Request, event: str, key: str, job: int) -> Response:
        """Begins one again that failed."""
        found = get_object_or_404(self.asset().word_jobs, pk=job)
        services.retry_word_job(found)
        found.refresh_from_db()
        return Response(WordJobSerializer(found).data)
