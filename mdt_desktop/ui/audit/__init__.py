"""The audit page: who did what, when and why, and every time the glass was broken."""
