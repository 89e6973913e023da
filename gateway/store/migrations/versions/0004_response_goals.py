"""The service goals of a line per channel kind: how long the first and each further answer may take.

Revision 0004, after 0003. NULL: the line says nothing, so the usual goal of the kind counts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for goal in ("first_response_seconds", "next_response_seconds"):
        op.add_column("line", sa.Column(goal, sa.Text(), nullable=True))
