"""Where the tasks are: `sqlite:FILE` or `postgres://…`."""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.pool import StaticPool

from .settings import SettingMissing


def open_database(url: str) -> Engine:
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite":
        return open_sqlite(rest.removeprefix("//"))
    if scheme in {"postgres", "postgresql"}:
        address = make_url(f"postgresql:{rest}").set(drivername="postgresql+psycopg")
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    raise SettingMissing("DATABASE_URL is no database; set it to sqlite:FILE or postgres://…")


def open_sqlite(file: str) -> Engine:
    if not file:
        raise SettingMissing("DATABASE_URL names no file; set it to sqlite:tasks.db")
    in_memory = file == ":memory:"
    pool = {"poolclass": StaticPool} if in_memory else {}
    arguments = {"timeout": 5, "check_same_thread": False}
    # An error in the log names the statement, and nothing of anybody's tasks.
    engine = create_engine(
        f"sqlite:///{file}", connect_args=arguments, hide_parameters=True, **pool
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # A commit that was answered survives a power cut.
        for pragma in ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def answers(engine: Engine) -> None:
    """Raises when the database does not."""
    with engine.connect() as connection:
        connection.execute(text("SELECT id FROM task LIMIT 1"))
