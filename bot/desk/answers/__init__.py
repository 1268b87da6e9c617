"""What the desk answers, as values, a file a group; templates/desk/<language>/<template>.html.j2 says them."""
