"""Machines at work on transcripts: a whisper of the same interface, Amazon by the shapes of botocore, a real ffmpeg."""

import json
import wave
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from apps.core import clock
from apps.core.errors import Refused
from apps.media import selectors, services
from apps.media.adapters import burn, probe, speech, translation
from apps.media.adapters.speech import amazon, whisper
from apps.media.models import Asset, Leftover, Transcript, WordJob
from apps.media.registry import store
from apps.media.services import leases, word_jobs
from tests.factories.media import TranscriptFactory, VideoFactory
from tests.media.conftest import make, tone

pytestmark = pytest.mark.django_db
RESULT = {
    "results": {
        "items": [
            {"type": "pronunciation", "start_time": "0.5", "end_time": "0.9", "speaker_label": "spk_0",
             "alternatives": [{"content": "Eleven"}]},
            {"type": "pronunciation", "start_time": "0.9", "end_time": "1.4", "speaker_label": "spk_0",
             "alternatives": [{"content": "mayors"}]},
            {"type": "punctuation", "alternatives": [{"content": "."}]},
            {"type": "pronunciation", "start_time": "1.5", "end_time": "2.0", "speaker_label": "spk_1",
             "alternatives": [{"content": "Indeed"}]},
        ]
    }
}  # fmt: skip


@pytest.fixture
def film(event):
    return VideoFactory(event=event, state="ready", seconds=8)


@pytest.fixture(scope="session")
def spoken(films):
    """Two seconds in which something is heard."""
    return make(films / "spoken.mp3", *tone(2))


def put(tmp_path, film, content=b"film"):
    film.original = f"assets/{film.key}/original"
    film.save()
    path = tmp_path / "original"
    path.write_bytes(content)
    store().put(path, film.original, content_type="video/mp4")


class Whisper:
    def transcribe(self, path, *, language, vad_filter, condition_on_previous_text):
        assert language == "en"
        with wave.open(path) as file:  # nothing that it would have to guess
            assert (file.getnchannels(), file.getframerate(), file.getnframes() > 16_000) == (1, 16_000, True)
        said = ((0.5, 1.4, " Eleven mayors. "), (1.5, 2.0, " "), (2.0, 3.0, "Indeed."))
        return (SimpleNamespace(start=start, end=end, text=text) for start, end, text in said), None


@pytest.fixture
def whispering(settings, tmp_path, monkeypatch):
    settings.WHISPER_MODEL = str(tmp_path)
    monkeypatch.setattr(speech, "engine", lambda: "whisper")
    monkeypatch.setattr(whisper.transcribe, "__kwdefaults__", {"load": lambda _path: Whisper()})


def test_whisper_writes_a_draft(film, disk, tmp_path, spoken, whispering, sent):
    put(tmp_path, film, spoken.read_bytes())
    job = services.write_by_machine(film, language="en")
    assert services.run_word_job(job.pk)
    made = Transcript.objects.get()
    assert (made.origin, made.state) == ("machine", "draft")
    assert [(line.begins, line.text) for line in selectors.lines_of(made)] == [
        (500, "Eleven mayors."),
        (2000, "Indeed."),
    ]
    assert not services.run_word_job(job.pk)


def test_nothing_is_offered_where_no_machine_is(film, event, organiser, enter):
    with pytest.raises(Refused) as caught:
        services.write_by_machine(film, language="en")
    assert caught.value.code == "words.no_machine"
    page = enter(organiser).get(f"/e/freshet/transcripts/of/{film.key}/")
    assert (page.context["machines"]["speech"], "Write a transcript by machine" in page.content.decode()) == ("", False)


