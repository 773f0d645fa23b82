"""`python -m fastapi_tasks --listen 127.0.0.1:8000`."""

import argparse
import logging
import os
import socket
import sys

import uvicorn

from .app import create_app
from .database import open_database
from .settings import SettingMissing, Settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="fastapi-tasks", description="Everybody's own tasks.")
    listen = os.environ.get("COUNTERSIGN_LISTEN", "127.0.0.1:8000")
    parser.add_argument("--listen", default=listen, help="address and port")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment()
        app = create_app(settings.guard(), open_database(settings.database_url))
        listener = listen_on(arguments.listen)
    except (SettingMissing, ValueError, OSError) as error:
        print(f"fastapi-tasks: {error}", file=sys.stderr)
        return 1
    # Whoever connects from now on is answered as soon as the server runs.
    print(
        f"fastapi-tasks serves listen={arguments.listen} issuer={settings.issuer}", file=sys.stderr
    )
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def listen_on(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        raise SettingMissing(f"--listen {address} has no port; write 127.0.0.1:8000")
    return socket.create_server((host.strip("[]"), int(port)), backlog=1024)


sys.exit(main())
