"""A scenario is read as it is meant, or refused with the key, what it may hold, and what it held."""

from __future__ import annotations

from dataclasses import fields

import pytest

from governance.assessment import assess
from governance.errors import ScenarioInvalid
from governance.exposure import ExposureInputs
from governance.scenario import KEYS, Scenario, inputs_of, measured, parse_scenario, scenario_of, stated
from governance.weights import Weights


def read(line: str, weights: Weights) -> ExposureInputs:
    return inputs_of(parse_scenario(line), weights)


def test_an_empty_object_knows_nothing(weights: Weights) -> None:
    assert read("{}", weights) == ExposureInputs()
    nulls = dict.fromkeys(KEYS)
    assert inputs_of(scenario_of(nulls), weights) == ExposureInputs()


def test_every_input_can_be_stated(weights: Weights) -> None:
    everything = scenario_of(dict.fromkeys(KEYS))
    assert set(stated(everything, weights)) == {field.name for field in fields(ExposureInputs)}
    assert all(Scenario.model_fields[key].description for key in KEYS)


def test_words_and_units_become_the_pipelines_inputs(weights: Weights) -> None:
    line = (
        '{"id": "x", "surface": "vendor_only", "account": "corporate", "baa_own": "signed", "trend": 2,'
        ' "minutes_after_ehr": "never", "baa_offered": "unknown", "people": 3.0, "departments": 4}'
    )
    assert read(line, weights) == ExposureInputs(
        finding_kind="contact",
        account="organisation",
        agreement="in_force",
        growth=2.0,
        minutes_after_ehr=float("inf"),
        people=3,
        departments=4,
    )


@pytest.mark.parametrize(
    ("given", "clinical", "departments"),
    [
        ({"departments": ["Radiology", "radiology ", "IT"]}, True, 2),
        ({"departments": ["Finance"]}, False, 1),
        ({"departments": ["Finance"], "clinical_people": 2}, True, 1),
        ({"departments": 5}, None, 5),
        ({"clinical_people": 0}, False, None),
        ({"clinical_people": 1}, True, None),
        ({"departments": ["Finance"], "clinical_department": True}, True, 1),
        ({"departments": []}, None, 0),
    ],
)
def test_departments_tell_whether_patients_are_treated(
    given: dict[str, object], clinical: bool | None, departments: int | None, weights: Weights
) -> None:
    found = inputs_of(scenario_of(given), weights)
    assert (found.clinical_department, found.departments) == (clinical, departments)


def test_there_are_at_least_as_many_people_as_clinicians(weights: Weights) -> None:
    assert read('{"people": 2, "clinical_people": 5}', weights).people == 5
    assert read('{"people": 9, "clinical_people": 5}', weights).people == 9


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("oops", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"people": NaN}', "NaN is no JSON number"),
        ('{"people": 1, "people": 2}', "'people' stands there twice"),
        ('{"catgory": "writing"}', "unknown key 'catgory'; did you mean category?"),
        ('{"zzz": 1}', "unknown key 'zzz'; known keys: id, category,"),
        ('{"people": "3"}', "people: a whole number from 0 on (got '3')"),
        ('{"people": true}', "people: a whole number from 0 on (got True)"),
        ('{"people": 1.5}', "people: a whole number from 0 on (got 1.5)"),
        ('{"people": -1}', "people: a whole number from 0 on (got -1)"),
        ('{"people": 1e400}', "people: a whole number"),
        ('{"bytes_up": 9223372036854775808}', "bytes_up: a whole number"),
        ('{"minutes_after_ehr": "soon"}', 'minutes_after_ehr: a number from 0 on or "never"'),
        ('{"blocked_share": 1.01}', "blocked_share: a number from 0 to 1"),
        ('{"trend": 1e999}', "trend: a number from 0 on"),
        ('{"clinical_tool": "yes"}', "clinical_tool: true or false"),
        ('{"departments": [1]}', "departments: a whole number from 0 on or a list of names"),
        ('{"departments": [""]}', "departments: a whole number from 0 on or a list of names"),
        ('{"category": "chat"}', "category: one of ambient_scribe"),
        ('{"category": "chat_asistant"}', "category: did you mean chat_assistant?"),
        ('{"status": "Approved"}', "status: did you mean approved?"),
        ('{"people": -1, "sessions": "x"}', "sessions: a whole number"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(line: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        parse_scenario(line)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 1500


def test_the_scenarios_of_one_input_measure_each_other(weights: Weights) -> None:
    lines = [
        '{"bytes_up": 10}',
        '{"bytes_up": 1000, "surface": "use"}',
        '{"bytes_up": 90000, "surface": "ambient"}',
        '{"bytes_up": 10, "bytes_up_greatest": 20}',
        '{"people": 1}',
    ]
    found = measured([read(line, weights) for line in lines], weights)
    assert [one.bytes_up_greatest for one in found] == [1000, 1000, 1000, 20, 1000]
    assert {one.bytes_up_per_session_greatest for one in found} == {None}


def test_a_volume_without_a_second_is_measured_by_the_weights(weights: Weights) -> None:
    def alone(sent: int) -> int:
        line = f'{{"category": "chat_assistant", "bytes_up": {sent}, "bytes_up_per_session": {sent}}}'
        return assess(measured([read(line, weights)], weights)[0], weights).score

    assert alone(10**3) < alone(10**7) < alone(10**9) == alone(10**12)


def test_background_traffic_changes_no_score_of_use(weights: Weights) -> None:
    use = [
        read(f'{{"category": "chat_assistant", "bytes_up": {n}, "surface": "use"}}', weights)
        for n in (5, 500)
    ]
    background = read('{"category": "writing", "bytes_up": 900000000, "surface": "ambient"}', weights)
    alone = [assess(one, weights) for one in measured(use, weights)]
    together = [assess(one, weights) for one in measured([*use, background], weights)]
    assert together[:2] == alone
    assert alone[0].score < alone[1].score


def test_numbers_rise_as_scenarios_too(weights: Weights) -> None:
    """What a scenario derives from a number must not turn its order around."""
    keys = (
        "people clinical_people departments sessions audio_sessions bytes_up bytes_up_per_session "
        "bytes_up_per_person retention_days conditions_broken trend"
    )
    for key in keys.split():
        rising = [
            assess(one, weights).score
            for one in measured(
                [
                    inputs_of(
                        scenario_of({"category": "chat_assistant", "people": 7, "sessions": 9, key: n}),
                        weights,
                    )
                    for n in (0, 1, 2, 5, 10, 30, 100, 1000, 10**6)
                ],
                weights,
            )
        ]
        assert rising == sorted(rising), key
        assert rising[0] < rising[-1], key
