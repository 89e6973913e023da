"""Run as a process: stores numbers as events in an SQLite file, many at a time, and prints each once it is durable."""

from __future__ import annotations

import asyncio
import sys

from gateway.ports.store import UnitOfWork
from tests.contracts.people import heard
from tests.stores import opened


async def main(url: str) -> None:
    """Until killed."""
    async with opened(url) as store:

        async def one(first: int) -> None:
            number = first
            while True:

                async def work(uow: UnitOfWork, number: int = number) -> None:
                    uow.emit(heard(str(number)))

                await store.store.run(work)
                print(number, flush=True)
                number += 8

        await asyncio.gather(*(one(first) for first in range(8)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
