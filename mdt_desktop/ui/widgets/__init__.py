"""Small widgets that every page is built from; they hold no rules and call no service."""
