"""Imports a practice's risk file: looks first, then writes everything in one transaction or nothing."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.risk import (
    AT_RISK,
    DEFAULT_SHARES,
    Boundary,
    CutOffs,
    Placement,
    Tier,
    TierApproach,
    TierCount,
    TierMissing,
    TierShares,
    compare_counts,
    count_tiers,
    tiers_by_cut_off,
)
from mdt_desktop.domain.risk_columns import RiskColumn
from mdt_desktop.domain.risk_rows import place_rows, scores_of
from mdt_desktop.services import risk_write
from mdt_desktop.services.access import Access
from mdt_desktop.services.risk_plan import Doubt, RunState, match_rows, standing_of
from mdt_desktop.services.risk_reading import RiskFile, RiskFileHead, inspect_risk_file, read_risk_file
from mdt_desktop.services.risk_write import ImportResult
from mdt_desktop.store.queries import register
from mdt_desktop.words import words

__all__ = [
    "ImportOptions",
    "ImportPreview",
    "ImportResult",
    "NoUsableRows",
    "RiskFile",
    "RiskFileHead",
    "RiskImport",
    "RunState",
]

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all; what it raises stops the work and nothing of the file is kept."""


class NoUsableRows(BadInput):
    """Every line of the file was rejected: as a run it would take everybody's tier away. Value: `lines`."""

    code = "risk_no_usable_rows"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the wizard lets people choose; None or empty means: as the file says.

    `approach` None takes the file's own tiers where every row has one, else percentiles. `list_size` is the
    practice's whole list where the file holds only its top part.
    """

    chosen: Mapping[RiskColumn, tuple[int, ...]] = field(default_factory=dict)
    practice_code: str | None = None
    run_date: date | None = None
    approach: TierApproach | None = None
    shares: TierShares = DEFAULT_SHARES
    cut_offs: CutOffs | None = None
    list_size: int | None = None


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do, before anything is written. Rejects and held rows carry their reasons."""

    file: RiskFile
    options: ImportOptions
    placement: Placement
    approach: TierApproach
    list_size: int
    practice_known: bool
    practice_name: str
    state: RunState
    latest: bool
    """Whether no newer run of the practice is here: only then are people added and changed."""
    new_people: int
    updates: int
    unchanged: int
    moved: int
    """How many of the updates come from another practice."""
    left_out: int
    absent: int
    """People on file of the practice whom this, its newest list, does not have: they would have no tier."""
    doubts: tuple[Doubt, ...]
    tiers: tuple[TierCount, ...]

    @property
    def held(self) -> int:
        """Rows held for review: those that contradict the register and those that contradict each other."""
        return len(self.doubts) + len(self.file.held)

    @property
    def ties(self) -> tuple[Boundary, ...]:
        """The tier boundaries that equal scores moved."""
        return self.placement.moved