def test_the_same_is_not_begun_twice(film, whispering, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = services.write_by_machine(film, language="en")
    with pytest.raises(Refused) as caught:
        services.write_by_machine(film, language="en")
    assert (caught.value.code, sent) == ("words.at_work", [("media.words", (job.pk,))])


def test_a_killed_workers_job_is_taken_up_again_and_the_dead_one_writes_nothing(
    film, disk, tmp_path, spoken, whispering
):
    put(tmp_path, film, spoken.read_bytes())
    job = services.write_by_machine(film, language="en")
    dead = word_jobs._claim(job.pk)
    assert word_jobs._claim(job.pk) is None
    WordJob.objects.update(leased_until=clock.now() - word_jobs.LEASE)
    assert services.run_word_job(job.pk)
    with pytest.raises(word_jobs.LeaseLost):
        leases.change_held(dead, progress=50)
    assert Transcript.objects.count() == 1


def test_what_is_missing_fails_with_a_sentence_and_is_begun_again(film, disk, whispering):
    film.original = "assets/nowhere/original"
    film.save()
    job = services.write_by_machine(film, language="en")
    assert not services.run_word_job(job.pk)
    job.refresh_from_db()
    assert (job.state, selectors.word_reason(job.error)) == (
        "failed", "The film is no longer in storage. Bring it again.",
    )  # fmt: skip
    services.retry_word_job(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("waiting", 0, "")


def test_playlist_in_a_songs_clothes_is_not_opened(film, disk, tmp_path, spoken, whispering):
    """Who is asked to guess passes over an ID3 tag, and what follows it may be a list of addresses."""
    addresses = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"
    put(tmp_path, film, b"ID3\x04\0\0\0\0\0\0" + addresses + spoken.read_bytes())
    job = services.write_by_machine(film, language="en")
    assert services.run_word_job(job.pk)


def test_film_without_sound_says_nothing(film, disk, tmp_path, small_clip, whispering):
    put(tmp_path, film, small_clip.read_bytes())
    job = services.write_by_machine(film, language="en")
    assert not services.run_word_job(job.pk)
    assert WordJob.objects.get().error == "nothing-said"


def test_what_nobody_can_read_fails_at_once(film, disk, tmp_path, whispering):
    put(tmp_path, film, b"<!doctype html>")
    job = services.write_by_machine(film, language="en")
    assert not services.run_word_job(job.pk)
    assert WordJob.objects.get().error == "unreadable"


def test_machine_hears_and_burns_a_part_that_was_cut(disk, small_film, playable, whispering):
    whole = playable(small_film)
    part = services.cut_asset(whole, begins=5, ends=11, title="Maps")
    job = services.write_by_machine(part, language="en")
    assert services.run_word_job(job.pk)
    if burn.is_there():
        job = services.burn_in(part.transcripts.get())
        assert services.run_word_job(job.pk)
        job.refresh_from_db()
        found = probe.inspect(store().root / job.file, demuxer="mov")
        assert (found.duration, len(found.sounds)) == (pytest.approx(8, abs=0.3), 1)


@pytest.fixture
def stubbed(monkeypatch):
    def stub(adapter, name):
        client = boto3.client(name, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
        stubber = Stubber(client)
        stubber.activate()
        monkeypatch.setattr(adapter, "client", lambda: client)
        return stubber

    return stub


def test_amazon_is_begun_once_asked_and_read_from_our_bucket(film, bucket, settings, tmp_path, stubbed):
    settings.AMAZON_SPEECH = True
    put(tmp_path, film)
    job = services.write_by_machine(film, language="en")
    remote = f"plenary-{film.key}-{job.pk}"
    stub = stubbed(amazon, "transcribe")
    named = {"TranscriptionJobName": remote}
    stub.add_response(
        "start_transcription_job",
        {"TranscriptionJob": named},
        {
            **named,
            "LanguageCode": "en-US",
            "MediaFormat": "mp4",
            "Media": {"MediaFileUri": f"s3://{settings.AWS_STORAGE_BUCKET_NAME}/{film.original}"},
            "OutputBucketName": settings.AWS_STORAGE_BUCKET_NAME,
            "OutputKey": f"speech/{remote}.json",
            "Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 10},
        },
    )
    for status in ("IN_PROGRESS", "COMPLETED"):
        told = {"TranscriptionJob": {**named, "TranscriptionJobStatus": status}}
        stub.add_response("get_transcription_job", told, named)
    stub.add_response("delete_transcription_job", {}, named)

    assert not services.run_word_job(job.pk)
    assert WordJob.objects.get().remote == remote
    result = tmp_path / "result.json"
    result.write_text(json.dumps(RESULT))
    store().put(result, f"speech/{remote}.json", content_type="application/json")
    for done in (False, True):
        WordJob.objects.update(not_before=clock.now())
        assert services.run_word_job(job.pk) is done
    stub.assert_no_pending_responses()
    lines = selectors.lines_of(Transcript.objects.get())
    assert [(line.begins, line.ends, line.speaker, line.text) for line in lines] == [
        (500, 1400, "Speaker 0", "Eleven mayors."),
        (1500, 2000, "Speaker 1", "Indeed"),
    ]


@pytest.mark.parametrize(("kind", "size"), [("video/quicktime", 10), ("video/mp4", 3 * 1000**3)])
def test_amazon_is_lent_the_sound_of_what_it_does_not_take(
    film, bucket, settings, tmp_path, spoken, stubbed, kind, size
):
    settings.AMAZON_SPEECH = True
    put(tmp_path, film, spoken.read_bytes())
    Asset.every.filter(pk=film.pk).update(content_type=kind, size=size)
    job = services.write_by_machine(film, language="en")
    stub, asked = stubbed(amazon, "transcribe"), {}
    stub.client.meta.events.register(
        "provide-client-params.transcribe.StartTranscriptionJob", lambda params, **_kwargs: asked.update(params)
    )
    stub.add_response("start_transcription_job", {"TranscriptionJob": {}})
    assert not services.run_word_job(job.pk)
    stub.assert_no_pending_responses()
    name = asked["Media"]["MediaFileUri"].removeprefix(f"s3://{settings.AWS_STORAGE_BUCKET_NAME}/")
    assert (asked["MediaFormat"], store().read(name, 0, 4)) == ("wav", b"RIFF")
    owed = Leftover.objects.get()
    assert name.startswith(f"{owed.folder}/")
    assert owed.due_at > clock.now() + word_jobs.LONGEST


def test_amazon_is_not_waited_for_for_ever(film, settings, bucket, tmp_path, stubbed):
    settings.AMAZON_SPEECH = True
    job = services.write_by_machine(film, language="en")
    WordJob.objects.update(remote="plenary-x", begun_at=clock.now() - word_jobs.LONGEST * 2)
    told = {"TranscriptionJob": {"TranscriptionJobName": "plenary-x", "TranscriptionJobStatus": "QUEUED"}}
    stubbed(amazon, "transcribe").add_response("get_transcription_job", told, {"TranscriptionJobName": "plenary-x"})
    assert not services.run_word_job(job.pk)
    assert WordJob.objects.get().error == "speech-late"


def answers(stub, *pairs):
    for text, translated in pairs:
        asked = {"Text": text, "SourceLanguageCode": "en", "TargetLanguageCode": "de"}
        told = {"TranslatedText": translated, "SourceLanguageCode": "en", "TargetLanguageCode": "de"}
        stub.add_response("translate_text", told, asked)


def test_translation_keeps_times_and_speakers(film, settings, stubbed):
    settings.AMAZON_TRANSLATION = True
    source = TranscriptFactory(asset=film, said=["Eleven mayors.", "Two\nrivers."])
    source.lines.update(speaker="Ada")
    answers(stubbed(translation, "translate"), ("Eleven mayors.\nTwo rivers.", "Elf Bürgermeister.\nZwei Flüsse."))
    job = services.translate_by_machine(source, language="de")
    assert services.run_word_job(job.pk)
    lines = selectors.lines_of(Transcript.objects.get(language="de"))
    assert [(line.begins, line.speaker, line.text) for line in lines] == [
        (0, "Ada", "Elf Bürgermeister."),
        (2000, "Ada", "Zwei Flüsse."),
    ]


def test_lines_that_were_run_together_are_translated_one_by_one(stubbed):
    answers(stubbed(translation, "translate"), ("One\nTwo", "Eins zwei"), ("One", "Eins"), ("Two", "Zwei"))
    assert translation.translate(["One", "Two"], source="en", target="de", beat=lambda _n: None) == ["Eins", "Zwei"]


def test_translation_goes_in_bounded_pieces():
    pieces = list(translation.batches(["a" * 2000] * 5 + ["b"] * 60))
    assert [len(piece) for piece in pieces] == [2, 2, 40, 21]
    assert all(len("\n".join(piece).encode()) <= translation.MOST_BYTES for piece in pieces)


@pytest.mark.skipif(not burn.is_there(), reason="this ffmpeg was built without libass")
def test_captions_are_burned_into_the_picture(film, disk, tmp_path, clip, organiser, moderator, enter):
    put(tmp_path, film, clip.read_bytes())
    source = TranscriptFactory(asset=film, said=["Eleven mayors and eleven maps."])
    job = services.burn_in(source)
    assert services.run_word_job(job.pk)
    job.refresh_from_db()
    assert store().size(job.file) > 10_000
    assert Leftover.objects.get(folder=job.file.rpartition("/")[0]).due_at == job.keep_until
    url = f"/e/freshet/transcripts/of/{film.key}/burned/{job.pk}/"
    assert (enter(organiser).get(url).status_code, enter(moderator).get(url).status_code) == (302, 403)
    WordJob.objects.update(keep_until=clock.now())
    assert enter(organiser).get(url).status_code == 404


def test_jobs_are_begun_and_begun_again_by_call(film, moderator, enter, whispering, sent):
    client, api = enter(moderator), "/api/v1/events/freshet"
    begun = client.post(f"{api}/desk/assets/{film.key}/word-jobs/", {"kind": "speech", "language": "en"})
    assert (begun.status_code, begun.json()["state"]) == (201, "waiting")
    again = f"{api}/desk/assets/{film.key}/word-jobs/{begun.json()['id']}/again/"
    assert client.post(again).json()["code"] == "words.not_failed"
    WordJob.objects.update(state="failed", error="speech-late")
    [row] = client.get(f"{api}/assets/{film.key}/word-jobs/").json()["results"]
    assert row["reason"] == "The machine did not answer within six hours. Try again."
    assert client.post(again).json()["state"] == "waiting"
