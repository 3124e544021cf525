"""Routes of media: playback, downloads, files of a disk store, and the API."""

from django.urls import path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes, organisation_routes
from apps.events.doors.desk_tables import table_routes
from apps.media.api import (
    added_sounds,
    captions,
    chapters,
    cuts,
    files,
    library,
    shelf,
    streams,
    transcripts,
    uploads,
    watching,
    word_jobs,
)
from apps.media.views import captions as caption_pages
from apps.media.views import files as file_pages
from apps.media.views import live, pages, playing, reading, simulive, writing

AS_LIVE = "streams/<str:signature>/<str:key>/<str:plan>"

app_name = "media"
urlpatterns = [
    path("e/<slug:event>/media/<str:key>/master.m3u8", playing.Master.as_view(), name="master"),
    path(
        "e/<slug:event>/media/<str:key>/live/<str:plan>/master.m3u8", simulive.Master.as_view(), name="simulive-master"
    ),
    path("e/<slug:event>/media/<str:key>/<slug:rung>.m3u8", playing.Rung.as_view(), name="rung"),
    path("e/<slug:event>/media/<str:key>/captions/<int:number>.vtt", playing.Captions.as_view(), name="captions"),
    path("e/<slug:event>/media/<str:key>/words/<slug:words>.m3u8", playing.Words.as_view(), name="words"),
    path("e/<slug:event>/media/<str:key>/storyboard.vtt", playing.Storyboard.as_view(), name="storyboard"),
    path(
        "e/<slug:event>/media/<str:key>/transcripts/<str:words>.vtt",
        reading.TranscriptFile.as_view(),
        name="transcript_file",
    ),
    path("e/<slug:event>/media/<str:key>/watch/", reading.Watch.as_view(), name="watch"),
    path("e/<slug:event>/said/", reading.Said.as_view(), name="said"),
    path("e/<slug:event>/transcripts/", writing.Transcripts.as_view(), name="transcripts"),
    path("e/<slug:event>/transcripts/of/<str:key>/", writing.OfAsset.as_view(), name="transcripts_of"),
    path("e/<slug:event>/transcripts/of/<str:key>/machine/", writing.WordJobs.as_view(), name="word_jobs"),
    path("e/<slug:event>/transcripts/of/<str:key>/burned/<int:job>/", writing.Burned.as_view(), name="burned"),
    path("e/<slug:event>/transcripts/<int:transcript>/", writing.Editor.as_view(), name="transcript"),
    path("e/<slug:event>/transcripts/<int:transcript>/deed/", writing.Deed.as_view(), name="transcript_deed"),
    path(
        "e/<slug:event>/transcripts/<int:transcript>/file.<slug:form>",
        writing.TakeAway.as_view(),
        name="transcript_take",
    ),
    path("e/<slug:event>/captions/<slug:kind>/<int:number>/", caption_pages.Captioner.as_view(), name="captioner"),
    path("e/<slug:event>/media/<str:key>/file", file_pages.Download.as_view(), name="download"),
    path("e/<slug:event>/media/live/<str:key>/master.m3u8", live.Master.as_view(), name="live"),
    path("streams/authorise/", live.Authorise.as_view(), name="authorise"),
    path("streams/<str:signature>/<str:key>/<slug:rung>.m3u8", live.Rung.as_view(), name="live-rung"),
    path(f"{AS_LIVE}/words/<slug:words>/<int:at>.vtt", simulive.Piece.as_view(), name="simulive-piece"),
    path(f"{AS_LIVE}/<path:name>.m3u8", simulive.List.as_view(), name="simulive-list"),
    path("e/<slug:event>/media/<str:key>/pages/", pages.Pages.as_view(), name="pages"),
    path("files/part/<str:signed>", file_pages.LocalPart.as_view(), name="part"),
    path("files/<str:signature>/<path:name>", file_pages.LocalFile.as_view(), name="file"),
]

