"""What a user says of personal data, and which columns of a profile are withheld for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Self

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.profiling.personal_data import personal_kind
from taskflow_profilemesh.profiling.withheld import Method, PersonalKind, ToldBy, Withheld

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
    from taskflow_profilemesh.tables import TableRef

OPTIONS: Final = ("allow_values", "hide_values", "method", "hash_key")
LEAST_KEY: Final = 16  # characters of a `hash_key`
LONGEST_KEY: Final = 64  # bytes that BLAKE2b takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Which values a profile may show.

    `allow_values`: patterns of columns whose values are shown whatever they look like; `hide_values`: patterns of
    columns whose values never are, which goes before `allow_values`. A pattern is a column's name, or a table's and a
    column's with a dot between them, in any letters' case, with `*` and `?`. `method`: what stands in place of frequent
    values. `hash_key`: a secret of at least 16 characters, without which hashes can be compared with those of guesses.
    """

    allow_values: tuple[str, ...] = ()
    hide_values: tuple[str, ...] = ()
    method: Method = Method.HASH
    hash_key: str | None = field(default=None, repr=False)

    @classmethod
    def from_mapping(cls, options: Mapping[str, Any]) -> Self:
        """Return what a mapping of these options says; raises `InvalidOption`, which repeats no key."""
        for name in options:
            if name not in OPTIONS:
                raise InvalidOption(
                    option="privacy", got=str(name), expected=f"one of {', '.join(OPTIONS)}", known=OPTIONS
                )
        methods = tuple(Method)
        method = options.get("method") or Method.HASH
        if method not in methods:
            raise InvalidOption(option="privacy.method", got=str(method), expected=f"one of {', '.join(methods)}")
        key = options.get("hash_key")
        if key is not None and not (isinstance(key, str) and len(key) >= LEAST_KEY):
            expected = f"a secret text of {LEAST_KEY} characters or more"
            raise InvalidOption(option="privacy.hash_key", got="a shorter one, or no text", expected=expected)
        return cls(
            allow_values=_patterns("allow_values", options),
            hide_values=_patterns("hide_values", options),
            method=Method(method),
            hash_key=key,
        )

    @property
    def key_id(self) -> str | None:
        """A name for the key that tells nothing of it, None without one."""
        if self.hash_key is None:
            return None
        return blake2b(b"profilemesh key", key=_key(self.hash_key), digest_size=4).hexdigest()

    @property
    def stamp(self) -> str:
        """What changes when other values are shown than before."""
        return repr((self.allow_values, self.hide_values, self.method.value, self.key_id))

    def hashed(self, text: str, *, salt: str) -> str:
        """Return the 24 bits that stand for a text: many texts share them, but hardly two of a column's frequent ones.

        `salt` keeps equal values of different tables apart.
        """
        key = _key(self.hash_key) if self.hash_key else b""
        return blake2b(f"{salt}\x00{text}".encode("utf-8", "surrogatepass"), key=key, digest_size=3).hexdigest()


SHOW_ALL: Final = Privacy(allow_values=("*",))


def withheld_columns(
    profile: TableProfile, privacy: Privacy, *, earlier: TableProfile | None = None
) -> dict[str, Withheld]:
    """Return which columns' values must not be shown, and why.

    A column whose values looked personal in the `earlier` profile still does: a sample that is just below the mark
    would show today what it hid yesterday.
    """
    table = profile.schema.table
    found = ((column, _told(column, table, privacy, earlier)) for column in profile.columns)
    return {
        column.schema.name: Withheld(*told, privacy.method, privacy.key_id if privacy.method is Method.HASH else None)
        for column, told in found
        if told is not None
    }


def _told(
    column: ColumnProfile, table: TableRef, privacy: Privacy, earlier: TableProfile | None
) -> tuple[PersonalKind, ToldBy] | None:
    name = column.schema.name
    if _matches(privacy.hide_values, table, name):
        return PersonalKind.LISTED, ToldBy.OPTION
    if _matches(privacy.allow_values, table, name):
        return None
    told = personal_kind(column, table)
    if told is not None:
        return told
    before = earlier.column(name) if earlier is not None else None
    if before is None or before.withheld is None or before.withheld.told_by not in (ToldBy.VALUES, ToldBy.EARLIER):
        return None
    return before.withheld.looks_like, ToldBy.EARLIER


def _matches(patterns: Sequence[str], table: TableRef, column: str) -> bool:
    names = {column, f"{table.name}.{column}", f"{table}.{column}"}
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names)


def _patterns(option: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    given = options.get(option)
    given = (given,) if isinstance(given, str) else () if given is None else given
    is_list = isinstance(given, Sequence) and all(isinstance(one, str) and one.strip() for one in given)
    if not is_list:
        expected = "names of columns, with * and ? for more than one"
        raise InvalidOption(option=f"privacy.{option}", got=type(given).__name__, expected=expected)
    return tuple(given)


def _key(secret: str) -> bytes:
    return blake2b(secret.encode(), digest_size=LONGEST_KEY).digest()
