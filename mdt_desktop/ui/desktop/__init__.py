"""What the systems around the window tell of and are asked for: one module a system, each behind a class of `ui`."""
