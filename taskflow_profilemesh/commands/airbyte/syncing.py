"""`profilemesh airbyte sync` and `batch`: start syncs, wait for them, and say what became of each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.airbyte.ordering import OrderedSync
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.sync import begin, page_of
from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.commands.airbyte.arguments import POLL_SECONDS
from taskflow_profilemesh.commands.airbyte.batch_file import read_batch
from taskflow_profilemesh.commands.airbyte.following import Follower
from taskflow_profilemesh.commands.airbyte.login import client_of, settings_of
from taskflow_profilemesh.commands.airbyte.screen import HEADS, is_live, row, shown
from taskflow_profilemesh.commands.airbyte.words import duration, printable
from taskflow_profilemesh.commands.showing import print_json, print_table
from taskflow_profilemesh.commands.words import number, size
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from taskflow_profilemesh.airbyte.result import SyncResult
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings
    from taskflow_profilemesh.commands.airbyte.followed import Followed

_INTERRUPTED: Final = 130


def sync(options: argparse.Namespace) -> int:
    """Sync one connection; return 0, 1 where it did not end well, 130 where it was interrupted."""
    spec = SyncSpec.from_value({"connection": options.connection, **_said(options, poll_seconds=POLL_SECONDS)})
    settings = settings_of(options)
    if not options.wait:
        return _start(settings, spec, as_json=options.json)
    follower = Follower(settings, (OrderedSync(spec),))
    interrupted = _follow(follower)
    (one,) = follower.syncs.values()
    if options.json:
        print_json(one.result.as_dict() if one.result else _document(one))
    elif one.result:
        _print_result(one.result)
    if one.told and is_live():  # else a line has said so
        print(f"profilemesh: {printable([one.name])[0]}: {one.told}", file=sys.stderr)
    return _INTERRUPTED if interrupted else 0 if one.result else 1


def batch(options: argparse.Namespace) -> int:
    """Sync what a file says; return 0, 1 where one failed or was skipped, 130 where it was interrupted."""
    said = _said(options)
    found = read_batch(options.file, parallel=options.parallel, said=said)
    if options.dry_run:
        return _print_order(found.syncs, as_json=options.json)
    syncs = tuple(_left_running(one) if options.no_cancel else one for one in found.syncs)
    follower = Follower(settings_of(options), syncs, max_parallel=found.max_parallel)
    interrupted = _follow(follower)
    followed = list(follower.syncs.values())
    if options.json:
        print_json({"syncs": [_document(one) for one in followed]})
    else:
        now = SystemClock().now().timestamp()
        print_table(HEADS, [row(one, now) for one in followed])
    return _INTERRUPTED if interrupted else 0 if all(one.result for one in followed) else 1


def _follow(follower: Follower) -> bool:
    follower.count_rows = is_live()
    with shown(follower, SystemClock()) as on_change:
        follower.on_change = on_change
        return follower.run()


def _start(settings: AirbyteSettings, spec: SyncSpec, *, as_json: bool) -> int:
    """Start the sync, or join one that runs, and leave it running."""
    if spec.on_conflict == "wait" or spec.min_rows is not None:
        option = "--min-rows" if spec.min_rows is not None else "--on-conflict"
        raise InvalidOption(option=option, got="one without --wait", expected="--wait beside it")
    with client_of(settings) as client:
        running = begin(client, spec)
        url = page_of(client, running)
    if as_json:
        plain = {"connection_id": running.connection_id, "connection_name": running.connection_name}
        print_json({**plain, "job_id": running.job_id, "joined": running.role != "own", "url": url})
        return 0
    words = {"own": "was started", "joined": "runs already", "blocking": "of another kind runs already"}[running.role]
    print(printable([f"{running.connection_name}: job {running.job_id} {words}. {url}"])[0])
    return 0


def _said(options: argparse.Namespace, *, poll_seconds: float | None = None) -> dict[str, Any]:
    """Return the options of a sync that the command line gives."""
    given = {
        "workspace": options.workspace,
        "timeout_seconds": options.timeout,
        "poll_interval_seconds": options.poll_interval or poll_seconds,
        "on_conflict": options.on_conflict,
        "min_rows": getattr(options, "min_rows", None),
        "cancel_on_kill": False if options.no_cancel else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _left_running(one: OrderedSync) -> OrderedSync:
    """Return the sync that is never cancelled: what was typed just now goes before an entry's own words."""
    return OrderedSync(SyncSpec.from_value({**one.spec.as_dict(), "cancel_on_kill": False}), one.after)


def _document(one: Followed) -> dict[str, Any]:
    return {
        "connection": one.name,
        "depends_on": list(one.sync.after),
        "state": one.state,
        "job_id": one.running.job_id if one.running else None,
        "job_status": one.job.status if one.job else None,
        "told": one.told,
        "url": one.url,
        "result": one.result.as_dict() if one.result else None,
    }


def _print_order(syncs: Sequence[OrderedSync], *, as_json: bool) -> int:
    if as_json:
        print_json({"syncs": [{"connection": one.spec.connection, "depends_on": list(one.after)} for one in syncs]})
    else:
        print_table(
            ("connection", "depends on"), [printable((one.spec.connection, ", ".join(one.after))) for one in syncs]
        )
    return 0


def _print_result(result: SyncResult) -> None:
    told = f"{result.connection_name}: job {result.job_id} {result.status}"
    took = f" in {duration(result.duration_seconds)}" if result.duration_seconds is not None else ""
    print(printable([f"{told}{took}: {number(result.rows_synced)} rows, {size(result.bytes_synced)}."])[0])
    if result.streams:
        rows = [
            (one.name, one.table, one.sync_mode or "", number(one.rows_synced), size(one.bytes_synced))
            for one in result.streams
        ]
        print_table(("stream", "table", "mode", "rows", "size"), [printable(cells) for cells in rows])
