"""Reading: from bytes to an article with every part named."""
