"""What goes wrong: a request is refused, or a guard cannot be made."""

from collections.abc import Mapping


class Refusal(Exception):
    """A request is not let in. The text is `detail`, safe to show.

    `status`, `headers` and `body` are the whole answer: a problem document (RFC 9457). `cause` says
    what exactly was wrong with a token; it is for the log, since it would tell an attacker how far
    a forgery got. `reference` is the name of this refusal, in the answer and in the audit log.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        headers: Mapping[str, str],
        body: bytes,
        cause: str,
        reference: str,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers)
        self.body = body
        self.cause = cause
        self.reference = reference


class SettingsError(ValueError):
    """A guard cannot be made. The text names the setting, what is wrong with it and what to do."""

    def __init__(self, setting: str, code: str, message: str) -> None:
        super().__init__(f"{setting}: {message}")
        self.setting = setting
        self.code = code
