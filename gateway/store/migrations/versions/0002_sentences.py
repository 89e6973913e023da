"""What is wrong with a delivery or a channel, as a code with values beside the English text.

Revision 0002, after 0001. docs/adr/0016-sentences.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("delivery", "channel"):
        op.add_column(table, sa.Column("said", sa.Text(), nullable=True))
