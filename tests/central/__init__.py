"""The central store: its rules, its wire, its feed under concurrent writers, its keeping."""
