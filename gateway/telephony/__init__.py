"""The table of PBX kinds: one line each. Imports no adapter; the composition root loads a kind when a channel of it exists.

Each knows its own PBX and the ports, none knows another. docs/howto/add-a-pbx.md.
"""

from __future__ import annotations

KINDS: dict[str, tuple[str, str]] = {
    "pbx": ("gateway.telephony.generic", "gateway.telephony.generic.settings:PbxSettings"),
}
