"""The way of a request: request id, guard, then the operation."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import countersign.fastapi
from countersign import Guard, Refusal
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from . import problem
from .database import answers, open_database
from .envelope import Envelope
from .heads import ClearHeads
from .methods import HeadAsGet
from .operations import router
from .paths import PathsAsSent
from .rows import create_tables
from .settings import Settings


class TasksApi(FastAPI):
    """Describes what an error looks like, too: FastAPI knows of errors in plain JSON only."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"].update(problem.schemas())
        return document


def from_environment() -> FastAPI:
    """For `uvicorn --factory fastapi_tasks.app:from_environment --workers 4`."""
    settings = Settings.from_environment()
    if settings.revocations_guard:
        # The issuer waits for each worker by itself.
        own = f"{settings.revocations_guard}-{os.getpid()}"
        settings = replace(settings, revocations_guard=own)
    return create_app(settings.guard(), open_database(settings.database_url))


def create_app(guard: Guard, engine: Engine) -> FastAPI:
    create_tables(engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = TasksApi(
        title="Tasks",
        description="Everybody's own tasks, behind the guard.",
        version="0.1.0",
        redirect_slashes=False,
        # Their pages load scripts from another server.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.engine = engine
    problem.install(app)
    countersign.fastapi.install(app, guard)
    app.add_middleware(PathsAsSent)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Envelope)
    app.add_middleware(ClearHeads)
    app.include_router(router)

    @app.get("/livez", include_in_schema=False)
    def livez() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> PlainTextResponse:
        """200 when the database answers, keys are at hand and revocations known; else 503 and which
        is missing.
        """
        try:
            answers(engine)
        except SQLAlchemyError as error:
            problem.log.error("not ready: the database cannot answer: %s", error)
            return PlainTextResponse("database", 503)
        try:
            guard.ready()
        except Refusal as refusal:
            if refusal.code == "revocations_stale":
                problem.log.error("not ready: what the issuer took back is not known")
                return PlainTextResponse("revocations", 503)
            problem.log.error("not ready: there are no keys to verify tokens with: %s", refusal)
            return PlainTextResponse("keys", 503)
        return PlainTextResponse("ok")

    return app
