"""The length of a sound: right for what telephones record, None for everything else, an exception for nothing."""

from __future__ import annotations

import io
import struct
import wave

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.services.sound import UNKNOWN_SOUND, sound_seconds, sound_type
from tests.fakes.blobs import DictBlobs

STARTS = [
    b"RIFF\x24\x00\x00\x00WAVEfmt ",
    b"OggS\x00\x02",
    b"ID3\x04\x00\x00",
    b"\xff\xfb\x90\x44",
    b"fLaC\x00\x00\x00\x22",
    b"\0\0\0\x20ftypM4A ",
]


def pcm(seconds: float) -> bytes:
    """Silence as an office PBX writes it: 8 kHz, 16 bits, one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * round(8000 * seconds)))
    return out.getvalue()


def mu_law(seconds: float) -> bytes:
    """G.711 in a WAV: format 7, one byte a sample, counted in the `fact` chunk that such a file must have."""
    data = bytes(round(8000 * seconds))
    fmt = struct.pack("<HHIIHHH", 7, 1, 8000, 8000, 1, 8, 0)
    chunks = {b"fmt ": fmt, b"fact": struct.pack("<I", len(data)), b"data": data}
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(chunk)) + chunk for name, chunk in chunks.items())
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3(frames: int) -> bytes:
    """MPEG 1 layer 3, 128 kbit/s, 44.1 kHz: 417 bytes a frame of 1152 samples."""
    return (b"\xff\xfb\x90\x44" + bytes(413)) * frames


@pytest.mark.parametrize(
    ("sound", "seconds", "kind"),
    [(pcm(12.5), 12.5, "audio/wav"), (mu_law(7.0), 7.0, "audio/wav"), (mp3(400), 10.4, "audio/mpeg")],
    ids=["pcm", "mu-law", "mp3"],
)
async def test_a_recording_says_how_long_it_is(sound: bytes, seconds: float, kind: str) -> None:
    blobs = DictBlobs()
    key = await blobs.put(sound)
    assert await sound_type(blobs, key) == kind
    assert await sound_seconds(blobs, key) == pytest.approx(seconds, abs=0.11)


@pytest.mark.parametrize("sound", [b"", b"no sound at all", pcm(5)[:40], b"RIFF\xff\xff\xff\xffWAVE"])
async def test_what_does_not_tell_its_length_has_none(sound: bytes) -> None:
    blobs = DictBlobs()
    assert await sound_seconds(blobs, await blobs.put(sound)) is None


async def test_what_is_no_sound_is_not_called_one() -> None:
    blobs = DictBlobs()
    assert await sound_type(blobs, await blobs.put(b"<html>")) == UNKNOWN_SOUND


@settings(deadline=None, max_examples=150)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=3000))
async def test_no_bytes_make_it_fail(start: bytes, rest: bytes) -> None:
    blobs = DictBlobs()
    seconds = await sound_seconds(blobs, await blobs.put(start + rest))
    assert seconds is None or 0 < seconds <= 48 * 3600
