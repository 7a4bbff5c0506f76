"""Laptops that exchange at the same time through two servers lose nothing, leave no hole and never stand still."""

import pytest

from tests.helpers.many_laptops import exchanged_at_once


@pytest.mark.timeout(600)
def test_a_few_laptops_through_two_servers_behind_one_postgresql(postgres_url: str) -> None:
    assert len(exchanged_at_once(4, postgres_url)) == 4


@pytest.mark.soak
@pytest.mark.parametrize("count", [40, 200])
def test_many_laptops_at_once(count: int, postgres_url: str) -> None:
    assert len(exchanged_at_once(count, postgres_url)) == count