class RiskImport:
    """The verbs of risk stratification import.

    `inspect` and `read` ask nothing of the store, so a screen may run them beside everything else; `compare` asks
    the reader and `apply` the writer.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def inspect(self, path: Path, options: ImportOptions | None = None) -> RiskFileHead:
        """The form of a file for the mapping step; raises `RiskFileUnusable`, `ColumnMapWrong`."""
        told = options or ImportOptions()
        return inspect_risk_file(path, chosen=told.chosen, practice_code=told.practice_code, run_date=told.run_date)

    def read(self, path: Path, options: ImportOptions | None = None, on_progress: Progress | None = None) -> RiskFile:
        """Read a file whole; raises what `read_risk_file` raises."""
        told = options or ImportOptions()
        return read_risk_file(
            path,
            today=self._access.today(),
            chosen=told.chosen,
            practice_code=told.practice_code,
            run_date=told.run_date,
            on_progress=on_progress,
        )

    def compare(self, file: RiskFile, options: ImportOptions | None = None) -> ImportPreview:
        """What importing a file that was read would do; nothing is written. Raises `NotPermitted` and what
        `place_rows` raises."""
        self._access.require(Permission.IMPORT, connection=self._access.database.reader)
        told = options or ImportOptions()
        approach = told.approach or _approach_of(file)
        placement = place_rows(
            file.rows,
            approach,
            run_date=file.run_date,
            shares=told.shares,
            cut_offs=told.cut_offs,
            list_size=told.list_size,
        )
        connection = self._access.database.reader
        found = register.practice(connection, file.practice_code)
        practice_id = found[0] if found else ""
        state, latest = standing_of(connection, practice_id, file.run_date, file.head.sha256)
        matching = match_rows(connection, file.rows, practice_id, file.run_date, latest=latest)
        list_size = max(told.list_size or 0, len(file.rows))
        return ImportPreview(
            file=file,
            options=told,
            placement=placement,
            approach=approach,
            list_size=list_size,
            practice_known=found is not None,
            practice_name=found[1] if found else "",
            state=state,
            latest=latest,
            new_people=len(matching.new),
            updates=len(matching.updates),
            unchanged=len(matching.unchanged) + len(matching.trend_only),
            moved=matching.moved,
            left_out=len(matching.left_out),
            absent=matching.absent,
            doubts=tuple(matching.doubts),
            tiers=compare_counts(list_size, count_tiers(placement.tiers), told.shares),
        )

    def preview(
        self, path: Path, options: ImportOptions | None = None, on_progress: Progress | None = None
    ) -> ImportPreview:
        """Read and match a file; nothing is written. Raises what reading and `place_rows` raise."""
        return self.compare(self.read(path, options, on_progress), options)

    def apply(self, preview: ImportPreview, on_progress: Progress | None = None) -> ImportResult:
        """Write what was previewed, in one transaction; a file imported before changes nothing.

        The rows are matched again inside the transaction, so that what came in between is not overwritten.
        What `on_progress` raises undoes everything. Raises `NotPermitted`, `NoUsableRows`.
        """
        self._access.require(Permission.IMPORT)
        if not preview.file.rows and not preview.file.held:
            raise NoUsableRows(lines=len(preview.file.rejects))
        return risk_write.write(self._access, preview_job(preview), on_progress or _silent)


def preview_job(preview: ImportPreview) -> risk_write.Job:
    """What is to be written of a preview."""
    file = preview.file
    return risk_write.Job(
        run_id=id_from("stratification_run", file.practice_code, file.run_date.isoformat()),
        practice_code=file.practice_code,
        run_date=file.run_date,
        tool=file.tool,
        tool_version=file.tool_version,
        approach=preview.approach,
        approach_words=approach_words(preview),
        list_size=preview.list_size,
        sha256=file.head.sha256,
        rows=file.rows,
        placement=preview.placement,
        held=file.held,
        held_places=_held_places(preview),
        rejected=len(file.rejects),
    )


def approach_words(preview: ImportPreview) -> str:
    """The approach in words, kept with the run: how tiers were decided and what ties did to the boundaries."""
    shares, cut_offs = preview.options.shares, preview.options.cut_offs
    said = words(
        f"risk_approach.{preview.approach.value}",
        very_high=cut_offs.very_high if cut_offs else shares.very_high,
        high=cut_offs.high if cut_offs else shares.high,
        moderate=cut_offs.moderate if cut_offs else shares.moderate,
    )
    ties = [
        words(f"risk_tie.{tie.move.value}", tier=tie.tier, tied=tie.tied, placed=tie.placed, wanted=tie.wanted)
        for tie in preview.ties
    ]
    return " ".join([said, *ties])


def _held_places(preview: ImportPreview) -> tuple[tuple[Tier, int], ...]:
    """Tier and rank that each row held as contradictory would have among the others, once somebody takes it."""
    rows, held = preview.file.rows, [it.row for it in preview.file.held]
    if not held:
        return ()
    try:
        scale = scores_of([*rows, *held])
    except TierMissing:
        return tuple((row.tier or Tier.BELOW, 1) for row in held)
    falling = sorted(-score for score in scale[: len(rows)])
    lowest = {tier: min(score for score, it in zip(scale, preview.placement.tiers, strict=False) if it is tier)
              for tier in set(preview.placement.tiers)}  # fmt: skip
    cut_offs = preview.options.cut_offs if preview.approach is TierApproach.CUT_OFF else None
    places = []
    for row, score in zip(held, scale[len(rows) :], strict=True):
        if preview.approach is TierApproach.FILE_TIER:
            tier = row.tier or Tier.BELOW
        elif cut_offs is not None:
            tier = tiers_by_cut_off([score], cut_offs).tiers[0]
        else:
            tier = next((it for it in AT_RISK if it in lowest and score >= lowest[it]), Tier.BELOW)
        places.append((tier, 1 + bisect_left(falling, -score)))
    return tuple(places)


def _approach_of(file: RiskFile) -> TierApproach:
    has_tiers = bool(file.rows) and all(row.tier is not None for row in file.rows)
    return TierApproach.FILE_TIER if has_tiers else TierApproach.PERCENTILE


def _silent(done: int, of: int) -> None:
    """Progress that nobody looks at."""
