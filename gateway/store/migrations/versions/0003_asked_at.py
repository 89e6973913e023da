"""When the last of those who passed on a waiting conversation was asked: from then counts the pause before the next round.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue", sa.Column("asked_at", sa.BigInteger(), nullable=True))
