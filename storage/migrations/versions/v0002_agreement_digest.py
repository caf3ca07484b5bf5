"""Keep the digest of a signed agreement's document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; agreements entered before have no digest."""
    op.add_column("agreement", sa.Column("document_sha256", sa.Text(), nullable=True))
