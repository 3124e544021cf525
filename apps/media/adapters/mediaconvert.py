"""AWS MediaConvert makes the ladder instead of our ffmpeg: the same rungs and loudness, from bucket to bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.media.adapters import ladder, sound
from apps.media.adapters.probe import Source

FILE = "media"
MODIFIER = "_v"
PLAYLIST = f"{FILE}{MODIFIER}.m3u8"
MASTER = f"{FILE}.m3u8"
"""What MediaConvert calls a rendition's playlist, and the one above it, in the rendition's folder."""
OPEN_STATES = {"SUBMITTED", "PROGRESSING"}


@dataclass(frozen=True)
class Look:
    """How far a job is; `state` is open, done or failed."""

    state: str
    percent: int = 0
    detail: str = ""


class MediaConvert:
    """Credentials and region are boto3's own, as for the bucket."""

    def __init__(self) -> None:
        import boto3  # noqa: PLC0415 - takes a second to import
        from botocore.config import Config  # noqa: PLC0415

        self.client: Any = boto3.client(
            "mediaconvert",
            region_name=settings.AWS_S3_REGION_NAME,
            config=Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"}),
        )

    def start(self, job: dict[str, Any], *, role: str, queue: str, token: str) -> str:
        """Its id. A second call with the same token makes no second job."""
        asked: dict[str, Any] = {
            "Role": role,
            "Settings": job,
            "ClientRequestToken": token,
            "StatusUpdateInterval": "SECONDS_30",
        }
        if queue:
            asked["Queue"] = queue
        return str(self.client.create_job(**asked)["Job"]["Id"])

    def look(self, job_id: str) -> Look:
        job = self.client.get_job(Id=job_id)["Job"]
        if job["Status"] == "COMPLETE":
            return Look("done", 100)
        if job["Status"] in OPEN_STATES:
            return Look("open", int(job.get("JobPercentComplete", 0)))
        return Look("failed", detail=f"{job['Status']} {job.get('ErrorCode', '')}: {job.get('ErrorMessage', '')}")

    def cancel(self, job_id: str) -> None:
        self.client.cancel_job(Id=job_id)


def service() -> MediaConvert:
    return MediaConvert()


def job_settings(source: Source, rungs: Sequence[ladder.Rung], *, read: str, write: str) -> dict[str, Any]:
    """`Settings` of CreateJob: from the file at `read` (s3://…) into folders below `write`, one a rendition.

    An output group of its own for each rendition puts it where our own ladder puts it. What must be equal in all of
    them for key frames to lie together (rate, length of a group, no others at a change of scene) is equal.
    """
    groups = [_group(rung.name, write, {"VideoDescription": _video(source, rung)}) for rung in rungs]
    for n, name in enumerate(ladder.sound_names(source.sounds)):
        groups.append(_group(name, write, {"AudioDescriptions": [_audio(_selector(n))]}))
    selectors = {
        _selector(n): {
            "SelectorType": "TRACK",
            "Tracks": [track.number],
            "DefaultSelection": "DEFAULT" if n == 0 else "NOT_DEFAULT",
        }
        for n, track in enumerate(source.sounds)
    }
    taken: dict[str, Any] = {"FileInput": read, "TimecodeSource": "ZEROBASED", "AudioSelectors": selectors}
    if rungs:
        taken["VideoSelector"] = {"Rotate": "AUTO"}
    return {"TimecodeConfig": {"Source": "ZEROBASED"}, "Inputs": [taken], "OutputGroups": groups}


def _selector(n: int) -> str:
    return f"Audio Selector {n + 1}"


def _group(name: str, write: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": name,
        "OutputGroupSettings": {
            "Type": "CMAF_GROUP_SETTINGS",
            "CmafGroupSettings": {
                "Destination": f"{write}/{name}/{FILE}",
                "WriteHlsManifest": "ENABLED",
                "WriteDashManifest": "DISABLED",
                "SegmentControl": "SEGMENTED_FILES",
                "SegmentLength": ladder.SEGMENT_SECONDS,
                "FragmentLength": ladder.SEGMENT_SECONDS,
                "SegmentLengthControl": "GOP_MULTIPLE",
                "ManifestDurationFormat": "FLOATING_POINT",
                "TargetDurationCompatibilityMode": "SPEC_COMPLIANT",
                "CodecSpecification": "RFC_6381",
            },
        },
        "Outputs": [{"NameModifier": MODIFIER, "ContainerSettings": {"Container": "CMFC"}, **described}],
    }


def _video(source: Source, rung: ladder.Rung) -> dict[str, Any]:
    described: dict[str, Any] = {
        "Width": rung.width,
        "Height": rung.height,
        "ScalingBehavior": "STRETCH_TO_OUTPUT",  # the shape is the source's own, with square pixels
        "CodecSettings": {
            "Codec": "H_264",
            "H264Settings": {
                "RateControlMode": "QVBR",
                "QvbrSettings": {"QvbrQualityLevel": 7},
                "MaxBitrate": rung.kbps * 1000,
                "HrdBufferSize": rung.kbps * 2000,
                "QualityTuningLevel": "SINGLE_PASS_HQ",
                "CodecProfile": rung.profile.upper(),
                "CodecLevel": "LEVEL_" + rung.level.removesuffix(".0").replace(".", "_"),
                "FramerateControl": "SPECIFIED",
                "FramerateNumerator": source.fps.numerator,
                "FramerateDenominator": source.fps.denominator,
                "FramerateConversionAlgorithm": "DUPLICATE_DROP",
                "GopSizeUnits": "FRAMES",
                "GopSize": float(ladder.pictures_of_segment(source.fps)),
                "GopClosedCadence": 1,
                "SceneChangeDetect": "DISABLED",
                "InterlaceMode": "PROGRESSIVE",
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
            },
        },
    }
    before: dict[str, Any] = {}
    if source.is_interlaced:
        before["Deinterlacer"] = {"Mode": "DEINTERLACE", "Algorithm": "INTERPOLATE", "Control": "NORMAL"}
    if source.hdr:
        before["ColorCorrector"] = {"ColorSpaceConversion": "FORCE_709"}
    return described | ({"VideoPreprocessors": before} if before else {})


def _audio(selector: str) -> dict[str, Any]:
    return {
        "AudioSourceName": selector,
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {
                "Bitrate": ladder.AUDIO_KBPS * 1000,
                "CodingMode": "CODING_MODE_2_0",
                "SampleRate": sound.RATE,
            },
        },
        "AudioNormalizationSettings": {
            "Algorithm": "ITU_BS_1770_3",
            "AlgorithmControl": "CORRECT_AUDIO",
            "LoudnessLogging": "DONT_LOG",
            "PeakCalculation": "TRUE_PEAK",
            "TargetLkfs": sound.TARGET_LUFS,
            "TruePeakLimiterThreshold": sound.MOST_PEAK,
        },
    }
