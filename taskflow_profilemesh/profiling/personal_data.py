"""Which columns look like personal data: a table of rules, by a column's name and by what a sample says of its values.

Names are read as words (`customerEmail`, `CUSTOMER_EMAIL` and `customer-email` are one). A name that ends in a word
about the value (`email_verified`, `card_type`) is none of the value itself. No rule sees a value: the sample keeps
semantic types, forms and lengths alone. The rules err on the side of withholding; `docs/privacy.md` lists them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from taskflow_profilemesh.profiling.looks import SemanticType
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.withheld import PersonalKind, ToldBy
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.looks import Looks
    from taskflow_profilemesh.profiling.profile import ColumnProfile, Lengths

TEXTS: Final = frozenset({Kind.TEXT, Kind.JSON, Kind.OTHER})
NUMBERS: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
_DAYS: Final = frozenset({Kind.TEXT, Kind.DATE, Kind.DATETIME})

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[^\W\d_A-Z]+|[A-Z][^\W\d_A-Z]+|\d+")
_PERSON: Final = (
    "customer|client|user|person|people|employee|staff|contact|patient|student|pupil|teacher|member|guest|passenger|"
    "driver|author|holder|cardholder|recipient|sender|applicant|beneficiary|subscriber|candidate|visitor|buyer|borrower|"
    "manager|doctor|physician|nurse|spouse|parent|child|guardian|citizen|voter|resident|worker|assignee|lead"
)
_ABOUT: Final = re.compile(
    r"_(counts?|total|type|kind|status|verified|valid|validated|flag|date|at|time|ts|timestamp|length|len|size|brand|"
    r"provider|domain|enabled|optin|opted|consent|consented|version|ratio|rate|score|confirmed|sent|language|format|"
    r"category|expires|expiry|state|country)_$|^_(is|has|can|count)_"
)
_PERSON_TABLE: Final = re.compile(rf"_({_PERSON}|persons|children|staff)(s|es)?_$")


class NameRule(NamedTuple):
    """A kind of personal data, the names that say it (between underscores), and the kinds of columns they count in."""

    looks_like: PersonalKind
    names: re.Pattern[str]
    kinds: frozenset[Kind] = TEXTS
    in_person_table: bool = False  # only in a table whose name is one of people


def _names(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


NAME_RULES: Final = (  # the first that fits counts
    NameRule(PersonalKind.BIRTH_DATE, _names(r"_(birth_?(date|day)s?|date_of_birth|dob|born_on)_|^_born_$"), _DAYS),
    NameRule(PersonalKind.SECRET, _names(r"_(password|passwd|pwd|passphrase|secret|otp|pin_code)_"), TEXTS | NUMBERS),
    NameRule(PersonalKind.SECRET, _names(r"_((api|access|private|secret)_?keys?|tokens?)_")),
    NameRule(PersonalKind.EMAIL, _names(r"_(e_mails?|[^\W_]*emails?(addr(ess(es)?)?)?)_|_mail_$")),
    NameRule(
        PersonalKind.PHONE,
        _names(
            r"_(phones?|telephones?|phone_?numbers?|msisdn|whatsapp|cellphones?|cell_phones?)_"
            r"|_(mobile|tel|fax)_((no|nr|num|number)_)?$"
        ),
        TEXTS | NUMBERS,
    ),
    NameRule(
        PersonalKind.NATIONAL_NUMBER,
        _names(
            r"_(ssn|nino|cpf|curp|nif|bsn|pesel|itin|aadhaar|aadhar|personnummer|social_security|national_(id|insurance|"
            r"identity|number)|passport|tax_?id|tax_?payer|drivers?_licen[cs]e|driving_licen[cs]e|licen[cs]e_plate|"
            r"id_card|identity_card|fiscal_code|nhs_number|medicare)_"
        ),
        TEXTS | NUMBERS,
    ),
    NameRule(
        PersonalKind.CARD_NUMBER,
        _names(
            r"_(card|creditcard|debitcard|cc)_(number|num|no|nr)_|_(cardnumber|ccnumber|ccnum|cvv|cvc)_|^_pan_$"
            r"|_(credit|debit)_card_$|_creditcard_$"
        ),
        TEXTS | NUMBERS,
    ),
    NameRule(
        PersonalKind.BANK_ACCOUNT,
        _names(r"_iban_|_account_(number|num|no|nr)_|_bank_account_$|_(routing_number|sort_code)_"),
        TEXTS | NUMBERS,
    ),
    NameRule(PersonalKind.IP_ADDRESS, _names(r"_(ip|ipv[46]|ip_?addr(ess)?|mac_?addr(ess)?)_$")),
    NameRule(
        PersonalKind.NAME,
        _names(
            r"_(first|last|full|middle|given|family|maiden|birth|nick|user|login|screen)_names?_"
            r"|_(firstname|lastname|fullname|surname|forename|givenname|familyname|nickname|username)s?_"
            rf"|_({_PERSON})_names?_$"
        ),
    ),
    NameRule(PersonalKind.NAME, _names(r"^_names?_$"), in_person_table=True),
    NameRule(PersonalKind.ADDRESS, _names(r"_(street|address|addresses|addr)_")),
    NameRule(
        PersonalKind.IDENTIFIER,
        _names(rf"_({_PERSON})_(ids?|uuid|guid|key|identifier|number|no|nr)_$"),
        TEXTS | NUMBERS,
    ),
    NameRule(PersonalKind.IDENTIFIER, _names(r"^_id_$"), TEXTS | NUMBERS, in_person_table=True),
    NameRule(PersonalKind.IDENTIFIER, _names(r"_(ids?|uuid|guid|identifier)_$")),
)

_EMAIL_FORM: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+")
_PHONE_FORM: Final = re.compile(r"\+9([ ()./-]+9){0,7}|\(9\)[ ]?9[ -]9")
_CARD_FORM: Final = re.compile(r"9([ -]9){3}")
_DIGITS_FORM: Final = re.compile("9")
_IBAN_FORM: Final = re.compile("a9( 9)*")
_SOCIAL_FORM: Final = re.compile("9-9-9")
_SEMANTIC: Final = {
    SemanticType.EMAIL: PersonalKind.EMAIL,
    SemanticType.IP_ADDRESS: PersonalKind.IP_ADDRESS,
    SemanticType.UUID: PersonalKind.IDENTIFIER,
}
_DECLARED: Final = {
    "uuid": PersonalKind.IDENTIFIER,
    "uniqueidentifier": PersonalKind.IDENTIFIER,
    "inet": PersonalKind.IP_ADDRESS,
    "cidr": PersonalKind.IP_ADDRESS,
    "macaddr": PersonalKind.IP_ADDRESS,
}
_NO_TABLE: Final = TableRef("document")
_SOME, _MOST, _NEARLY_ALL = 0.05, 0.5, 0.95


def personal_kind(column: ColumnProfile, table: TableRef) -> tuple[PersonalKind, ToldBy] | None:
    """Return what a column looks like and what told it; None where nothing says that it is personal."""
    schema = column.schema
    if (kind := kind_by_name(schema.name, schema.kind, table)) is not None:
        return kind, ToldBy.NAME
    if (kind := _kind_by_values(column)) is not None:
        return kind, ToldBy.VALUES
    return None


def kind_by_name(name: str, kind: Kind, table: TableRef) -> PersonalKind | None:
    """Return what a name says, in a column of that kind in that table."""
    words = words_of(name)
    of_people = _PERSON_TABLE.search(words_of(table.name)) is not None
    for rule in NAME_RULES:
        is_about = rule.looks_like is not PersonalKind.BIRTH_DATE and _ABOUT.search(words)
        if kind in rule.kinds and rule.names.search(words) and not is_about and (of_people or not rule.in_person_table):
            return rule.looks_like
    return None


def words_of(name: str) -> str:
    """Return a name's words in small letters between underscores: `_customer_email_`; a number at the end left out."""
    words = [word.casefold() for word in _WORDS.findall(name)]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return f"_{'_'.join(words)}_"


