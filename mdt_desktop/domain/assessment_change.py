"""What changed between two fillings of an instrument: by its own bands first, by points second (DOMAIN D32)."""

from mdt_desktop.domain.scoring import ONS4_MAXIMUM, PHQ9_MAXIMUM, Finding, Ons4Answer, Phq9Result


def phq9_change(before: Phq9Result, now: Phq9Result, day: str) -> Finding | None:
    """How the total moved since `day`; None where either is not scored. Fewer points are fewer symptoms."""
    if before.total is None or before.band is None or now.total is None or now.band is None:
        return None
    moved = now.total - before.total
    way = "same" if moved == 0 else "lower" if moved < 0 else "higher"
    if way != "same":
        way += "_same_band" if now.band is before.band else "_other_band"
    values: dict[str, object] = {
        "points": abs(moved),
        "before": before.total,
        "maximum": PHQ9_MAXIMUM,
        "band_before": (f"phq9_short.{before.band}",),
        "band_now": (f"phq9_short.{now.band}",),
        "day": day,
    }
    return Finding(f"phq9_change.{way}", values)


def ons4_change(before: Ons4Answer, now: Ons4Answer, day: str) -> Finding | None:
    """What one question was answered before; None where either was not answered."""
    if before.score is None or before.band is None or now.score is None:
        return None
    moved = now.score - before.score
    way = "same" if moved == 0 else "lower" if moved < 0 else "higher"
    values: dict[str, object] = {
        "points": abs(moved),
        "before": before.score,
        "maximum": ONS4_MAXIMUM,
        "band_before": (f"ons4_short.{before.band}",),
        "day": day,
    }
    return Finding(f"ons4_change.{way}", values)
