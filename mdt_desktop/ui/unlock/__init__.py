"""Unlocking the store, and the three steps of the first start."""
