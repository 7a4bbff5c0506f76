"""The risk files page: how each practice stands with its runs, importing files, and deciding held rows."""
