"""A table's state outside of its process: saved, loaded again and merged, or refused for a stated reason.

What is saved are sketches (of at most 1,024 drawn rows the numbers, of texts their forms), never the rows that a small
table's state keeps: they would be ten times the size, and a store of profiles is no place for rows. So up to
`SMALL_ROWS` rows a saved state is worth less than the table itself, which is read again in one go; beyond, a state that
was saved and loaded merges to the same bits as one that was not.

A state is loaded only if nothing it depends on has changed: the statistics and their sizes, the hashes (Polars promises
its own for one version only), the columns with their types, and the part of the table that was asked for. Anything else
is refused with a reason, and the table is read whole. An older state cannot be mended: what a new statistic would have
seen is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling import distinct, heavy_hitters, null_pairs, ranks, row_sample, sync_signals
from taskflow_profilemesh.profiling.boolean_column import BooleanStatistics
from taskflow_profilemesh.profiling.columns import ColumnState
from taskflow_profilemesh.profiling.counts import CountState
from taskflow_profilemesh.profiling.decimal_totals import DecimalState
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.extremes import ExtremeState
from taskflow_profilemesh.profiling.frequencies import Frequencies
from taskflow_profilemesh.profiling.hashing import HASH_STAMP
from taskflow_profilemesh.profiling.heavy_hitters import HeavyHitterState
from taskflow_profilemesh.profiling.lengths import LengthState
from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.null_pairs import NullPairState
from taskflow_profilemesh.profiling.number_column import NumberStatistics
from taskflow_profilemesh.profiling.order import OrderState
from taskflow_profilemesh.profiling.profile import DecimalTotals
from taskflow_profilemesh.profiling.ranks import RankState
from taskflow_profilemesh.profiling.row_sample import RowSample
from taskflow_profilemesh.profiling.rows import RowState
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.semantic_types import TYPES
from taskflow_profilemesh.profiling.special_values import SpecialValueState
from taskflow_profilemesh.profiling.state_codec import pack, shape_of, unpack_document
from taskflow_profilemesh.profiling.sync_signals import SignalState
from taskflow_profilemesh.profiling.table import Sketches, TableState
from taskflow_profilemesh.profiling.text_column import TextStatistics
from taskflow_profilemesh.profiling.totals import TotalState
from taskflow_profilemesh.profiling.truths import TruthState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from taskflow_profilemesh.profiling.schema import TableSchema

STATE_VERSION: Final = 1  # how to read the bytes; what is in them has a stamp of its own
STATE_CLASSES: Final[tuple[type, ...]] = (
    BooleanStatistics,
    ColumnState,
    CountState,
    DecimalState,
    DistinctState,
    ExtremeState,
    Frequencies,
    HeavyHitterState,
    Kind,
    LengthState,
    MomentState,
    NullPairState,
    NumberStatistics,
    OrderState,
    RankState,
    RowSample,
    RowState,
    SignalState,
    Sketches,
    SpecialValueState,
    TextStatistics,
    TotalState,
    TruthState,
)

_SIZES: Final = (
    f"distinct-{distinct.CAPACITY} hitters-{heavy_hitters.CAPACITY} ranks-{ranks.POINTS} pairs-{null_pairs.COLUMNS} "
    f"rows-{row_sample.ROWS}-{row_sample.TYPED_ROWS}-{row_sample.SHAPED_ROWS}-{row_sample.DOCUMENTS} "
    f"types-{'-'.join(TYPES)} generations-{sync_signals.MOST_GENERATIONS}"
)
_STATISTICS: Final = f"{shape_of(STATE_CLASSES)} {_SIZES}"
_EXACT: Final = Context(prec=200_000)  # a numeric of PostgreSQL has at most 147,455 digits
_NO_DECIMALS: Final[Mapping[str, DecimalTotals]] = {}


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a saved state cannot be gone on from: what follows "the saved state is not used: "."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SavedState:
    """A state with what came beside its batches: exact decimal totals by column, and the mark that it reaches to.

    `decimals` are as the database computed them, of columns whose batches could not tell, see `rounded_decimals`.
    `mark` is plain JSON that whoever reads the table understands; empty where the state is of a whole part.
    """

    state: TableState
    decimals: Mapping[str, DecimalTotals] = field(default_factory=dict)
    mark: Mapping[str, Any] = field(default_factory=dict)

    def combine(self, newer: SavedState) -> SavedState:
        """Merge with the state of other rows, whose mark becomes that of both; raises ValueError as states do."""
        names = {*self.decimals, *newer.decimals}
        one, two = self._totals(names), newer._totals(names)
        return SavedState(
            state=self.state.combine(newer.state),
            decimals={name: _added(one[name], two[name]) for name in sorted(one.keys() & two.keys())},
            mark=newer.mark,
        )

    def _totals(self, names: Collection[str]) -> Mapping[str, DecimalTotals]:
        """Return the exact totals of at least these columns, as far as they are known from anywhere."""
        if not names:
            return {}
        return {**self.state.decimal_totals(), **self.decimals}


def save_state(saved: SavedState, *, part: Mapping[str, str | None]) -> bytes:
    """Return the state as bytes; `part` says of which part of the table it is, in the words of the request."""
    document = {
        "version": STATE_VERSION,
        "hashes": HASH_STAMP,
        "statistics": _STATISTICS,
        "columns": _drawn(saved.state.schema),
        "paired": _paired(saved.state.schema),
        "part": _fingerprints(part),
        "mark": dict(saved.mark),
        "decimals": {name: _printed(totals) for name, totals in saved.decimals.items()},
    }
    return pack(document, saved.state.sketches(), STATE_CLASSES)


def load_state(
    data: bytes, schema: TableSchema, *, part: Mapping[str, str | None], hashes: str = HASH_STAMP
) -> SavedState | Unusable:
    """Return the state in the bytes, for a table that has these columns now, or why it cannot be used."""
    try:
        document, unread = unpack_document(data)
        if reason := _obstacle(document, schema, part, hashes):
            return Unusable(reason)
        sketches = unread.read(STATE_CLASSES)
        decimals = {name: DecimalTotals(*map(_decimal, totals)) for name, totals in document["decimals"].items()}
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        return Unusable(f"its bytes are damaged ({type(error).__name__})")
    except ValueError as error:
        return Unusable(str(error))
    if not isinstance(sketches, Sketches) or len(sketches.columns) != len(schema.columns):
        return Unusable("it is of something else than a table of these columns")
    return SavedState(state=TableState.resumed(schema, sketches), decimals=decimals, mark=document["mark"])


def _obstacle(
    document: Mapping[str, Any], schema: TableSchema, part: Mapping[str, str | None], hashes: str
) -> str | None:
    """Return the first thing that a document was written under and that has changed since."""
    if document["version"] != STATE_VERSION:
        return f"it is of version {document['version']}, this code reads version {STATE_VERSION}"
    if document["hashes"] != hashes:
        return f"its hashes are of {document['hashes']}, those of this process are {hashes}"
    if document["statistics"] != _STATISTICS:
        return "the statistics have changed since it was saved"
    if changed := sorted(_changed(document["columns"], _drawn(schema))):
        return f"columns changed since it was saved: {', '.join(changed)}"
    if document["paired"] != _paired(schema):
        return "other columns can be null than when it was saved"
    differing = sorted(name for name, told in _fingerprints(part).items() if document["part"].get(name) != told)
    return f"it is of another part of the table ({', '.join(differing)})" if differing else None


def _drawn(schema: TableSchema) -> list[list[str]]:
    return [[column.name, column.kind.value, column.declared_type] for column in schema.columns]


def _paired(schema: TableSchema) -> list[int]:
    """Return whose nulls are counted in pairs, where not all columns' are."""
    return sorted(null_pairs.paired_columns(schema)) if len(schema.columns) > null_pairs.COLUMNS else []


def _changed(before: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> set[str]:
    """Return the names of columns that were added, removed, retyped or moved."""
    if [*before] == [*now]:
        return set()
    odd = {tuple(column) for column in before} ^ {tuple(column) for column in now}
    return {column[0] for column in odd} or {"their order"}


def _fingerprints(part: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what stands for the request's words: a condition may hold values, which no store need repeat."""
    return {name: None if said is None else sha256(said.encode()).hexdigest()[:16] for name, said in part.items()}


def _added(one: DecimalTotals, two: DecimalTotals) -> DecimalTotals:
    if one.total is None or two.total is None or one.minimum is None or two.minimum is None:
        return one if two.total is None else two
    if one.maximum is None or two.maximum is None:  # never without the others
        return one if two.maximum is None else two
    return DecimalTotals(
        minimum=min(one.minimum, two.minimum),
        maximum=max(one.maximum, two.maximum),
        total=_EXACT.add(one.total, two.total),
    )


def _printed(totals: DecimalTotals) -> list[str | None]:
    numbers = (totals.minimum, totals.maximum, totals.total)
    return [None if number is None else str(number) for number in numbers]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
