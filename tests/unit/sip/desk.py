# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The policy on a desk: a test plays worker and clock by hand, and reads what the policy wants."""

from board.events import PbxChanged, SubscriptionChanged
from board.pidf.document import Document
from board.sip.messages import (
    Answered,
    Audit,
    Command,
    Notified,
    Observation,
    PathChanged,
    Probe,
    ProbeAnswered,
    Subscribe,
)
from board.sip.policy import PbxPolicy
from board.sip.timing import Timing
from board.states import Subscription

DOCUMENT = Document("application/pidf+xml")
EPOCH = 1_800_000_000.0


class Desk:
    """One policy; `now` moves by `wait` only. `asked` counts every extension that was to be subscribed."""

    def __init__(self, *shards: tuple[str, ...], timing: Timing | None = None, jitter: float = 0.5) -> None:
        self.now = 100.0
        self.policy = PbxPolicy("office", shards, lambda: jitter, timing)
        self.shown: dict[str, SubscriptionChanged] = {}
        self.pbx: PbxChanged | None = None

    @property
    def at(self) -> float:
        return EPOCH + self.now

    def health(self) -> PbxChanged:
        """What was last said of the PBX."""
        self.events()
        assert self.pbx is not None
        return self.pbx

    def start(self, shard: int = 0) -> "Desk":
        """A worker is up and its path open."""
        self.policy.shard_started(shard, self.now, self.at)
        self.path(True, shard=shard)
        return self

    def path(self, up: bool, reason: str = "", remark: str = "", shard: int = 0) -> None:
        self.observe(PathChanged(up, reason, remark, self.at), shard)

    def observe(self, observation: Observation, shard: int = 0) -> None:
        self.policy.observed(shard, observation, self.now, self.at)

    def answer(
        self,
        extension: str,
        status: int = 200,
        retry_after: float | None = None,
        ending: bool = False,
        phrase: str = "",
        expires: float | None = None,
        min_expires: float | None = None,
        shard: int = 0,
    ) -> None:
        self.observe(Answered(extension, status, phrase, ending, retry_after, expires, min_expires, self.at), shard)

    def notify(
        self,
        extension: str,
        state: Subscription = Subscription.ACTIVE,
        reason: str = "",
        gap: bool = False,
        document: Document | None = DOCUMENT,
        error: str = "",
        retry_after: float | None = None,
        expires: float | None = None,
        shard: int = 0,
    ) -> None:
        self.observe(Notified(extension, state, reason, retry_after, expires, gap, document, error, self.at), shard)

    def end(self, extension: str, reason: str = "", retry_after: float | None = None) -> None:
        """The PBX terminates a subscription."""
        self.notify(extension, Subscription.TERMINATED, reason, document=None, retry_after=retry_after)

    def settle(self, *extensions: str, shard: int = 0) -> None:
        """Answer and notify each."""
        for extension in extensions:
            self.answer(extension, shard=shard)
            self.notify(extension, shard=shard)

    def wait(self, seconds: float, healthy: bool = False, probed: bool = False) -> list[Command]:
        """Let time pass, tick by tick; return the commands.

        `probed` answers every probe at once, `healthy` every audit too, in which case audits are not returned.
        """
        end = self.now + seconds
        taken: list[Command] = []
        while (due := self.policy.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.policy.tick(self.now, self.at)
            commands = self.commands()
            if healthy or probed:
                self.answer_probes(commands)
            for command in commands:
                if healthy and isinstance(command, Audit):
                    self.pass_audit(command.extension)
                else:
                    taken.append(command)
        self.now = end
        return taken

    def pass_audit(self, extension: str) -> None:
        """The PBX still knows the dialog, ends it, and accepts the next."""
        self.answer(extension, ending=True)
        self.end(extension, "timeout")
        self.settle(extension)

    def answer_probes(self, commands: list[Command], shard: int = 0) -> None:
        for command in commands:
            if isinstance(command, Probe):
                self.observe(ProbeAnswered(command.serial, 200, 0.01, self.at), shard)

    def commands(self) -> list[Command]:
        return [command for _, command in self.policy.take_commands()]

    def asked(self, commands: list[Command] | None = None) -> list[str]:
        """The extensions that were to be subscribed, in order."""
        taken = self.commands() if commands is None else commands
        return [extension for command in taken if isinstance(command, Subscribe) for extension in command.extensions]

    def events(self) -> list[SubscriptionChanged]:
        """The events on extensions since the last call."""
        events: list[SubscriptionChanged] = []
        for event in self.policy.take_events():
            if isinstance(event, PbxChanged):
                self.pbx = event
            else:
                self.shown[event.address.extension] = event
                events.append(event)
        return events

    def of(self, extension: str) -> SubscriptionChanged:
        """What was last said of an extension."""
        self.events()
        return self.shown[extension]

    def fresh(self, extension: str) -> bool:
        self.events()
        return extension in self.shown and not self.shown[extension].stale

    def open_board(self, *extensions: str) -> "Desk":
        """Start, with every extension active."""
        self.start()
        for _ in range(len(extensions) + 1):
            commands = self.commands()
            self.answer_probes(commands)
            self.settle(*self.asked(commands))
        self.events()
        return self


def board(*extensions: str, timing: Timing | None = None) -> Desk:
    """A desk with one shard, all of whose extensions are active."""
    return Desk(extensions, timing=timing).open_board(*extensions)


def kinds(commands: list[Command]) -> list[type[Command]]:
    """The commands' classes, probes left out."""
    return [type(command) for command in commands if not isinstance(command, Probe)]
