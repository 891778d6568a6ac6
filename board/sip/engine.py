# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The one adapter of pjsua2: one account on loopback whose only way out is the border, and one buddy an extension.

Single-threaded: pjsua2 works only inside the calls made here. It aborts its process where its limits are passed, so
they are guarded before every call. Callbacks copy plain values and nothing else.
"""

import os
from collections import deque
from dataclasses import dataclass

import pjsua2 as pj

from board.sip.account import Account
from board.sip.hop import hostport
from board.wire import SipUri

MAX_BUDDIES = 250
"""pjsua2 aborts at the 257th."""
_ENDED = (pj.PJSIP_EVSUB_STATE_TERMINATED, pj.PJSIP_EVSUB_STATE_NULL)


class WatchError(Exception):
    """pjsua2 would not begin a subscription; the message is one line."""


@dataclass(frozen=True, slots=True)
class Ended:
    """pjsua2 holds a subscription to be over: the status and phrase that it gives as the cause."""

    extension: str
    status: int
    phrase: str


class _Account(pj.Account):  # type: ignore[misc]
    """Refuses to be watched itself; pjsua2 would accept."""

    def onIncomingSubscribe(self, prm: pj.OnIncomingSubscribeParam) -> None:
        """Answer 403."""
        prm.code = 403
        prm.reason = "Forbidden"


class _Buddy(pj.Buddy):  # type: ignore[misc]
    """One subscription; tells the engine when its state may have become an end."""

    def __init__(self, extension: str, ended: "deque[tuple[_Buddy, Ended]]") -> None:
        super().__init__()
        self.extension = extension
        self._ended = ended

    def onBuddyEvSubState(self, prm: pj.OnBuddyEvSubStateParam) -> None:
        """Copy the end of the subscription."""
        info = self.getInfo()
        if info.subState in _ENDED:
            self._ended.append((self, Ended(self.extension, int(info.subTermCode), str(info.subTermReason))))


class Engine:
    """pjsua2, started. One a process.

    Attributes: address, the loopback address it sends from and listens at.
    """

    def __init__(self, account: Account, user_agent: str, border_port: int) -> None:
        self._account_of = account
        self._buddies: dict[str, _Buddy] = {}
        self._ended: deque[tuple[_Buddy, Ended]] = deque()
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_endpoint_config(user_agent))
        transport = pj.TransportConfig()
        transport.port = 0
        transport.boundAddress = "127.0.0.1"
        number = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        host, _, port = str(self._endpoint.transportGetInfo(number).localName).rpartition(":")
        self.address = (host, int(port))
        self._account = _Account()
        self._account.create(_account_config(account, border_port))

    def watch(self, extension: str) -> None:
        """Subscribe in a new dialog; there must be none yet. Raises WatchError."""
        if extension in self._buddies:
            raise WatchError(f"{extension} is subscribed already")
        if len(self._buddies) >= MAX_BUDDIES:
            raise WatchError(f"a worker holds {MAX_BUDDIES} extensions at most")
        config = pj.BuddyConfig()
        config.uri = f"<{_uri(self._account_of, extension)}>"  # bare, a ";" in it would begin a parameter of To
        config.subscribe = True
        buddy = _Buddy(extension, self._ended)
        try:
            buddy.create(self._account, config)
        except pj.Error as error:
            raise WatchError(f"pjsua2 refuses to watch {extension}: {error.reason}") from error
        self._buddies[extension] = buddy

    def drop(self, extension: str) -> None:
        """Let the subscription go; where pjsua2 holds it to be alive it says so in its dialog (Expires 0)."""
        self._buddies.pop(extension, None)  # its last reference: pjsua2 deletes the buddy with it

    def poll(self, milliseconds: int = 0) -> int:
        """Let pjsua2 work: timers and what has come; return how much was done."""
        return int(self._endpoint.libHandleEvents(milliseconds))

    def take_ended(self) -> list[Ended]:
        """Return the subscriptions that ended since the last call, those of dropped buddies left out."""
        ended = [what for buddy, what in self._ended if self._buddies.get(buddy.extension) is buddy]
        self._ended.clear()
        return ended

    @property
    def watched(self) -> tuple[str, ...]:
        """The extensions that have a buddy."""
        return tuple(self._buddies)


def _uri(account: Account, user: str) -> str:
    return str(SipUri("sip", user, account.host, None if account.port == 5060 else account.port))


def _endpoint_config(user_agent: str) -> pj.EpConfig:
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = 1
    config.uaConfig.userAgent = user_agent
    config.uaConfig.mwiUnsolicitedEnabled = False
    config.medConfig.threadCnt = 0
    config.medConfig.hasIoqueue = False
    config.logConfig.level = 0
    config.logConfig.consoleLevel = 0
    config.logConfig.msgLogging = 0
    return config


def _account_config(account: Account, border_port: int) -> pj.AccountConfig:
    config = pj.AccountConfig()
    config.idUri = _uri(account, account.user)
    config.sipConfig.proxies.append(f"<sip:{hostport('127.0.0.1', border_port)};lr>")
    credentials = pj.AuthCredInfo("digest", "*", account.auth_user or account.user, 0, account.password)
    config.sipConfig.authCreds.append(credentials)
    return config


def leave(status: int) -> None:
    """End this process at once: pjsua2's own way out runs callbacks into half-torn globals."""
    os._exit(status)
