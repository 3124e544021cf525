"""MediaConvert behind the same job row: what it is asked for fits its own model, and what it made is listed."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import BytesIO

import botocore.session
import pytest
from botocore.stub import ANY, Stubber
from botocore.validate import ParamValidator
from django.test import override_settings
from PIL import Image, ImageStat

from apps.core import clock
from apps.media import registry, selectors, services
from apps.media.adapters import ladder, mediaconvert
from apps.media.adapters.probe import Sound, Source
from apps.media.models import Encoding, Leftover, TranscodeJob
from events_platform.parts import MediaConvert

ROLE = "arn:aws:iam::123456789012:role/plenary-convert"
SOUNDS = (Sound(1, "en"), Sound(2, "de", role="interpreted", number=2))
FILM = Source(60, 1920, 1080, Fraction(30000, 1001), 0, SOUNDS, "mov")
REPORTS = botocore.session.get_session().get_service_model("mediaconvert").operation_model("CreateJob").input_shape


def settings_of(source):
    return mediaconvert.job_settings(source, ladder.choose(source), read="s3://in/film", write="s3://in/encodings/x")


@pytest.mark.parametrize(
    "source",
    [
        FILM,
        replace(FILM, is_interlaced=True, hdr="smpte2084"),
        replace(FILM, sounds=()),
        replace(FILM, width=0, height=0, video_stream=-1),
        replace(FILM, width=608, height=1080, fps=Fraction(60)),
        replace(FILM, width=64, height=36, fps=Fraction(1)),
    ],
)
def test_what_is_asked_for_fits_the_services_own_model(source):
    asked = {"Role": ROLE, "Settings": settings_of(source)}
    report = ParamValidator().validate(asked, REPORTS)
    assert not report.has_errors(), report.generate_report()
    for value, shape in values_of(asked, REPORTS):
        assert value in shape.enum


def values_of(value, shape):
    """Each word that must be one of a list, which the validator does not look at."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from values_of(inner, shape.members[name])
    elif shape.type_name == "list":
        for inner in value:
            yield from values_of(inner, shape.member)
    elif shape.type_name == "map":
        for inner in value.values():
            yield from values_of(inner, shape.value)
    elif getattr(shape, "enum", None):
        yield value, shape


def test_key_frames_lie_together_in_all_rungs():
    groups = settings_of(FILM)["OutputGroups"]
    assert [group["Name"] for group in groups] == ["240p", "360p", "480p", "720p", "1080p", "sound", "sound-2"]
    codecs = [group["Outputs"][0]["VideoDescription"]["CodecSettings"]["H264Settings"] for group in groups[:5]]
    assert {(c["GopSize"], c["FramerateNumerator"], c["SceneChangeDetect"]) for c in codecs} == {
        (120.0, 30000, "DISABLED")
    }


@pytest.fixture(scope="module")
def service():
    """Made once: the description of what MediaConvert can do takes a second to read."""
    with pytest.MonkeyPatch.context() as patch, override_settings(AWS_S3_REGION_NAME="eu-west-1"):
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        return mediaconvert.MediaConvert()


@pytest.fixture
def convert(monkeypatch, bucket, settings, service):
    """MediaConvert's client, whose answers are written down beforehand."""
    settings.MEDIACONVERT = MediaConvert(ROLE)
    settings.AWS_S3_REGION_NAME = "eu-west-1"
    monkeypatch.setattr(mediaconvert, "service", lambda: service)
    with Stubber(service.client) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def handed_over(convert, event, talk, sent):
    convert.add_response(
        "create_job",
        {"Job": {"Id": "77-abc", "Role": ROLE, "Settings": {}}},
        {"Role": ROLE, "Settings": ANY, "ClientRequestToken": ANY, "StatusUpdateInterval": "SECONDS_30"},
    )
    asset = services.ingest_file(event, talk, title="Eleven towns")
    assert not services.run_job(asset.job.pk)
    asset.job.refresh_from_db()
    return asset


def answer(convert, **job):
    convert.add_response("get_job", {"Job": {"Role": ROLE, "Settings": {}, **job}}, {"Id": "77-abc"})


