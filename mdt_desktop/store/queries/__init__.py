"""Every question that is asked of the store: SQL in, frozen summaries out; no ORM, so that reading stays fast."""
