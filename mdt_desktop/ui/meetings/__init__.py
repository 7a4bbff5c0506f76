"""Meetings before and after they are held: the list, series, planning an agenda, and sealed records."""
