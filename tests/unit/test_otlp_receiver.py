"""The receiver answers gopls, keeps what fits, and outlasts whoever else finds its port."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import FileIO

import psutil
import pytest

from gopls_diag.world import otlp_listening, otlp_receiver
from gopls_diag.world.otlp_receiver import OtlpReceiver

HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
OK = b"HTTP/1.1 200 OK"
PATIENCE = 20.0


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    made = OtlpReceiver.of_port()
    made.start()
    yield made
    made.close()
    until(lambda: not made._thread.is_alive())


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def connect(receiver: OtlpReceiver) -> socket.socket:
    assert receiver.port
    return socket.create_connection(("127.0.0.1", receiver.port), timeout=PATIENCE)


def post(connection: socket.socket, body: bytes, path: str = "/v1/traces", *, length: int | None = None) -> bytes:
    connection.sendall(HEAD.format(path=path, length=len(body) if length is None else length).encode() + body)
    return connection.recv(4096)


def taken(receiver: OtlpReceiver, count: int) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []

    def is_enough() -> bool:
        found.extend(receiver.take())
        return len(found) >= count

    until(is_enough)
    return found


def test_posts_of_one_connection_come_in_their_order(receiver: OtlpReceiver) -> None:
    with closing(connect(receiver)) as connection:
        for number in range(20):
            path = ("/v1/traces", "/v1/metrics")[number % 2]
            assert post(connection, b"%d" % number, path).startswith(OK)

    found = taken(receiver, 20)

    assert found == [(("/v1/traces", "/v1/metrics")[number % 2], b"%d" % number) for number in range(20)]
    assert receiver.take() == ()


def test_a_post_may_come_in_any_pieces(receiver: OtlpReceiver) -> None:
    body = os.urandom(3000)
    whole = HEAD.format(path="/v1/traces", length=len(body)).encode() + body
    with closing(connect(receiver)) as connection:
        for place in range(0, len(whole), 7):
            connection.sendall(whole[place : place + 7])
        assert connection.recv(4096).startswith(OK)
        # Two at once, as well.
        connection.sendall(whole + whole)

    assert [each for _, each in taken(receiver, 3)] == [body] * 3


def test_an_empty_body_and_a_large_one(receiver: OtlpReceiver) -> None:
    large = os.urandom(3 << 20)
    with closing(connect(receiver)) as connection:
        assert post(connection, b"").startswith(OK)
        assert post(connection, large).startswith(OK)

    assert [each for _, each in taken(receiver, 2)] == [b"", large]


def test_a_body_that_is_too_large_is_answered_and_dropped(
    receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp_listening, "_BODY_BYTES", 1000)
    with closing(connect(receiver)) as connection:
        assert post(connection, b"x" * 1001).startswith(OK)
        assert post(connection, b"y").startswith(OK)

    assert taken(receiver, 1) == [("/v1/traces", b"y")]
    assert receiver.dropped == 1


def test_what_nobody_takes_is_dropped_and_counted(receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp_receiver, "_WAITING_BYTES", 10_000)
    with closing(connect(receiver)) as connection:
        for _ in range(20):
            assert post(connection, b"x" * 1000).startswith(OK)
        until(lambda: receiver.dropped == 10)

    assert len(receiver.take()) == 10


def test_other_paths_are_not_kept(receiver: OtlpReceiver) -> None:
    with closing(connect(receiver)) as connection:
        assert post(connection, b"{}", "/v1/logs").startswith(b"HTTP/1.1 404")
        assert post(connection, b"{}", "/v1/traces").startswith(OK)

    assert taken(receiver, 1) == [("/v1/traces", b"{}")]


@pytest.mark.parametrize(
    "words",
    [
        b"GET /v1/traces HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: 5x\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"x" * 100_000,
    ],
    ids=["get", "tls", "no length", "negative", "huge", "no number", "chunked", "http2", "long head"],
)
def test_what_is_no_post_ends_the_connection(receiver: OtlpReceiver, words: bytes) -> None:
    with closing(connect(receiver)) as connection:
        try:
            connection.sendall(words)
            assert connection.recv(100) == b""
        except ConnectionError:
            pass
    with closing(connect(receiver)) as connection:
        assert post(connection, b"{}").startswith(OK)


def test_who_dawdles_is_cut_off_and_holds_nobody_up(receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp_listening, "_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(otlp_listening, "_LOOK_SECONDS", 0.1)
    with closing(connect(receiver)) as slow, closing(connect(receiver)) as quick:
        slow.sendall(b"POST /v1/traces HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
        ended = threading.Event()

        def dawdle() -> None:
            try:
                while True:
                    slow.sendall(b"x")
                    time.sleep(0.02)
            except OSError:
                ended.set()

        threading.Thread(target=dawdle, daemon=True).start()
        assert post(quick, b"{}").startswith(OK)
        assert ended.wait(PATIENCE)


def test_many_connections_do_not_fill_it(receiver: OtlpReceiver) -> None:
    before = psutil.Process().num_fds() if hasattr(psutil.Process, "num_fds") else 0
    crowd = [connect(receiver) for _ in range(60)]
    listening = receiver._listening
    assert listening
    until(lambda: len(listening._connections) == otlp_listening._CONNECTIONS)
    for each in crowd:
        each.close()
    until(lambda: not listening._connections)
    with closing(connect(receiver)) as connection:
        assert post(connection, b"{}").startswith(OK)
    if before:
        until(lambda: psutil.Process().num_fds() <= before + 2)


def test_announced_bytes_that_never_come_take_no_place_for_ever(
    receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp_listening, "_ALL_BYTES", 10_000)
    listening = receiver._listening
    assert listening
    for _ in range(5):
        with closing(connect(receiver)) as connection:
            connection.sendall(HEAD.format(path="/v1/traces", length=9000).encode() + b"x" * 4000)
            until(lambda: listening._held == 9000)
        until(lambda: listening._held == 0)
    with closing(connect(receiver)) as connection:
        assert post(connection, b"x" * 9000).startswith(OK)

    assert len(taken(receiver, 1)) == 1


def test_it_ends_when_it_is_closed() -> None:
    receiver = OtlpReceiver.of_port()
    receiver.start()
    port = receiver.port
    receiver.close()
    until(lambda: not receiver._thread.is_alive())

    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port or 0), timeout=1)


def frame(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body)) + body


@pytest.fixture
def stream() -> Iterator[tuple[OtlpReceiver, FileIO]]:
    read, descriptor = os.pipe()
    write = FileIO(descriptor, "w")
    made = OtlpReceiver.of_stream(read)
    made.start()
    yield made, write
    write.close()
    until(lambda: not made._thread.is_alive())
    os.close(read)


def test_frames_of_the_launcher(stream: tuple[OtlpReceiver, FileIO]) -> None:
    receiver, write = stream
    large = os.urandom(300_000)
    sent = frame(b"t", b"{}") + frame(b"m", large) + frame(b"t", b"")
    for place in range(0, len(sent), 50_001):
        write.write(sent[place : place + 50_001])

    assert taken(receiver, 3) == [("/v1/traces", b"{}"), ("/v1/metrics", large), ("/v1/traces", b"")]
    assert not receiver.is_closed


def test_the_end_of_the_launcher_is_seen(stream: tuple[OtlpReceiver, FileIO]) -> None:
    receiver, write = stream
    write.write(frame(b"t", b"{}") + frame(b"t", b"half")[:-2])
    write.close()
    until(lambda: receiver.is_closed)

    assert receiver.take() == (("/v1/traces", b"{}"),)


@pytest.mark.parametrize("words", [b"x" + b"\0" * 4, b"t\xff\xff\xff\xff", bytes(range(64)) + b"\xff" * 8])
def test_a_stream_out_of_step_is_emptied_and_not_believed(stream: tuple[OtlpReceiver, FileIO], words: bytes) -> None:
    receiver, write = stream
    write.write(words)
    for _ in range(40):
        # More than a pipe holds: nobody may be kept waiting by it.
        write.write(frame(b"t", b"x" * 10_000))

    assert receiver.take() == ()
    assert receiver.dropped == 1
