"""What every service works with: the open store, who is at the keyboard, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from mdt_desktop.domain.actor import Actor
from mdt_desktop.store.database import Database

Clock = Callable[[], datetime]
"""Gives the present moment, aware."""


@dataclass(frozen=True, slots=True)
class Access:
    """An open store with its user; services are made of it and keep nothing else."""

    database: Database
    actor: Actor
    clock: Clock
    is_demo: bool = False

    def today(self) -> date:
        """Today's date where the laptop is."""
        return self.clock().astimezone().date()