def write(folder, rendition, *, says_rate):
    """What MediaConvert would lay there."""
    names = ("media_v_000000001.cmfv", "media_v_000000002.cmfv")
    lines = ["#EXTM3U", '#EXT-X-MAP:URI="media_vinit.cmfv"']
    for name, seconds in zip(names, ("4.0", "1.0"), strict=True):
        lines += [f"#EXTINF:{seconds},", name]
    put(f"{folder}/{rendition}/media_v.m3u8", "\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    said = "#EXT-X-STREAM-INF:BANDWIDTH=410000,AVERAGE-BANDWIDTH=300000\nmedia_v.m3u8\n" if says_rate else ""
    put(f"{folder}/{rendition}/media.m3u8", f"#EXTM3U\n{said}")


def put(name, text):
    at = registry.store()
    at.client.put_object(Bucket=at.bucket, Key=name, Body=text.encode())


def test_a_film_is_handed_over_and_no_worker_waits(handed_over):
    job = handed_over.job
    assert (job.state, job.remote["id"], job.leased_until) == ("running", "77-abc", None)
    assert services.requeue_jobs() == 0
    assert not Encoding.objects.exists()


def test_progress_is_asked_for_and_the_result_is_listed(handed_over, convert):
    answer(convert, Status="PROGRESSING", JobPercentComplete=50)
    assert services.poll_conversions() == 0
    assert selectors.progress(handed_over.event_id, handed_over.pk)["percent"] == 52

    folder = f"encodings/{handed_over.job.remote['encoding']['key']}"
    write(folder, "240p", says_rate=True)
    write(folder, "sound", says_rate=False)
    answer(convert, Status="COMPLETE")
    assert services.poll_conversions() == 1
    handed_over.refresh_from_db()
    made = handed_over.encoding
    assert (handed_over.state, made.seconds, made.folder) == ("ready", 5.0, folder)
    assert [(one["name"], one["peak"], one["average"]) for one in (*made.rungs, *made.sounds)] == [
        ("240p", 410_000, 300_000),
        ("sound", 128_000, 128_000),
    ]
    assert registry.store().size(made.poster) > 100
    assert registry.store().size(made.waveform) > 10
    assert "#xywh=640,0,160,90" in selectors.storyboard_file(made)
    sheet = Image.open(BytesIO(registry.store().read(f"{folder}/storyboard-1.jpg", 0, 2**20)))
    assert max(ImageStat.Stat(sheet.crop((640, 0, 800, 90))).mean) > 40  # the fifth second has its picture
    assert "media_v_000000002.cmfv" in selectors.rung_playlist(made, "240p")
    assert not Leftover.objects.exists()
    assert services.poll_conversions() == 0


def test_a_round_has_it_asked_where_there_is_anything_to_ask(handed_over, sent):
    sent.clear()
    assert services.ask_for_poll()
    assert sent == [("media.poll_conversions", ())]
    services.cancel_transcode(handed_over)
    assert not services.ask_for_poll()


def test_what_it_could_not_convert_fails(handed_over, convert):
    answer(convert, Status="ERROR", ErrorCode=1030, ErrorMessage="Video codec is not supported")
    assert services.poll_conversions() == 1
    handed_over.refresh_from_db()
    assert (handed_over.state, handed_over.error) == ("failed", "failed")
    assert "1030: Video codec is not supported" in handed_over.job.detail


def test_a_result_that_is_not_there_is_not_listed(handed_over, convert):
    answer(convert, Status="COMPLETE")
    assert services.poll_conversions() == 1
    handed_over.refresh_from_db()
    assert handed_over.state == "failed"
    assert not Encoding.objects.exists()


def test_an_answer_that_does_not_come_is_asked_for_again(handed_over, convert):
    convert.add_client_error("get_job", "TooManyRequestsException")
    assert services.poll_conversions() == 0
    handed_over.refresh_from_db()
    assert handed_over.state == "processing"


def test_after_half_a_day_nobody_waits_any_more(handed_over, convert, sent, django_capture_on_commit_callbacks):
    TranscodeJob.objects.update(started_at=clock.now() - timedelta(hours=13))
    answer(convert, Status="PROGRESSING", JobPercentComplete=10)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.poll_conversions() == 1
    handed_over.refresh_from_db()
    assert (handed_over.state, handed_over.error) == ("failed", "stopped")
    assert ("media.end_conversion", ("77-abc",)) in sent


def test_what_is_stopped_here_is_stopped_there(handed_over, convert, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_transcode(handed_over)
    assert ("media.end_conversion", ("77-abc",)) in sent
    convert.add_response("cancel_job", {}, {"Id": "77-abc"})
    services.end_conversion("77-abc")
    assert services.poll_conversions() == 0
