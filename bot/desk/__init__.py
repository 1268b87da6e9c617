"""The desk: editors see and steer the house from Telegram."""
