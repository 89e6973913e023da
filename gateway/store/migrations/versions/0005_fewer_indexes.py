"""Events are looked for by lead, and only those that tell of its moves: the other entries cost every message a page or two.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("event_conversation", table_name="event")
    op.drop_index("event_lead", table_name="event")
    moved = sa.text("type = 'lead.updated'")
    op.create_index("event_lead", "event", ["lead_id", "seq"], sqlite_where=moved, postgresql_where=moved)
