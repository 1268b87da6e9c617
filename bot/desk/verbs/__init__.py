"""The verbs of the desk, a file a group; registry.py lists them."""
