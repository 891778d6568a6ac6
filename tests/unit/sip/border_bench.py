# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""A border on a bench: messages as pjsua2 and a PBX write them go in, what comes out is read back."""

from dataclasses import dataclass, field

from board.pidf import parse
from board.sip.account import Account, Transport
from board.sip.border import Border
from board.sip.hop import OuterEnd
from board.sip.messages import Answered, Notified, Observation, Trouble
from board.wire import Request, Response, read_message
from board.wire.headers import Headers

INNER = "127.0.0.1:4000"
PBX = ("192.0.2.1", 5060)
PIDF = (
    b'<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:2001@192.0.2.1">'
    b'<note>Ringing</note><tuple id="2001"><status><basic>open</basic></status></tuple></presence>'
)


@dataclass
class Bench:
    """The border, its clock, and the one subscription that most tests need."""

    transport: Transport = Transport.UDP
    connected: bool = True
    now: float = 100.0
    border: Border = field(init=False)

    def __post_init__(self) -> None:
        account = Account("office", "192.0.2.1", 5060, self.transport, "board", "secret")
        self.border = Border(account, "Bench/1 (Digium)", INNER, b"k" * 16, parse)
        if self.connected:
            self.border.opened(OuterEnd(self.transport, "192.0.2.9", 40000))

    # -- what each side says

    def engine_says(self, message: Request | Response) -> None:
        self.border.from_engine(message.encode(), self.now, 0.0)

    def pbx_says(self, message: Request | Response | bytes, after: float = 5.0) -> None:
        self.now += after
        data = message if isinstance(message, bytes) else message.encode()
        self.border.from_pbx(data, PBX if self.transport is Transport.UDP else None, self.now, 0.0)

    # -- what came out

    def to_pbx(self) -> list[Request | Response]:
        taken = [read_message(out.data) for out in self.border.outbox.to_pbx]
        self.border.outbox.to_pbx.clear()
        return taken

    def to_engine(self) -> list[Request | Response]:
        taken = [read_message(out.data) for out in self.border.outbox.to_engine]
        self.border.outbox.to_engine.clear()
        return taken

    def observations(self) -> list[Observation]:
        taken = list(self.border.outbox.observations)
        self.border.outbox.observations.clear()
        return taken

    def sent(self) -> Request:
        """The one request that went to the PBX."""
        [message] = self.to_pbx()
        assert isinstance(message, Request)
        return message

    def answered(self) -> Answered:
        [seen] = self.observations()
        assert isinstance(seen, Answered)
        return seen

    def notified(self) -> Notified:
        [seen] = self.observations()
        assert isinstance(seen, Notified)
        return seen

    def troubles(self) -> list[str]:
        return [seen.text for seen in self.observations() if isinstance(seen, Trouble)]

    def clear(self) -> None:
        self.to_pbx()
        self.to_engine()
        self.observations()

    # -- a subscription

    def subscribe(
        self, extension: str = "2001", branch: str = "z9hG4bKpj1", call_id: str = "", tag: str = "", **extra: str
    ) -> Request:
        """Let pjsua2 subscribe; return what reached the PBX."""
        self.engine_says(subscribe(extension, branch=branch, call_id=call_id, tag=tag, cseq=1, **extra))
        return self.sent()

    def active(self, extension: str = "2001", cseq: int = 10) -> None:
        """Bring a subscription up to its first NOTIFY, number `cseq`."""
        self.pbx_says(answer(self.subscribe(extension), 200, tag="pbx", Expires="600"))
        self.pbx_says(notify(cseq, extension))
        self.clear()


def subscribe(
    extension: str = "2001",
    *,
    branch: str = "z9hG4bKpj1",
    call_id: str = "",
    tag: str = "",
    cseq: int = 1,
    **extra: str,
) -> Request:
    """Write an initial SUBSCRIBE as pjsua2 does; `extra` header fields replace or join its own."""
    fields = {
        "Via": f"SIP/2.0/UDP 127.0.0.1:4001;rport;branch={branch}",
        "Max-Forwards": "70",
        "From": f"<sip:board@192.0.2.1>;tag={tag or 'ours-' + extension}",
        "To": f"<sip:{extension}@192.0.2.1>",
        "Contact": "<sip:board@127.0.0.1:4001;ob>",
        "Call-ID": call_id or f"call-{extension}",
        "CSeq": f"{cseq} SUBSCRIBE",
        "Route": f"<sip:{INNER};lr>",
        "Event": "presence",
        "Expires": "600",
        "Accept": "application/pidf+xml, application/xpidf+xml",
    }
    fields.update({name.replace("_", "-"): value for name, value in extra.items()})
    return Request(Headers(fields.items()), b"", "SUBSCRIBE", f"sip:{extension}@192.0.2.1")


def answer(request: Request, status: int, tag: str = "pbx", **extra: str) -> Response:
    """Answer a request as a PBX does."""
    response = Response.to_request(request, status, "Because", tag=tag)
    headers = response.headers
    for name, value in extra.items():
        headers = headers.with_last(name.replace("_", "-"), value)
    return response.with_headers(headers)


def notify(cseq: int, extension: str = "2001", body: bytes = PIDF, **extra: str) -> Request:
    """Write a NOTIFY of the dialog that `Bench.active` sets up; `extra` fields replace or join the usual ones."""
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKast{cseq}",
        "Max-Forwards": "70",
        "From": f"<sip:{extension}@192.0.2.1>;tag=pbx",
        "To": f"<sip:board@192.0.2.1>;tag=ours-{extension}",
        "Contact": "<sip:192.0.2.1:5060>",
        "Call-ID": f"call-{extension}",
        "CSeq": f"{cseq} NOTIFY",
        "Event": "presence",
        "Subscription-State": "active;expires=599",
        "Allow-Events": "presence",
        "Content-Type": "application/pidf+xml",
    }
    fields.update({name.replace("_", "-"): value for name, value in extra.items()})
    return Request(Headers(fields.items()), body, "NOTIFY", "sip:board@192.0.2.9:40000")
