"""Content-Disposition with names from strangers: RFC 6266 and RFC 8187 (reliability classes 3, 36).

Pure. Names lose paths, control and direction characters; they never become a path here, only a suggestion to the browser.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

NAME_LIMIT = 150
INLINE = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
    "audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/opus", "audio/wav", "audio/x-wav", "audio/webm", "audio/flac",
    "video/mp4", "video/webm", "video/ogg", "video/quicktime",
})  # fmt: skip


def attachment(name: str) -> str:
    """`attachment; filename="…"; filename*=UTF-8''…`."""
    return _disposition("attachment", name)


def disposition(name: str, *, content_type: str, download: bool) -> tuple[str, str]:
    """(Content-Disposition, Content-Type): inline only for raster images, audio and video; anything else is opaque bytes."""
    plain = content_type.partition(";")[0].strip().lower()
    if plain not in INLINE:
        return attachment(name), "application/octet-stream"
    return _disposition("attachment" if download else "inline", name), plain


def safe_name(name: str) -> str:
    """What may be suggested as a file name."""
    base = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    kept = kept.strip(" .")
    if len(kept) > NAME_LIMIT:
        stem, dot, ending = kept.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        kept = kept[: NAME_LIMIT - len(ending)] + ending
    return kept or "file"


def _disposition(how: str, name: str) -> str:
    safe = safe_name(name)
    plain = re.sub(r"[^A-Za-z0-9 ._()+=,@~-]", "_", unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode())
    return f"{how}; filename=\"{plain.strip() or 'file'}\"; filename*=UTF-8''{quote(safe, safe='')}"
