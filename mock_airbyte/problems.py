"""Errors as Airbyte words them on the wire, in the four forms that a client meets.

| form | where it comes from |
|---|---|
| RFC 9457 fields, sent as `application/json`, nulls included | the public API's `problems` |
| `message`, `_links`, `_embedded.errors` | the web framework below both APIs: routes, tokens, arguments |
| `message` and empty stacks | the Config API's known exceptions |
| `errorId` alone | whatever Airbyte keeps to its log |

Source: the `problems` definitions, the exception handlers and the client error handler of airbyte-platform (2026), and
answers quoted in public issues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_ERRORS = "https://reference.airbyte.com/reference/errors"
_STORED_AS = {  # what Airbyte calls in errors what it cannot find
    "workspace": "STANDARD_WORKSPACE",
    "source": "SOURCE_CONNECTION",
    "destination": "DESTINATION_CONNECTION",
    "connection": "STANDARD_SYNC",
    "source_definition": "STANDARD_SOURCE_DEFINITION",
    "destination_definition": "STANDARD_DESTINATION_DEFINITION",
}


class Problem(Exception):
    """An answer other than success: a status and a body, and what it says in one sentence."""

    def __init__(self, status: int, body: dict[str, Any], *, said: str = "") -> None:
        """Take the HTTP status and the JSON body; `said`: the sentence, where the body keeps it to itself."""
        self.status = status
        self.body = body
        self.reason = said or _reason(body)
        super().__init__(self.reason)

    def told(self, path: str, error_id: str) -> dict[str, Any]:
        """Return the body as it goes out: with the path that was called and an id of its own, where it has them."""
        links = {"_links": {"self": {"href": path, "templated": False}}} if "_links" in self.body else {}
        return self.body | links | ({"errorId": error_id} if "errorId" in self.body else {})


def _reason(body: dict[str, Any]) -> str:
    data = body.get("data") or {}
    said = data.get("message") or data.get("validationErrorMessage")
    nested = [one["message"] for one in (body.get("_embedded") or {}).get("errors", ())]
    return str(said or body.get("detail") or next(iter(nested), None) or body.get("message") or "")


def _problem(status: int, title: str, detail: str, data: dict[str, Any] | None, *, kind: str | None = None) -> Problem:
    kind = f"#{title}" if kind is None else kind
    body = {"status": status, "type": _ERRORS + kind, "title": title, "detail": detail}
    return Problem(status, body | {"documentationUrl": None, "data": data})


def bad_request(message: str) -> Problem:
    """Return the public API's answer to a request that makes no sense."""
    detail = "The request could not be understood by the server due to malformed syntax."
    return _problem(400, "bad-request", detail, {"message": message})


def missing_property(name: str) -> Problem:
    """Return the answer to a body without a field that it must have."""
    return bad_request(f"Missing required property '{name}' in the request body.")


def unexpected_value(value: object, name: str, allowed: Iterable[str]) -> Problem:
    """Return the answer to a word that is not one of those that a field may have."""
    return bad_request(f"Unexpected value '{value}' for {name}. Expected one of: {', '.join(allowed)}.")


def unknown_value(value: object) -> Problem:
    """Return the public API's answer to a connector type that it does not have."""
    return _problem(400, "value-not-found", "The submitted value could not be found.", {"value": value}, kind="")


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
    return Problem(400, body | {"documentationUrl": None, "data": data})


def forbidden(message: str) -> Problem:
    """Return the answer to what the caller may not do."""
    return _problem(403, "forbidden", "The request is forbidden.", {"message": message})


def no_role(role: str) -> Problem:
    """Return what Airbyte Cloud answers to an id that nothing of the caller's has, whether or not it exists."""
    return forbidden(f"Caller does not have the required {role} permissions to access the resource(s).")


def not_found(kind: str, identifier: str) -> Problem:
    """Return the public API's answer to an id that nothing has."""
    data = {"resourceType": stored_as(kind), "resourceId": identifier}
    return _problem(404, "resource-not-found", "The requested resource could not be found.", data)


