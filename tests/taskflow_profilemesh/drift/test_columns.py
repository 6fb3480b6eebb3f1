"""Each kind of comparison beside those of numbers: what it finds, what it leaves alone, and how it says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taskflow_profilemesh.drift import DriftReport, Finding, Severity, Thresholds, compare
from taskflow_profilemesh.drift.rules import Check, Override, Rules, Strategy
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.profiling.looks import Looks, SemanticType, Shape
from taskflow_profilemesh.profiling.profile import ColumnProfile, NullPair, TableProfile, TimeSpan, TopValue
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.profiles import numbers, table, texts

_DAY = 86_400.0
_MIXED = ["x"] * 300 + ["y"] * 300


def _only(report: DriftReport) -> Finding:
    (finding,) = report.findings
    return finding


def _flags(true: int, of: int = 600) -> ColumnProfile:
    column = numbers("flag", [0.0] * of, kind=Kind.BOOLEAN)
    return replace(column, true_count=true, numbers=None, distribution=None, distinct=None)


def test_a_share_of_nan_is_found() -> None:
    before = numbers("a", [1.0, 2.0] * 300)
    assert before.numbers is not None
    after = replace(before, numbers=replace(before.numbers, nan_count=60))
    finding = _only(compare(table(before), table(after)))
    assert (finding.metric, finding.baseline_value, finding.current_value) == ("nan_ratio", 0.0, 0.1)
    assert finding.sentence == "a is NaN in 10.0% of its values after 0.0% (+10.0 percentage points)."


@pytest.mark.parametrize(("true", "severity"), [(300, None), (320, None), (380, Severity.MEDIUM), (450, Severity.HIGH)])
def test_booleans_are_compared_by_their_share_of_trues(true: int, severity: Severity | None) -> None:
    assert compare(table(_flags(300)), table(_flags(true))).severity is severity


def test_a_new_category_is_told_by_its_share_and_not_by_its_name() -> None:
    finding = _only(compare(table(texts("a", _MIXED)), table(texts("a", ["x"] * 240 + ["y"] * 240 + ["z"] * 120))))
    assert (finding.metric, finding.current_value, finding.severity) == ("unseen_ratio", 0.2, Severity.HIGH)
    assert finding.sentence == "a has values that it did not have before: they are 20.0% of all."


def test_a_changed_mix_is_told_by_the_category_that_moved_most() -> None:
    finding = _only(compare(table(texts("a", _MIXED)), table(texts("a", ["x"] * 480 + ["y"] * 120))))
    assert (finding.metric, finding.severity) == ("js", Severity.HIGH)
    assert (finding.baseline_value, finding.current_value) in {(0.5, 0.8), (0.5, 0.2)}


# Whole numbers that are few: as codes, beside what they are as numbers


def _codes(counts: dict[int, int], name: str = "code") -> ColumnProfile:
    values = [float(code) for code, count in counts.items() for _ in range(count)]
    return numbers(name, values, kind=Kind.INTEGER)


def test_a_new_code_between_the_others_is_found_though_the_numbers_hardly_moved() -> None:
    """A fifth became 15: each decile's bin of 10, 20 and 30 keeps about as many, so that PSI is 0.07 and KS 0.07."""
    before, after = _codes({10: 200, 20: 200, 30: 200}), _codes({10: 160, 15: 120, 20: 160, 30: 160})
    finding = _only(compare(table(before), table(after)))
    assert (finding.metric, finding.current_value, finding.severity) == ("unseen_ratio", 0.2, Severity.HIGH)
    assert finding.sentence == "code has values that it did not have before: they are 20.0% of all."


def test_a_new_code_beyond_the_others_is_told_once_and_as_new() -> None:
    before, after = _codes({1: 300, 2: 300}), _codes({1: 240, 2: 240, 99: 120})
    report = compare(table(before), table(after))
    assert _only(report).metric == "unseen_ratio"
    assert {distance.metric for distance in report.distances if distance.exceeded} >= {"psi", "unseen_ratio"}


