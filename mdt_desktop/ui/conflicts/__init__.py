"""The page Sync: what is to be decided, what waits to be sent, how the last exchanges went."""
