"""The meeting on one screen: the agenda by initials, the person being discussed, and what is decided."""
