"""The command line: every answer for people by rich, for machines by --json."""

import sys

from bot.cli.commands import app
from bot.cli.session import complain
from bot.errors import CrierError


def main() -> int:
    """Run one command. Crier's own errors become a sentence and exit code 1, never a traceback."""
    try:
        app(standalone_mode=True)
    except CrierError as err:
        complain(err)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
