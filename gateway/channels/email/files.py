"""Names and types of attachments: what the sender calls a file is a label, what it is its bytes decide. Pure."""

from __future__ import annotations

import re

from gateway.channels.email.fields import clean
from gateway.channels.email.limits import MAX_FILE_NAME

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\\/]")
_DEVICES = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
_TEXTS = {
    "text/plain", "text/csv", "text/calendar", "text/vcard", "text/markdown", "text/rtf", "application/json",
}  # fmt: skip
# Told by their bytes; anything else is served as a bare download.
_KNOWN = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/heic", "application/pdf",
    "application/zip", "application/gzip", "application/x-7z-compressed", "application/x-rar-compressed", "application/rtf",
    "application/vnd.rar", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/msword",
    "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet", "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-wav", "audio/mp4",
    "audio/aac", "video/mp4", "video/webm", "video/quicktime", "application/vnd.ms-tnef",
}  # fmt: skip
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"%PDF-", "application/pdf"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/octet-stream"), (b"\x7fELF", "application/octet-stream"), (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"), (b"Rar!\x1a\x07", "application/vnd.rar"),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
}  # fmt: skip
EXTENSIONS = {
    "text/calendar": "ics", "message/rfc822": "eml", "text/plain": "txt", "text/html": "html", "image/jpeg": "jpg",
    "image/png": "png", "image/gif": "gif", "application/pdf": "pdf", "application/vnd.ms-tnef": "dat",
}  # fmt: skip


def safe_name(name: str, *, content_type: str, number: int) -> str:
    """A name without path, control or direction characters, at most 120 long, keeping its extension."""
    last = re.split(r"[\\/]", clean(name, cap=1000))[-1]
    last = _FORBIDDEN.sub("_", last).strip(". ")
    stem, dot, extension = last.rpartition(".")
    if not last:
        return f"file-{number}.{EXTENSIONS.get(content_type, 'bin')}"
    if (stem or last).split(".")[0].lower() in _DEVICES:
        last, stem = f"_{last}", f"_{stem}"
    if len(last) <= MAX_FILE_NAME:
        return last
    if not dot or len(extension) > 10:
        return last[:MAX_FILE_NAME]
    return f"{stem[: MAX_FILE_NAME - len(extension) - 1]}.{extension}"


def true_type(content: bytes, *, declared: str, name: str) -> str:
    """What the bytes are, if it is on the list of types that may be shown; else text if it truly is text, else octet-stream."""
    found = _sniff(content, name.rpartition(".")[2].lower())
    if found:
        return found if found in _KNOWN else "application/octet-stream"
    if declared == "message/rfc822":
        return declared
    if declared in _TEXTS and b"\x00" not in content[:4096]:
        return declared
    return "application/octet-stream"


def _sniff(content: bytes, extension: str) -> str:
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            return _OFFICE.get(extension, kind) if kind == "application/zip" else kind
    if content.startswith(_OLE):
        return _OFFICE.get(extension, "application/octet-stream")
    return "" if _is_text(content[:512]) else _ask_puremagic(content)


def _is_text(sample: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in sample)


def _ask_puremagic(content: bytes) -> str:
    import puremagic

    try:
        matches = puremagic.magic_string(content[:8192])
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    best = [match for match in matches if match.mime_type and match.confidence >= 0.7]
    return str(best[0].mime_type) if best else ""
