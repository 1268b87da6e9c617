"""Decisions as pure functions of values: no I/O, no clock of their own."""
