"""The invented borough's risk files: the same for the same seed, valid, and of the right counts."""

from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from nhs_number.validate import is_valid

from mdt_desktop.demo.invented_names import (
    CUT_OFFS,
    demo_borough,
    invented_nhs_numbers,
    invented_people,
    tier_counts_for,
)
from mdt_desktop.demo.risk_files import write_risk_files
from mdt_desktop.domain import postcode
from mdt_desktop.domain.risk import Tier, TierApproach, count_tiers
from mdt_desktop.domain.risk_rows import place_rows
from mdt_desktop.services.risk_reading import read_risk_file

RUN = date(2026, 11, 1)


def test_the_borough_has_36_practices_in_8_networks_and_4_localities() -> None:
    borough = demo_borough()
    assert len({practice.code for practice in borough.practices}) == 36
    assert len({practice.network_code for practice in borough.practices}) == 8
    assert {practice.locality_name for practice in borough.practices} == {
        "North East",
        "North West",
        "South East",
        "South West",
    }
    assert sum(practice.list_size for practice in borough.practices) == borough.registered == 261_536
    assert all(postcode.is_normal(practice.postcode) for practice in borough.practices)


def test_the_whole_borough_has_the_source_documents_tier_counts() -> None:
    assert tier_counts_for(261_536) == (1_662, 11_871, 23_600)


def test_numbers_begin_with_9_are_valid_and_never_repeat() -> None:
    numbers = list(islice(invented_nhs_numbers(3), 20_000))
    assert len(set(numbers)) == 20_000
    assert all(number[0] == "9" and len(set(number)) > 1 and is_valid(number) for number in numbers)


def test_people_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    assert invented_people(200, 5) == invented_people(200, 5)
    assert invented_people(200, 5) != invented_people(200, 6)


def test_the_first_people_of_a_large_borough_are_those_of_a_small_one() -> None:
    small, large = invented_people(150, 5), invented_people(2_000, 5)
    assert [person[:14] for person in small] == [person[:14] for person in large[:150]]


def test_about_one_person_in_200_has_no_number() -> None:
    without = sum(person.nhs_number is None for person in invented_people(20_000, 1))
    assert 60 <= without <= 150


def test_names_are_as_diverse_as_the_borough() -> None:
    people = invented_people(10_000, 1)
    names = " ".join(f"{person.family_name} {person.given_names}" for person in people)
    assert all(part in names for part in ("O'", "ŵ", "ł", "Begum", "Warsame", "-", "Nguyễn", " da ", "Smith"))
    assert len(Counter(person.group for person in people)) == 9


def test_risk_rises_with_age_and_conditions() -> None:
    people = invented_people(10_000, 1)
    tiers = {tier: [person for person in people if person.tier is tier] for tier in Tier}
    ages = [sum(2025 - p.born.year for p in tiers[tier]) / len(tiers[tier]) for tier in Tier]
    burdens = [sum(len(p.conditions) for p in tiers[tier]) / len(tiers[tier]) for tier in Tier]
    assert ages == sorted(ages, reverse=True)
    assert burdens == sorted(burdens, reverse=True)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("risk")
    heard: list[tuple[int, int]] = []
    result = write_risk_files(3_000, out, 7, lambda done, total: heard.append((done, total)), run_date=RUN)
    assert len(result.files) == 36
    assert heard[-1] == (36, 36)
    assert tuple(result.tiers[tier] for tier in Tier)[:3] == tier_counts_for(3_000)
    return out


def test_every_written_row_is_read_without_a_reject(written: Path) -> None:
    numbers: list[str | None] = []
    tiers: Counter[Tier | None] = Counter()
    for path in written.iterdir():
        found = read_risk_file(path, today=date(2026, 11, 23))
        assert (found.rejects, found.held, found.remarks, found.run_date) == ([], [], [], RUN)
        assert found.practice_code in path.name
        numbers += [row.nhs_number for row in found.rows]
        tiers.update(row.tier for row in found.rows)
        own = place_rows(found.rows, TierApproach.FILE_TIER, run_date=RUN)
        assert place_rows(found.rows, TierApproach.CUT_OFF, run_date=RUN, cut_offs=CUT_OFFS).tiers == own.tiers
        assert own.ranks == tuple(row.rank for row in found.rows)
    known = [number for number in numbers if number]
    assert len(numbers) == 3_000
    assert len(set(known)) == len(known)
    assert tuple(tiers[tier] for tier in Tier)[:3] == tier_counts_for(3_000)


def test_the_same_arguments_write_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_risk_files(3_000, tmp_path, 7, run_date=RUN)
    assert {p.name: p.read_bytes() for p in written.iterdir()} == {p.name: p.read_bytes() for p in tmp_path.iterdir()}


def test_next_month_has_the_same_people_a_little_changed() -> None:
    now = {person.place: person for person in invented_people(5_000, 2)}
    then = {person.place: person for person in invented_people(5_000, 2, month=1)}
    both = now.keys() & then.keys()
    assert 0 < len(now.keys() - then.keys()) < 60
    assert len(then.keys() - now.keys()) == 20
    assert all(now[place][:14] == then[place][:14] for place in both)
    changes = [abs(now[place].score - then[place].score) for place in both]
    assert 0 < max(changes) < 3
    assert count_tiers(p.tier for p in then.values()) != count_tiers(p.tier for p in now.values())


def test_an_earlier_month_has_fewer_people() -> None:
    assert 0 < 5_000 - len(invented_people(5_000, 2, month=-5)) < 200


def test_a_run_before_some_people_are_born_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="births"):
        write_risk_files(100, tmp_path, run_date=date(2024, 1, 1))


def test_a_few_people_are_the_same_as_they_are_among_all_the_others() -> None:
    everybody = invented_people(500, 3, month=-2)
    some = {person.place for person in everybody[::50]}
    assert invented_people(500, 3, month=-2, only=some) == everybody[::50]
