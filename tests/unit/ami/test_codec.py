# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes to messages and back: what comes in any pieces reads the same, and nothing that is written forges a line."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from board.ami.codec import Flaw, Limits, Reader, encode, encode_strictly, escaped, line_of
from board.ami.messages import Action, Event, Message, Response


def read(data: bytes, *cuts: int, limits: Limits | None = None) -> list[Message | Flaw]:
    reader, found = Reader(limits or Limits()), list[Message | Flaw]()
    for start, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
        reader.feed(data[start:end])
        while (message := reader.pull()) is not None:
            found.append(message)
    return found


PING = Action("Ping", (("ActionID", "1"),))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Action: Ping\r\nActionID: 1\r\n\r\n", PING),
        (b"Action: Ping\nActionID: 1\n\n", PING),
        (b"Action:Ping\r\nActionID:    1\r\n\r\n", PING),
        (b"ActionID: 1\r\naction: Ping\r\n\r\n", PING),
        (b"Action: Ping\r\nActionID: 1\0Injected: x\r\n\r\n", PING),
        (b"Action: Ping \r\n\r\n", Action("Ping ")),
        (b"Foo: bar\r\n\r\n", Action("", (("Foo", "bar"),))),
        (b"no colon\r\n\r\n", Action("", (("no colon", ""),))),
        (b"\r\n", Action("")),
        (b"Response: Success\r\n\r\n", Response("Success")),
        (b"Event: X\r\nA: \xff\r\n\r\n", Event("X", (("A", "\udcff"),))),
        (b"Action: " + b"x" * 1014 + b"\r\n\r\n", Action("x" * 1014)),
        (b"Action: " + b"x" * 1015 + b"\n\n", Action("x" * 1015)),
        (b"Action: " + b"x" * 1015 + b"\r\n\r\n", Flaw.LINE_TOO_LONG),
        (b"x" * 3000 + b"\r\n\r\n", Flaw.LINE_TOO_LONG),
        (b"Action: Ping\r\n" + b"K: v\r\n" * 127 + b"\r\n", Action("Ping", (("K", "v"),) * 127)),
        (b"Action: Ping\r\n" + b"K: v\r\n" * 128 + b"\r\n", Flaw.TOO_MANY_LINES),
    ],
)
def test_reads_as_asterisk_does(data: bytes, expected: Message | Flaw) -> None:
    assert read(data + b"Action: Next\r\n\r\n") == [expected, Action("Next")]
    assert read(data + b"Action: Next\r\n\r\n", *range(1, len(data))) == [expected, Action("Next")]


def test_what_a_reader_keeps_is_bounded() -> None:
    reader = Reader()
    for _ in range(1000):
        reader.feed(b"x" * 10_000)
        assert reader.pull() is None
        assert reader.waiting < 1024
    reader.feed(b"\n" + b"K: v\n" * 100_000)
    assert reader.pull() is None
    assert not reader._fields
    reader.feed(b"\n")
    assert reader.pull() is Flaw.LINE_TOO_LONG


clean = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40)
names = st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True).filter(
    lambda name: name.lower() not in ("action", "response", "event")
)


@given(st.lists(st.tuples(names, clean.map(lambda text: text.lstrip(" "))), max_size=20), st.data())
def test_what_is_written_reads_back(fields: list[tuple[str, str]], data: st.DataObject) -> None:
    message = Response("Success", tuple(fields))
    written = encode_strictly(message, Limits(4096))
    cut = data.draw(st.integers(0, len(written)))
    assert read(written, cut, limits=Limits(4096)) == [message]


@given(st.sampled_from([Action, Response, Event]), st.text(), st.lists(st.tuples(names, st.text()), max_size=10))
def test_no_value_can_forge_a_line(kind: type[Response], name: str, fields: list[tuple[str, str]]) -> None:
    lines = encode(kind(name, tuple(fields))).decode().split("\r\n")
    assert [line.partition(": ")[0] for line in lines] == [kind.__name__, *(field for field, _ in fields), "", ""]
    assert not any(sign in line for line in lines for sign in "\r\n\0")


@pytest.mark.parametrize("value", ["a\r\nEvent: Forged", "a\nb", "a\rb", "a\0b"])
def test_a_value_ends_with_its_line(value: str) -> None:
    assert line_of(value) == "a"
    assert encode(Event("X", (("Message", value),))) == b"Event: X\r\nMessage: a\r\n\r\n"
    with pytest.raises(ValueError, match="'Message' holds a line break"):
        encode_strictly(Action("X", (("Message", value),)))


def test_escapes_as_a_c_string() -> None:
    assert escaped("a\"b'c?d\\e\nf\rg\th") == "a\\\"b\\'c\\?d\\\\e\\nf\\rg\\th"


@settings(max_examples=500)
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"\r\n", b"\n", b": ", b"Action: ", b"\0"]))))
def test_any_pieces_read_the_same(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    reader, found = Reader(), list[Message | Flaw]()
    for piece in pieces:
        reader.feed(piece)
        while (message := reader.pull()) is not None:
            found.append(message)
    assert found == read(whole)


def test_seeded_noise_never_breaks_it() -> None:
    chance = random.Random(7)
    parts = [b"Action: ", b"Ping", b"\r\n", b"\n", b"\r", b"\0", b"\xff", b": ", b":", b" ", b"x" * 500, b"ActionID: "]
    reader = Reader()
    for _ in range(20_000):
        reader.feed(b"".join(chance.choices(parts, k=chance.randrange(12))) + chance.randbytes(chance.randrange(8)))
        while (message := reader.pull()) is not None:
            if not isinstance(message, Flaw):
                encode(message)
        assert reader.waiting < 1024
