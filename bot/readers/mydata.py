"""My data: everything that is kept of a reader, as a file that a program can read."""

from pydantic import TypeAdapter

from bot.model.membership import MyData

FILE = "mydata.json"
_data = TypeAdapter(MyData)


def as_json(mine: MyData) -> bytes:
    """For their eyes alone."""
    return _data.dump_json(mine, indent=2)
