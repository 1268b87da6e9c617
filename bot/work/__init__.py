"""The way of an article through the house: pickup, compose, dispatch, sweep; each piece run by the runner."""
