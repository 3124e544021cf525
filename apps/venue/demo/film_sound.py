"""The sound of the demo film: slow chords, a bell where a slide turns; computed, so that it belongs to nobody."""

import math
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

RATE = 24_000
CHORD_SECONDS = 6
# D major nine, B minor seven, G major seven, A suspended: a loop that never quite arrives.
_CHORDS = ((146.83, 220.00, 277.18, 329.63), (123.47, 220.00, 293.66, 369.99), (98.00, 196.00, 246.94, 369.99),
           (110.00, 220.00, 293.66, 329.63))  # fmt: skip
_BELL = ((587.33, 0.5), (880.0, 0.28), (1174.66, 0.12))


def write(path: Path, *, seconds: float, bells: Sequence[float]) -> None:
    """A mono WAV of this length, with a bell at each of these seconds."""
    loop = array("h")
    for chord in _CHORDS:
        loop.extend(_chord(chord))
    total = round(seconds * RATE)
    sound = (loop * (total // len(loop) + 1))[:total]
    bell = _bell()
    for at in bells:
        start = round(at * RATE)
        for n, value in enumerate(bell[: max(0, total - start)]):
            sound[start + n] += value
    _fade(sound)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())


def _chord(notes: Sequence[float]) -> "array[int]":
    count = CHORD_SECONDS * RATE
    sums = [0.0] * count
    for n, note in enumerate(notes):
        turn, breath = 2 * math.pi * note / RATE, 2 * math.pi / (count / (1 + n % 2))
        loud = 1900 / (1 + 0.6 * n)
        for i in range(count):
            sums[i] += loud * math.sin(turn * i) * (1 - math.cos(breath * i))
    return array("h", (round(value) for value in sums))


def _bell() -> "array[int]":
    count = round(1.6 * RATE)
    return array("h", (
        round(2600 * math.exp(-i / RATE * 3.2) * min(1.0, i / 200)
              * sum(loud * math.sin(2 * math.pi * note * i / RATE) for note, loud in _BELL))
        for i in range(count)
    ))  # fmt: skip


def _fade(sound: "array[int]") -> None:
    length = min(2 * RATE, len(sound) // 2)
    for n in range(length):
        sound[n] = sound[n] * n // length
        sound[-1 - n] = sound[-1 - n] * n // length
