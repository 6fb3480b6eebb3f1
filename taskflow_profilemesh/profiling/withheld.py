"""Why a profile shows no values of a column, and what stands in their place: plain values, kept with the profile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """What kind of personal data a column looks like."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    IDENTIFIER = "identifier"  # of a person or a device, or a text that is an id
    NATIONAL_NUMBER = "national_number"  # of an insurance, a passport, a tax payer
    CARD_NUMBER = "card_number"
    BANK_ACCOUNT = "bank_account"
    IP_ADDRESS = "ip_address"
    SECRET = "secret"  # noqa: S105 -- a kind of column, no password
    LISTED = "listed"  # by the option `hide_values`


class ToldBy(StrEnum):
    """What of a column told that it is personal."""

    NAME = "name"
    VALUES = "values"  # of a sample: their semantic type or form, or the keys of documents
    OPTION = "option"
    EARLIER = "earlier"  # an earlier profile of the column was told by its values


class Method(StrEnum):
    """What stands in place of a frequent value."""

    HASH = "hash"  # `hidden:` and 24 bits of its hash: equal values stay equal
    MASK = "mask"  # its form, `a9@a.a`
    DROP = "drop"  # nothing


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a column's values are not shown, and by what they were replaced."""

    looks_like: PersonalKind
    told_by: ToldBy
    method: Method = Method.HASH
    key_id: str | None = None  # tells hashes of different keys apart; None: no key of one's own

    def sentence(self, *, shows_extremes: bool) -> str:
        """Say it to a person; ids that are numbers show their extremes, and withhold frequent values alone."""
        why = {
            ToldBy.NAME: f"its name says {self._kind}",
            ToldBy.VALUES: f"its values look like {self._kind}",
            ToldBy.OPTION: "hide_values names it",
            ToldBy.EARLIER: f"its values looked like {self._kind} before",
        }[self.told_by]
        return f"{'frequent values' if shows_extremes else 'values'} withheld: {why}"

    @property
    def _kind(self) -> str:
        return self.looks_like.value.replace("_", " ")