api_urlpatterns = [
    path("events/<slug:event>/uploads/", uploads.UploadsView.as_view(), name="uploads"),
    path("events/<slug:event>/uploads/<str:key>/", uploads.UploadView.as_view(), name="upload"),
    path("events/<slug:event>/uploads/<str:key>/parts/", uploads.UploadPartsView.as_view(), name="upload-parts"),
    path(
        "events/<slug:event>/uploads/<str:key>/complete/",
        uploads.UploadCompleteView.as_view(),
        name="upload-complete",
    ),
    path("events/<slug:event>/assets/", files.AssetsView.as_view({"get": "list"}), name="assets"),
    path("events/<slug:event>/assets/<str:key>/", files.AssetsView.as_view({"get": "retrieve"}), name="asset"),
    path("events/<slug:event>/transcripts/", transcripts.TranscriptsView.as_view({"get": "list"}), name="transcripts"),
    path(
        "events/<slug:event>/transcripts/<int:transcript>/",
        transcripts.TranscriptsView.as_view({"get": "retrieve"}),
        name="transcript",
    ),
    path(
        "events/<slug:event>/transcripts/<int:transcript>/lines/",
        transcripts.TranscriptLinesView.as_view({"get": "list"}),
        name="transcript-lines",
    ),
    path(
        "events/<slug:event>/assets/<str:key>/word-jobs/",
        word_jobs.WordJobsView.as_view({"get": "list"}),
        name="word-jobs",
    ),
    path("events/<slug:event>/said/", transcripts.SaidView.as_view(), name="said"),
    path("events/<slug:event>/captions/", captions.CaptionPushView.as_view(), name="caption-push"),
    *desk_routes(
        ("assets/<str:key>/word-jobs/", word_jobs.DeskWordJobsView, "word-jobs"),
        ("assets/<str:key>/word-jobs/<int:job>/again/", word_jobs.DeskWordJobAgainView, "word-job-again"),
        ("captions/<slug:kind>/<int:number>/", captions.DeskCaptionsView, "captions"),
        ("captions/<slug:kind>/<int:number>/key/", captions.DeskCaptionKeyView, "caption-key"),
        ("captions/<slug:kind>/<int:number>/machine/", captions.DeskCaptionMachineView, "caption-machine"),
        ("transcripts/", transcripts.DeskTranscriptsView, "transcripts"),
        ("transcripts/<int:transcript>/", transcripts.DeskTranscriptView, "transcript"),
        ("transcripts/<int:transcript>/restore/", transcripts.DeskTranscriptRestoreView, "transcript-restore"),
        ("transcripts/<int:transcript>/lines/", transcripts.DeskTranscriptLinesView, "transcript-lines"),
        ("transcripts/<int:transcript>/lines/<int:line>/", transcripts.DeskTranscriptLineView, "transcript-line"),
        (
            "transcripts/<int:transcript>/lines/<int:line>/split/",
            transcripts.DeskTranscriptLineSplitView,
            "transcript-line-split",
        ),
        (
            "transcripts/<int:transcript>/lines/<int:line>/join/",
            transcripts.DeskTranscriptLineJoinView,
            "transcript-line-join",
        ),
        ("transcripts/<int:transcript>/shift/", transcripts.DeskTranscriptShiftView, "transcript-shift"),
        ("transcripts/<int:transcript>/speaker/", transcripts.DeskTranscriptSpeakerView, "transcript-speaker"),
        ("transcripts/<int:transcript>/replace/", transcripts.DeskTranscriptReplaceView, "transcript-replace"),
    ),
    *desk_routes(
        ("assets/<str:key>/", files.DeskAssetView, "asset"),
        ("assets/<str:key>/again/", files.DeskAssetAgainView, "asset-again"),
        ("assets/<str:key>/stop/", files.DeskAssetStopView, "asset-stop"),
        ("assets/<str:key>/cuts/", cuts.DeskAssetCutsView, "asset-cuts"),
        ("assets/<str:key>/chapters/", chapters.DeskChaptersView, "asset-chapters"),
        ("assets/<str:key>/sounds/", added_sounds.DeskAssetSoundsView, "asset-sounds"),
        ("assets/<str:key>/sounds/<int:sound>/", added_sounds.DeskAssetSoundView, "asset-sound"),
        ("assets/<str:key>/sounds/<int:sound>/again/", added_sounds.DeskAssetSoundAgainView, "asset-sound-again"),
        ("assets/<str:key>/watched/", watching.DeskWatchedView, "asset-watched"),
    ),
    path("events/<slug:event>/streams/", streams.StreamsView.as_view(), name="streams"),
    path("events/<slug:event>/streams/<str:key>/", streams.StreamView.as_view(), name="stream"),
    *desk_routes(
        ("streams/", streams.DeskStreamsView, "streams"),
        ("streams/<str:key>/", streams.DeskStreamView, "stream"),
        ("streams/<str:key>/end/", streams.DeskStreamEndView, "stream-end"),
        ("streams/<str:key>/open/", streams.DeskStreamOpenView, "stream-open"),
        ("streams/<str:key>/keys/", streams.DeskStreamKeysView, "stream-keys"),
        ("streams/<str:key>/keys/<slug:which>/", streams.DeskStreamKeyView, "stream-key"),
        ("streams/<str:key>/recordings/", streams.DeskStreamRecordingsView, "stream-recordings"),
        ("assets/<str:key>/keep/", shelf.DeskAssetKeepView, "asset-keep"),
        ("assets/<str:key>/replacement/", library.DeskAssetReplacementView, "asset-replacement"),
        ("assets/<str:key>/uses/", library.DeskAssetUsesView, "asset-uses"),
        ("assets/<str:key>/versions/", library.DeskAssetVersionsView, "asset-versions"),
        ("assets/<str:key>/versions/<int:version>/", library.DeskAssetVersionView, "asset-version"),
        ("folders/", library.DeskFoldersView, "folders"),
        ("folders/<int:folder>/", library.DeskFolderView, "folder"),
        ("shelf/", shelf.DeskTakeView, "shelf"),
        ("trash/", library.DeskTrashView, "trash"),
        ("trash/<str:key>/", library.DeskTrashedView, "trashed"),
    ),
    *organisation_routes(
        ("shelf/", shelf.ShelfView, "shelf"),
        ("shelf/<str:key>/", shelf.ShelvedView, "shelved"),
    ),
    *table_routes(Area.FILES, assets="media.asset", folders="media.folder", streams="media.stream"),
]