def _kind_by_values(column: ColumnProfile) -> PersonalKind | None:
    schema = column.schema
    if schema.kind not in TEXTS:
        return None
    declared = _DECLARED.get(schema.declared_type.casefold())
    if declared is not None:
        return declared
    if column.json_keys is not None:
        found = (kind_by_name(one.key, Kind.TEXT, _NO_TABLE) for one in column.json_keys.keys)
        return next((kind for kind in found if kind is not None and kind is not PersonalKind.IDENTIFIER), None)
    looks = column.looks
    if looks is None:
        return None
    semantic = _SEMANTIC.get(looks.semantic_type) if looks.semantic_type is not None else None
    return semantic or _kind_by_form(looks, column.lengths)


def _kind_by_form(looks: Looks, lengths: Lengths | None) -> PersonalKind | None:
    if _share(looks, _EMAIL_FORM) >= _SOME:
        return PersonalKind.EMAIL
    if lengths is None or lengths.minimum is None or lengths.maximum is None or lengths.mean is None:
        return None
    shortest, longest, mean = lengths.minimum, lengths.maximum, lengths.mean
    forms = (
        (PersonalKind.PHONE, _PHONE_FORM, _MOST, 8 <= mean <= 24),  # noqa: PLR2004 -- characters, as those below
        (PersonalKind.CARD_NUMBER, _CARD_FORM, _MOST, 13 <= mean <= 23),  # noqa: PLR2004
        (PersonalKind.CARD_NUMBER, _DIGITS_FORM, _NEARLY_ALL, shortest >= 13 and longest <= 19),  # noqa: PLR2004
        (PersonalKind.BANK_ACCOUNT, _IBAN_FORM, _NEARLY_ALL, shortest >= 15 and longest <= 42),  # noqa: PLR2004
        (PersonalKind.NATIONAL_NUMBER, _SOCIAL_FORM, _NEARLY_ALL, shortest == longest == 11),  # noqa: PLR2004
    )
    return next((kind for kind, form, least, fits in forms if fits and _share(looks, form) >= least), None)


def _share(looks: Looks, form: re.Pattern[str]) -> float:
    return sum(shape.ratio for shape in looks.shapes if form.fullmatch(shape.form))