def stored_as(kind: str) -> str:
    """Return Airbyte's own name for a kind of thing."""
    return _STORED_AS.get(kind, kind.upper())


def try_again_later(message: str) -> Problem:
    """Return the public API's answer to a second sync while one runs."""
    return _problem(409, "try-again-later", "Please try again later.", {"message": message})


def state_conflict(message: str) -> Problem:
    """Return the public API's answer to what the resource's state does not allow."""
    return _problem(409, "state-conflict", "State conflict", {"message": message}, kind="#409-state-conflict")


def unprocessable(message: str | None = None) -> Problem:
    """Return the public API's answer to a request that was understood and cannot be done."""
    data = None if message is None else {"message": message}
    return _problem(422, "unprocessable-entity", "The body of the request was not understood", data)


def unexpected(message: str | None = None) -> Problem:
    """Return the public API's answer when something went wrong inside; None: nobody says what."""
    detail = (
        "An unexpected problem has occurred."
        " If this is an error that needs to be addressed, please submit a pull request or github issue."
    )
    data = None if message is None else {"message": message}
    return _problem(500, "unexpected-problem", detail, data, kind="")


def failed_connector(message: str) -> Problem:
    """Return the public API's answer when a source does not tell what it offers."""
    return unexpected(f"Something went wrong in the connector. logs:{message}")


def plain(status: int, title: str, message: str, argument: str | None = None) -> Problem:
    """Return an answer of the web framework below Airbyte: unknown paths, wrong methods, tokens, bad arguments."""
    where = {"path": f"/{argument}"} if argument else {}
    embedded = {"errors": [{"message": message, **where, "_links": {}, "_embedded": {}}]}
    return Problem(status, {"message": title, "_links": {}, "_embedded": embedded})


def stranger() -> Problem:
    """Return the answer to a missing, wrong or expired token."""
    return plain(401, "Unauthorized", "Unauthorized")


def unreadable(argument: str, value: object, reason: str) -> Problem:
    """Return the answer to an argument or a body that is not of its type; `value` None: a body, which is not told."""
    shown = "null" if value is None else value
    message = f"Failed to convert argument [{argument}] for value [{shown}] due to: {reason}"
    return plain(400, "Bad Request", message, argument)


def unspecified(name: str) -> Problem:
    """Return the answer to a request without an argument that it must have."""
    return plain(400, "Bad Request", f"Required QueryValue [{name}] not specified", name)


def out_of_range(name: str, value: object, message: str) -> Problem:
    """Return the answer to an argument that is of its type and outside of its bounds."""
    error = {"propertyPath": name, "message": message, "invalidValue": str(value)}
    body = {
        "message": "Some properties contained invalid input.",
        "exceptionClassName": "jakarta.validation.ConstraintViolationException",
        "exceptionStack": [],
        "validationErrors": [error],
    }
    return Problem(400, body, said=f"{name}: {message}")


def kept_to_itself(status: int, said: str) -> Problem:
    """Return an answer that shows an id alone: what was wrong (`said`) stands in Airbyte's log."""
    return Problem(status, {"errorId": ""}, said=said)


def config_not_found(kind: str, identifier: str) -> Problem:
    """Return the Config API's answer to an id that nothing has."""
    return kept_to_itself(404, f"Could not find configuration for {stored_as(kind)}: {identifier}.")


def known(status: int, message: str) -> Problem:
    """Return what the Config API answers where it says why: 409, 422, 423."""
    return Problem(status, {"message": message, "exceptionStack": [], "rootCauseExceptionStack": [], "errorId": ""})


def config_unfit(reason: str) -> Problem:
    """Return the Config API's answer to a body that is no schedule, source or destination of the kind it says."""
    return known(422, f"The provided configuration does not fulfill the specification. Errors: {reason}")
