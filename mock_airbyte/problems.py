"""Errors as Airbyte words them on the wire: RFC 9457 fields, sent as `application/json`.

Source: the `problems` definitions of the public OpenAPI documents of airbyte-platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_TYPE = "https://reference.airbyte.com/reference/errors#"


class Problem(Exception):
    """An answer other than success: a status and a body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        """Take the HTTP status and the JSON body."""
        super().__init__(body.get("detail", body.get("message", "")))
        self.status = status
        self.body = body


def _problem(status: int, title: str, detail: str, data: dict[str, Any] | None = None) -> Problem:
    body: dict[str, Any] = {"status": status, "type": _TYPE + title, "title": title, "detail": detail}
    return Problem(status, body | ({"data": data} if data is not None else {}))


def bad_request(message: str) -> Problem:
    """Return the answer to a request that makes no sense."""
    detail = "The request could not be processed because it is malformed or invalid."
    return _problem(400, "bad-request", detail, {"message": message})


def missing_property(name: str) -> Problem:
    """Return the answer to a body without a field that it must have."""
    return bad_request(f"Missing required property '{name}' in the request body.")


def unexpected_value(value: object, name: str, allowed: Iterable[str]) -> Problem:
    """Return the answer to a word that is not one of those that a field may have."""
    return bad_request(f"Unexpected value '{value}' for {name}. Expected one of: {', '.join(allowed)}.")


def cron_missing(*, expression: str | None, time_zone: str | None) -> Problem:
    """Return the answer to a schedule by cron that lacks the expression or the time zone, or both."""
    data = {"cronExpression": expression, "cronTimezone": time_zone}
    if expression is None and time_zone is None:
        detail = "If schedule type is cron, scheduleData.cron must be provided."
        return _cron_problem("missing-cron-data", "Cron data is missing", detail, None)
    detail = "The cron must specify a cron expression and a timezone."
    return _cron_problem("missing-component", "Cron is missing a component", detail, data)


def cron_invalid_expression(expression: str, reason: str) -> Problem:
    """Return the answer to an expression that Quartz does not know, or that is due more often than once a minute."""
    data = {"cronExpression": expression, "validationErrorMessage": reason}
    return _cron_problem("invalid-expression", "Invalid cron expression", "The cron expression is invalid", data)


def cron_invalid_time_zone(time_zone: str, reason: str) -> Problem:
    """Return the answer to a time zone that Airbyte does not know."""
    data = {"cronTimezone": time_zone, "validationErrorMessage": reason}
    detail = "The specified cron timezone is invalid"
    return _cron_problem("invalid-timezone", "Invalid cron timezone", detail, data)


def _cron_problem(kind: str, title: str, detail: str, data: dict[str, Any] | None) -> Problem:
    body: dict[str, Any] = {"status": 400, "type": f"error:cron-validation/{kind}", "title": title, "detail": detail}
    return Problem(400, body | ({"data": data} if data is not None else {}))


def invalid_api_key() -> Problem:
    """Return the answer to a missing, wrong or expired token."""
    return _problem(401, "invalid-api-key", "The provided API key is invalid.", {})


def unauthorized() -> Problem:
    """Return what Airbyte Cloud answers to client credentials that it does not know."""
    return _problem(401, "unauthorized", "The provided client credentials are not valid.", {})


def forbidden(message: str) -> Problem:
    """Return the answer to what the caller may not do."""
    detail = "You don't have permission to do this operation."
    return _problem(403, "forbidden", detail, {"message": message})


def not_found(kind: str, identifier: str) -> Problem:
    """Return the answer to an id that nothing has."""
    data = {"resourceType": kind, "resourceId": identifier}
    return _problem(404, "resource-not-found", "The requested resource was not found.", data)


def try_again_later(message: str) -> Problem:
    """Return the answer to a second sync while one runs."""
    return _problem(409, "try-again-later", "Please try again later.", {"message": message})


def state_conflict(message: str) -> Problem:
    """Return the answer to what the resource's state does not allow."""
    detail = "The requested operation conflicts with the state of the resource."
    return _problem(409, "state-conflict", detail, {"message": message})


def unprocessable(message: str) -> Problem:
    """Return the answer to a request that was understood and cannot be done."""
    detail = "The body of the request was not understood or cannot be processed."
    return _problem(422, "unprocessable-entity", detail, {"message": message})


def unexpected() -> Problem:
    """Return the answer when the mock itself fails."""
    return _problem(500, "unexpected-problem", "An unexpected problem has occurred. Please try again.", {})


def plain(status: int, title: str, message: str, path: str) -> Problem:
    """Return an answer of the web framework below Airbyte: unknown paths, wrong methods, bad client credentials."""
    embedded = {"errors": [{"message": message, "_links": {}, "_embedded": {}}]}
    links = {"self": [{"href": path, "templated": False}]}
    return Problem(status, {"message": title, "_links": links, "_embedded": embedded})


def config_not_found(kind: str, identifier: str) -> Problem:
    """Return the Config API's answer to an id that nothing has."""
    return Problem(404, {"id": identifier, "message": f"Could not find configuration for {kind}: {identifier}."})


def config_conflict(message: str) -> Problem:
    """Return the Config API's answer to a second sync while one runs."""
    return Problem(409, {"message": message})


def config_unprocessable(message: str) -> Problem:
    """Return the Config API's answer to what was understood and cannot be done."""
    return Problem(422, {"message": message})


def config_unfit(reason: str) -> Problem:
    """Return the Config API's answer to a body that is no schedule, source or destination of the kind it says."""
    return config_unprocessable(f"The provided configuration does not fulfill the specification. Errors: {reason}")


def config_locked(message: str) -> Problem:
    """Return the Config API's answer to a change of what a running sync uses."""
    return Problem(423, {"message": message})
