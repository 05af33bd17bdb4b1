"""HTTP connections that nobody can hold for nothing: deadlines for what is asked, limits to how many wait.

uvicorn's protocol knows neither, so that a client that opens connections and says nothing keeps them for good.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import get_remote_addr

from kb.office import guesses

HEADER_SECONDS = 10.0
"""For the whole header of a request, from the connection's start or the header's first byte."""
BODY_SECONDS, BODY_BYTES = 20.0, 320_000
"""A body has to be complete, or to bring this much, each so many seconds: 16 kB a second."""
ANSWER_SECONDS = 30.0
"""For a client to take some of an answer that lies ready."""
OF_ONE = 200
"""Connections of one client, which may be a whole campus behind one address."""
OF_ALL = 2000
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Waiting:
    """The connections of this process by client; those that wait for some of a request in the order of waiting."""

    def __init__(self, of_one: int = OF_ONE, of_all: int = 0) -> None:
        self._of_one = of_one
        self._of_all = of_all or min(OF_ALL, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self._held: dict[str, dict[Connection, None]] = {}
        self._idle: dict[Connection, None] = {}
        self.count = 0

    @property
    def idle(self) -> int:
        """How many wait for their client."""
        return len(self._idle)

    def enter(self, new: Connection) -> bool:
        """Hold a new connection; where there are too many, one that waits has to go: False where none does."""
        own = self._held.setdefault(new.who, {})
        is_one_full = bool(new.who) and len(own) >= self._of_one
        if is_one_full or self.count >= self._of_all:
            among = own if is_one_full else self._idle
            given_up = next((one for one in among if one in self._idle), None)
            if given_up is None:
                if not own:
                    del self._held[new.who]
                return False
            self.leave(given_up)
            given_up.drop()
        self._held.setdefault(new.who, {})[new] = None
        self.count += 1
        return True

    def leave(self, one: Connection) -> None:
        """Forget a connection that is closed; nothing happens for one that is not held."""
        self._idle.pop(one, None)
        own = self._held.get(one.who, {})
        if one in own:
            del own[one]
            self.count -= 1
            if not own:
                del self._held[one.who]

    def wait(self, one: Connection) -> None:
        """Note that a connection waits for what its client has to send, from now on unless it did already."""
        if one in self._held.get(one.who, {}):
            self._idle.setdefault(one)

    def work(self, one: Connection) -> None:
        """Note that a connection's request is being answered."""
        self._idle.pop(one, None)


class Connection(H11Protocol):
    """One connection, closed where its client is too slow, or where it waits and there are too many."""

    waiting: ClassVar[Waiting] = Waiting()
    proxies: ClassVar[tuple[IPv4Network | IPv6Network, ...]] = ()
    """Whose many connections are those of many clients."""

    who: str = ""
    """Whose connection it is, as clients are counted; "" for a proxy's."""
    _reading: asyncio.TimerHandle | None = None
    _late: Callable[[], None] | None = None
    """What is called when `_reading` ends."""
    _writing: asyncio.TimerHandle | None = None
    _got: int = 0  # bytes of the body since the last look at it

    @classmethod
    def trust(cls, proxies: Iterable[str]) -> None:
        """Do not count the connections of these addresses or networks by client, in this process."""
        cls.proxies = tuple(map(ip_network, proxies))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once where there are too many."""
        super().connection_made(transport)
        address = (get_remote_addr(transport) or ("",))[0]
        self.who = "" if _is_within(address, self.proxies) else guesses.client(address)
        if not self.waiting.enter(self):
            transport.abort()
            return
        self.waiting.wait(self)
        self._expect(HEADER_SECONDS, self._header_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of it."""
        self.waiting.leave(self)
        self._expect(0, None)
        self._deliver(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and give the rest its time."""
        super().data_received(data)
        self._follow(len(data))

    def on_response_complete(self) -> None:
        """Go on to the next request, which may be here already, or wait for the client to take the answer's end."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._deliver(ANSWER_SECONDS)
        self._follow(0)

    def _follow(self, got: int) -> None:
        """Wait for what the client has to send next, given how many bytes came."""
        state = self.conn.their_state
        if self.transport.is_closing():
            self._expect(0, None)
        elif state is h11.IDLE:
            self.waiting.wait(self)
            if not (got or self.conn.trailing_data[0]):
                self._expect(0, None)  # uvicorn ends a connection on which nothing is asked
            elif self._late != self._header_is_late:
                self._expect(HEADER_SECONDS, self._header_is_late)
        elif state is h11.SEND_BODY:
            self.waiting.work(self)
            self.waiting.wait(self)  # for the rest of it, from now on
            if self._late != self._look_at_body:
                self._got = 0
                self._expect(BODY_SECONDS, self._look_at_body)
            self._got += got
        else:
            self.waiting.work(self)
            self._expect(0, None)

    def pause_writing(self) -> None:
        """Give the client time to take what is ready."""
        super().pause_writing()
        self._deliver(ANSWER_SECONDS)

    def resume_writing(self) -> None:
        """Go on: it takes what it is given."""
        super().resume_writing()
        self._deliver(None)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing was asked for long."""
        super().timeout_keep_alive_handler()
        self._deliver(ANSWER_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Say that it is no request; where an answer is under way already, end it."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()
        else:
            self._deliver(ANSWER_SECONDS)

    def drop(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def _header_is_late(self) -> None:
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(_TOO_SLOW)
            self.transport.close()
            self._deliver(ANSWER_SECONDS)
        else:
            self.drop()

    def _look_at_body(self) -> None:
        """Close a connection whose body hardly comes; while the server itself does not read, it cannot."""
        if self._got < BODY_BYTES and not self.flow.read_paused:
            self.drop()
            return
        self._got = 0
        self._expect(BODY_SECONDS, self._look_at_body)

    def _expect(self, seconds: float, late: Callable[[], None] | None) -> None:
        """Call `late` unless what the client has to send comes in time; None stops waiting for it."""
        if self._reading is not None:
            self._reading.cancel()
        self._late = late
        self._reading = self.loop.call_later(seconds, late) if late is not None else None

    def _deliver(self, seconds: float | None) -> None:
        """Drop the connection unless the client takes something in time; None stops waiting for it."""
        if self._writing is not None:
            self._writing.cancel()
        self._writing = self.loop.call_later(seconds, self.drop) if seconds is not None else None


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
