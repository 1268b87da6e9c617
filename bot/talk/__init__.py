"""The line to Telegram that the desk and the readers' bots share: what comes in, what goes out, sealed buttons."""
