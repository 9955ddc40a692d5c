"""Alembic's way in: the one file that knows the tables of every package."""

from alembic import context
from sqlalchemy import create_engine

import archive.life_models
import archive.models
import archive.register_models
import archive.use_models  # noqa: F401
import ingest.models  # noqa: F401
import retention.models  # noqa: F401
import search.models  # noqa: F401
from archive.database import Base

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
engine = create_engine(url, hide_parameters=True)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="archive.database.",
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