def test_where_most_rows_hold_new_values_the_column_moved() -> None:
    before, after = _codes({1: 200, 2: 200, 3: 200}), _codes({3: 200, 4: 200, 5: 200})
    report = compare(table(before), table(after))
    assert _only(report).metric == "psi"
    assert {distance.metric for distance in report.distances if distance.exceeded} >= {"psi", "unseen_ratio"}


def test_the_more_severe_finding_is_told() -> None:
    """7 % are new, which is medium; the numbers went up by far more, which is high."""
    before, after = _codes({1: 400, 2: 200}), _codes({1: 100, 2: 458, 3: 42})
    finding = _only(compare(table(before), table(after)))
    assert (finding.metric, finding.severity) == ("psi", Severity.HIGH)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (dict.fromkeys(range(1, 16), 100), dict.fromkeys(range(1, 17), 100)),
        (dict.fromkeys(range(20260201, 20260229), 100), dict.fromkeys([*range(20260202, 20260229), 20260301], 100)),
        ({1: 300, 2: 300}, {1: 300, 2: 300}),
    ],
    ids=["a week more", "a day more and one less", "the same"],
)
def test_a_range_of_codes_that_moves_on_is_no_news(before: dict[int, int], after: dict[int, int]) -> None:
    report = compare(table(_many(before)), table(_many(after)))
    assert {finding.metric for finding in report.findings} & {"unseen_ratio", "js", "psi", "ks"} == set()


def test_a_mix_of_the_same_codes_that_deciles_do_not_see_is_found() -> None:
    """Forty codes, four to a decile's bin, of which every second one lost what its neighbour won."""
    before = dict.fromkeys(range(40), 50)
    after = {code: 75 if code % 2 else 25 for code in range(40)}
    assert _only(compare(table(_many(before)), table(_many(after)))).metric == "js"


def _many(counts: dict[int, int]) -> ColumnProfile:
    """As `_codes`, with all of up to fifty values listed."""
    column = _codes(counts)
    assert column.distinct is not None
    top = tuple(TopValue(str(float(code)), count) for code, count in counts.items())
    return replace(column, distinct=replace(column.distinct, top=top))


def test_numbers_of_which_not_all_are_listed_and_keys_are_no_codes() -> None:
    many = table(_codes(dict.fromkeys(range(20), 50)))
    assert "unseen_ratio" not in {distance.metric for distance in compare(many, many).distances}
    before, after = (
        table(_codes(counts), primary_key=("code",)) for counts in ({10: 300, 20: 300}, {10: 240, 15: 120, 20: 240})
    )
    assert not compare(before, after).detected


def test_names_of_withheld_numbers_have_no_order_and_can_be_new_nonetheless() -> None:
    def hidden(counts: dict[int, int]) -> TableProfile:
        column = _codes(counts)
        assert column.distinct is not None
        top = tuple(replace(one, value=f"hidden:{one.value}") for one in column.distinct.top)
        return table(replace(column, distinct=replace(column.distinct, top=top)))

    assert not compare(hidden({10: 300, 20: 300}), hidden({10: 240, 15: 120, 20: 240})).detected
    far = compare(hidden({1: 300, 2: 300}), hidden({1: 240, 2: 240, 99: 120}))
    assert _only(far).metric == "unseen_ratio"


def test_texts_that_came_to_be_longer_or_empty_are_found() -> None:
    words = [f"w{number}" for number in range(600)]
    longer = compare(table(texts("a", words)), table(texts("a", [word * 3 for word in words])))
    assert "length_psi" not in {finding.metric for finding in longer.findings}  # by hand: no distribution of lengths
    empty = compare(table(texts("a", words)), table(texts("a", ["", *[" "] * 99, *words[:500]])))
    assert "empty_ratio" in {finding.metric for finding in empty.findings}


def _looking(kind: SemanticType | None, *shapes: Shape, ratio: float = 1.0) -> ColumnProfile:
    looks = Looks(kind, ratio if kind else None, shapes, 256)
    return texts("a", [f"w{number}" for number in range(600)], looks=looks)


