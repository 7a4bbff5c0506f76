"""Backups on the screen: what lies there, what is in one, and the way back to it; shared by settings and unlocking."""
