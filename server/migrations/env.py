"""How Alembic runs here: on the connection it is handed, in that connection's transaction."""

from alembic import context

from server.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
