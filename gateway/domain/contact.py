"""A Contact: the person or firm behind one or more Identities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.domain.ids import ContactId, IdentityId
from gateway.domain.inbound import IdentityKind


@dataclass(frozen=True, slots=True)
class Contact:
    """merged_into: set when another contact speaks for this one (reversible: identities keep their evidence)."""

    id: ContactId
    name: str
    created_at: datetime
    locale: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    merged_into: ContactId | None = None
    blocked: bool = False
    version: int = 1

    def named(self, name: str, *, instead_of: Sequence[str] = ()) -> Contact:
        """A better name than none, or than a number or address that stood in for one; a name a person gave stays."""
        return replace(self, name=name) if name and (not self.name or self.name in instead_of) else self


@dataclass(frozen=True, slots=True)
class Identity:
    """How a contact is reached. (kind, value) is unique among verified ones. evidence says where it comes from."""

    id: IdentityId
    contact_id: ContactId
    kind: IdentityKind
    value: str
    verified: bool
    created_at: datetime
    evidence: str = ""
