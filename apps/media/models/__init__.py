"""Assets of an event (films, sound, documents, pictures), their upload, the jobs that make films playable, and what is
said in them."""

from apps.media.models.added_sounds import AddedSound, AddedSoundQuerySet
from apps.media.models.chapters import Chapter
from apps.media.models.contributions import GLIMPSE_SIZE, BackstageLine, Contribution
from apps.media.models.cuts import Cut
from apps.media.models.encodings import Encoding
from apps.media.models.files import Asset, KeptPicture, Leftover, Upload
from apps.media.models.folders import Folder
from apps.media.models.hearings import Hearing
from apps.media.models.jobs import JobQuerySet, TranscodeJob
from apps.media.models.pages import DocumentPages
from apps.media.models.preparing import FileJob
from apps.media.models.shelf import ShelfFile
from apps.media.models.stored import StoredFile
from apps.media.models.streams import Brought, Input, Recording, Segment, Stream, StreamKey, Take
from apps.media.models.transcripts import CaptionKey, Line, Transcript
from apps.media.models.versions import AssetVersion
from apps.media.models.watching import Watched, WatchedMinute
from apps.media.models.word_jobs import WordJob

__all__ = [
    "GLIMPSE_SIZE",
    "AddedSound",
    "AddedSoundQuerySet",
    "Asset",
    "AssetVersion",
    "BackstageLine",
    "Brought",
    "CaptionKey",
    "Chapter",
    "Contribution",
    "Cut",
    "DocumentPages",
    "Encoding",
    "FileJob",
    "Folder",
    "Hearing",
    "Input",
    "JobQuerySet",
    "KeptPicture",
    "Leftover",
    "Line",
    "Recording",
    "Segment",
    "ShelfFile",
    "StoredFile",
    "Stream",
    "StreamKey",
    "Take",
    "TranscodeJob",
    "Transcript",
    "Upload",
    "Watched",
    "WatchedMinute",
    "WordJob",
]
