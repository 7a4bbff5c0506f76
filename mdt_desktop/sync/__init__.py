"""The exchange with the central store: merge rules, the wire, and the run that sends, fetches and merges."""
