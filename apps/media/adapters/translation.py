"""Machine translation by Amazon Translate: a few lines at a time, within the service's bounds."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings

MOST_BYTES = 5000  # of a call; the service takes 10,000
MOST_LINES = 40


def is_there() -> bool:
    return bool(settings.AMAZON_TRANSLATION)


@lru_cache(maxsize=1)
def client() -> Any:
    import boto3  # noqa: PLC0415 - it takes a second to import
    from botocore.config import Config  # noqa: PLC0415

    bounds = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})
    return boto3.client("translate", region_name=settings.AWS_S3_REGION_NAME, config=bounds)


def translate(texts: Sequence[str], *, source: str, target: str, beat: Callable[[int], None]) -> list[str]:
    """Each text by itself, in the same order. Lines that belong together go together, since they are understood better;
    where they do not come back as so many, they go one by one. `beat` is told how many are done."""
    done: list[str] = []
    for batch in batches([" ".join(text.split()) for text in texts]):
        together = _call("\n".join(batch), source, target).split("\n")
        if len(together) != len(batch) or not all(line.strip() for line in together):
            together = [_call(text, source, target).replace("\n", " ") for text in batch]
        done += together
        beat(len(done))
    return done


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode()) + 1
        if batch and (size + length > MOST_BYTES or len(batch) == MOST_LINES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _call(text: str, source: str, target: str) -> str:
    answer = client().translate_text(Text=text, SourceLanguageCode=_code(source), TargetLanguageCode=_code(target))
    return str(answer["TranslatedText"])


def _code(language: str) -> str:
    """`pt-br` as the service writes it: `pt-BR`; of regions that it does not know, the language."""
    main, _mark, region = language.partition("-")
    return f"{main}-{region.upper()}" if language in {"fr-ca", "pt-pt", "es-mx", "zh-tw"} else main
