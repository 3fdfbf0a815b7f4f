"""Print what Datasette answers about a database, as a list in JSON.

It leaves connections open, of which Python 3.13 warns at any time after: so
it runs in a process of its own.
"""

import asyncio
import json
import sys

from datasette.app import Datasette


async def answers(file, *paths):
    """Ask for each path, in order."""
    datasette = Datasette([file], settings={"max_returned_rows": 5000})
    found = [await datasette.client.get(path) for path in paths]
    return [it.raise_for_status().json() for it in found]


if __name__ == "__main__":
    json.dump(asyncio.run(answers(*sys.argv[1:])), sys.stdout)
