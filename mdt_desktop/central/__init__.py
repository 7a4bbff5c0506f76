"""The central store: keeps what laptops send, gives each bucket's changes out in one gap-free order (SYNC 5)."""
