"""The words of the house as values: frozen, without behaviour that touches the world."""
