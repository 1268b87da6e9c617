"""Versions of the ledger, in order; each is run once, by migrate.py."""
