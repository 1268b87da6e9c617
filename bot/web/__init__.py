"""The one safe way to HTTP: address guard, size and time limits, and what an answer means for a delivery."""