def test_texts_of_another_type_or_form_are_found() -> None:
    mail, date = _looking(SemanticType.EMAIL, Shape("a@a.a", 1.0)), _looking(SemanticType.DATE, Shape("9-9-9", 1.0))
    found = {finding.metric: finding for finding in compare(table(mail), table(date)).findings}
    assert set(found) == {"semantic_type", "shapes_js"}
    assert found["semantic_type"].sentence.startswith("The texts of a are now of the type date")
    unsure = compare(table(_looking(SemanticType.EMAIL, ratio=0.96)), table(_looking(None)))
    assert not unsure.detected


def _seen(freshness: float) -> ColumnProfile:
    return numbers("day", [1.0] * 600, kind=Kind.DATE, time_span=TimeSpan(None, freshness_seconds=freshness))


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (_DAY / 2, _DAY, None),
        (_DAY / 2, 2 * _DAY, Severity.MEDIUM),
        (_DAY / 2, 9 * _DAY, Severity.HIGH),
        (4000 * _DAY, 4009 * _DAY, None),
        (9 * _DAY, _DAY, None),
    ],
    ids=["a run later", "late", "stopped", "never fresh", "fresher"],
)
def test_a_column_that_grows_stale_is_found(before: float, after: float, severity: Severity | None) -> None:
    assert compare(table(_seen(before)), table(_seen(after))).severity is severity


def test_a_column_without_duplicates_may_not_have_any() -> None:
    unique = [f"w{number}" for number in range(1000)]
    finding = _only(compare(table(texts("a", unique)), table(texts("a", unique[:950] + unique[:50]))))
    assert finding.metric == "unique_ratio"
    assert finding.distance == pytest.approx(-0.05)
    assert finding.sentence == "a had a value of its own in every row: now 5.0% of its values repeat another one."


def test_columns_that_are_no_longer_null_together_are_found() -> None:
    columns = texts("a", ["x"] * 500, nulls=100), texts("b", ["x"] * 500, nulls=100)
    before = replace(table(*columns), null_pairs=(NullPair("a", "b", 100, 1.0),))
    after = replace(table(*columns), null_pairs=(NullPair("a", "b", 20, 20 / 180),))
    finding = _only(compare(before, after))
    assert (finding.metric, finding.severity) == ("null_overlap", Severity.HIGH)
    assert finding.sentence.startswith("a and b are null together in 11% of the rows")
    assert _only(compare(before, table(*columns))).current_value == 0.0


# Rules


def test_a_column_goes_before_its_type_and_that_before_the_table() -> None:
    rules = Rules(
        types={"boolean": Override(thresholds={"true_warn": 0.2, "true_fail": 0.3})},
        columns={"fl*": Override(thresholds={"true_warn": 0.01})},
    )
    before, after = table(_flags(30_000, 60_000)), table(_flags(31_500, 60_000))  # 2.5 points
    assert not compare(before, after).detected
    assert compare(before, after, rules).detected
    assert not compare(before, after, Rules(columns={"flag": Override(check=Check.NEVER)})).distances[1:]


def test_statistical_tells_smaller_effects_that_are_no_chance() -> None:
    before, after = table(_flags(30_000, 60_000)), table(_flags(31_500, 60_000))
    assert compare(before, after, Rules(strategy=Strategy.STATISTICAL)).detected


def test_standard_deviation_learns_from_seven_runs_what_is_usual() -> None:
    before, after = table(_flags(300)), table(_flags(380))  # 13.3 points
    rules = Rules(strategy=Strategy.STANDARD_DEVIATION)
    restless: dict[tuple[str | None, str], list[float]] = {
        ("flag", "true_ratio"): [0.1, -0.12, 0.11, 0.09, -0.1, 0.12, -0.11]
    }
    assert compare(before, after, rules).detected
    assert not compare(before, after, rules, past=restless).detected
    few = {number: values[:6] for number, values in restless.items()}
    assert compare(before, after, rules, past=few).detected


def test_rules_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(InvalidOption, match="numeric"):
        Rules(types={"numbers": Override()})
    with pytest.raises(InvalidOption, match="psi_warn"):
        Rules(thresholds=Thresholds(), columns={"a": Override(thresholds={"psi_wran": 1.0})})
