"""The file of weights is complete, explained, and refused if it could mislead."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.departments import is_clinical
from governance.errors import WeightsInvalid
from governance.weights import SCALE, default_path, factor_functions, load_weights
from signatures.kinds import Baa, Category, Training

TEXT = default_path().read_text()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert TEXT.count(old) >= 1
    path = tmp_path / "weights.toml"
    path.write_text(TEXT.replace(old, new, 1))
    return path


def test_the_greatest_values_sum_to_the_scale() -> None:
    weights = load_weights()
    adding = [factor for factor, _ in weights.factors if not factor.takes_off and not factor.takes_up]
    assert sum(factor.most for factor in adding) == SCALE
    assert {factor.name for factor, _ in weights.factors} == set(factor_functions())
    steps = [(factor.takes_off, factor.takes_up) for factor, _ in weights.factors]
    assert steps == sorted(steps)


def test_evidence_nobody_looked_for_adds_nothing_but_range() -> None:
    for factor, _ in load_weights().factors:
        if factor.takes_up:
            assert factor.unknown.value == factor.least == 0, factor.name
            assert factor.most > 0, factor.name


def test_every_word_of_the_catalogue_has_a_weight() -> None:
    weights = load_weights()
    assert set(weights.factor("category").values) == {str(one) for one in Category}
    assert set(weights.factor("training").values) | {"unknown"} == {str(one) for one in Training}
    assert set(weights.factor("baa_terms").values) | {"unknown"} == {str(one) for one in Baa} | {"signed"}


def test_offers_and_training_weigh_in_the_catalogues_order() -> None:
    weights = load_weights()
    for factor, order in (("baa_terms", list(Baa)), ("training", list(Training))):
        entry = weights.factor(factor)
        values = [entry.values[str(one)].value if one != "unknown" else entry.unknown.value for one in order]
        if factor == "training":
            values.remove(entry.unknown.value)  # unknown may turn out worse than opt-out
        assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ambient_scribe = { value = 34", "ambient_scribe = { value = 35", "sum to 101, above 100"),
        ("unknown = { value = 4,", "unknown = { value = 0,", "unknown is never safe"),
        ("no = { value = 0,", "no = { value = -1,", "value below 0"),
        ('reason = "Takes specim', 'because = "Takes specim', r"values\.pathology\.reason: Field required"),
        ("all = { value = 70", "all = { value = 170", "takes off more than 100"),
        ("at_least = 32, value = 2", "at_least = 400, value = 2", "steps out of order"),
        ("critical = { from = 80", "critical = { from = 60", "falling scores"),
        ("critical = {", "extreme = {", "must hold exactly"),
        ('version = "2026', "version = 2026 #", "valid string"),
        ("takes_up = true\npermitted", "takes_up = true\ntakes_off = true\npermitted", "takes off or takes up"),
        ("takes_up = true\npermitted", "permitted", "only a factor that takes up"),
        ("at_least = 0, value = 16", "at_least = 0, value = 116", "takes up more than 100"),
        ("takes_off = true", "takes_off = maybe", "weights.toml"),
        ("steps = [", "stairs = [", r"factors\.retention\.stairs: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_a_file_that_could_mislead_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(WeightsInvalid, match=words):
        load_weights(changed(tmp_path, old, new))


def test_blocks_and_modules_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text(TEXT.replace("[factors.region", "[factors.planet"))
    with pytest.raises(WeightsInvalid) as caught:
        load_weights(path)
    assert "[factors.planet] has no module governance/risk/planet.py" in str(caught.value)
    assert "governance/risk/region.py has no block [factors.region]" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsInvalid, match=r"none\.toml: cannot be read"):
        load_weights(tmp_path / "none.toml")


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    other = load_weights(changed(tmp_path, "from = 65", "from = 66"))
    assert other.version != load_weights().version
    assert (other.band(65), other.band(66), other.band(0), other.band(100)) == (
        "moderate", "high", "minimal", "critical"
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Radiology",
        "ED",
        "emergency dept.",
        "4 West ICU",
        "Pediatric-Cardiology",
        "Nursing_Admin",
        "Lab",
        "ENT clinic",
    ],
)
def test_clinical_departments_are_recognised(name: str) -> None:
    assert is_clinical(name, load_weights().clinical_words)


@pytest.mark.parametrize(
    "name", ["Marketing", "Education", "Enterprise IT", "Finance", "Labor relations", "", "HR"]
)
def test_other_departments_are_not(name: str) -> None:
    assert not is_clinical(name, load_weights().clinical_words)
