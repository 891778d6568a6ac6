# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What each refusal means: how far it reaches, when to try again, and the line the user reads. Tables only.

Sources: RFC 3261 section 21, RFC 6665 sections 4.1.3 and 8.3, Asterisk's res_pjsip_pubsub.c, and measurement.
The texts know `{extension}`, `{pbx}`, `{status}` (with its phrase) and `{seconds}` (Min-Expires).
"""

from dataclasses import dataclass
from enum import Enum, auto

from board.sip.messages import Answered
from board.sip.timing import AT_ONCE, BUSY, FORBIDDEN, PATIENT, QUICK, RARE, REPEATED, SLOW, SWALLOWED, Backoff


class Reach(Enum):
    """How far a refusal reaches."""

    EXTENSION = auto()
    ACCOUNT = auto()  # stop asking altogether
    SERVER = auto()  # hold back all requests for a while
    PATH = auto()  # not the PBX's word at all: nothing came back


@dataclass(frozen=True, slots=True)
class Verdict:
    """One refusal: `text` for the tile; `everywhere` for the PBX, if all of its extensions get it."""

    name: str
    backoff: Backoff
    text: str
    everywhere: str = ""
    reach: Reach = Reach.EXTENSION


_HINT = "add exten => {extension},hint,PJSIP/{extension} to the subscribe_context in the PBX's extensions.conf"
NO_HINT = Verdict(
    "no hint",
    SLOW,
    "no hint for {extension}: " + _HINT,
    "{pbx} has a hint for none of the extensions: check that subscribe_context of our endpoint in its pjsip.conf names "
    "the context of the hints in extensions.conf",
)
# A PBX that boots answers before its hints are loaded.
HINT_LOST = Verdict(
    "hint lost",
    REPEATED,
    "{pbx} has no hint for {extension} any more, or is still loading it; if it was removed: " + _HINT,
    "{pbx} has lost the hints of all extensions, or is still loading them: check the context of the hints in its "
    "extensions.conf",
)
FORBIDDEN_HERE = Verdict(
    "forbidden",
    FORBIDDEN,
    "{pbx} does not let us watch {extension} ({status}): set allow_subscribe=yes at our endpoint in its pjsip.conf",
    "{pbx} lets us watch none of the extensions: set allow_subscribe=yes at our endpoint in its pjsip.conf",
)
NO_EVENT = Verdict(
    "no event",
    SLOW,
    "{pbx} does not know presence subscriptions ({status}): load res_pjsip_exten_state and "
    "res_pjsip_pidf_body_generator in its modules.conf",
    "{pbx} does not know presence subscriptions: load res_pjsip_exten_state and res_pjsip_pidf_body_generator in its "
    "modules.conf",
)
TOO_BRIEF = Verdict(
    "too brief",
    SLOW,
    "{pbx} wants subscriptions of at least {seconds} s, more than can be asked for: lower sub_min_expiry at our "
    "endpoint in its pjsip.conf",
    "{pbx} wants subscriptions longer than can be asked for: lower sub_min_expiry at our endpoint in its pjsip.conf",
)
MOVED = Verdict("moved", SLOW, "{pbx} redirects the subscription to {extension} ({status}): name the new server")
CREDENTIALS = Verdict("credentials", RARE, "{pbx} does not accept our account", reach=Reach.ACCOUNT)
OVERLOADED = Verdict("overloaded", BUSY, "{pbx} is overloaded ({status})", reach=Reach.SERVER)
UNANSWERED = Verdict("unanswered", SWALLOWED, "{pbx} did not answer the subscription to {extension}", reach=Reach.PATH)
FORGOTTEN = Verdict("forgotten", AT_ONCE, "{pbx} restarted and forgot the subscription to {extension}")
FAULT = Verdict("fault", QUICK, "{pbx} failed to subscribe {extension} ({status})")
DECLINED = Verdict("declined", SLOW, "{pbx} refused the subscription to {extension} ({status})")
UNREACHED = Verdict("unreached", PATIENT, "{extension} cannot be subscribed just now ({status})")

DEAF = Verdict("deaf", AT_ONCE, "{pbx} accepted the subscription to {extension} but sent no state")
EXPIRED = Verdict("expired", AT_ONCE, "the subscription to {extension} ran out")

_BY_STATUS = {
    0: UNANSWERED,
    401: CREDENTIALS,
    403: FORBIDDEN_HERE,
    404: NO_HINT,
    407: CREDENTIALS,
    408: UNANSWERED,
    410: NO_HINT,
    423: TOO_BRIEF,
    480: UNREACHED,
    481: FORGOTTEN,
    484: NO_HINT,
    486: UNREACHED,
    489: NO_EVENT,
    503: OVERLOADED,
    603: FORBIDDEN_HERE,
    604: NO_HINT,
}
_BY_CLASS = {3: MOVED, 4: DECLINED, 5: FAULT, 6: DECLINED}

_ENDED = "{pbx} ended the subscription to {extension}"
_BY_REASON = {
    "deactivated": Verdict("deactivated", AT_ONCE, _ENDED),
    "timeout": Verdict("timeout", AT_ONCE, _ENDED),
    "probation": Verdict("probation", PATIENT, _ENDED + " for a while"),
    "giveup": Verdict("giveup", PATIENT, _ENDED + ": it could not get permission in time"),
    "rejected": Verdict("rejected", RARE, "{pbx} no longer allows us to watch {extension}"),
    "noresource": NO_HINT,
    "invariant": Verdict("invariant", RARE, _ENDED + ": its state will not change any more"),
}
# Asterisk says no reason when a hint is removed, and a hint that is back at once should be seen at once.
_REASONLESS = Verdict("ended", QUICK, _ENDED + "; if it has no hint any more: " + _HINT)

# Answers to an Expires 0 in a dialog that we hold: the PBX knows nothing of it. 481 is the RFC's; Asterisk says 500
# just after a restart, 400 where it takes the request for a new subscription, and 404 while its hints are not loaded.
_FORGETFUL = frozenset({400, 404, 481, 500})


def of_answer(status: int) -> Verdict:
    """Return what a final answer other than 2xx means for a SUBSCRIBE."""
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, DECLINED)


def of_known(verdict: Verdict) -> Verdict:
    """Return what `verdict` means for an extension that the PBX has known before."""
    return HINT_LOST if verdict is NO_HINT else verdict


def of_termination(reason: str) -> Verdict:
    """Return what `Subscription-State: terminated` means with this reason ("" for none)."""
    return _BY_REASON.get(reason.lower(), _REASONLESS)


def forgot(status: int) -> bool:
    """Return whether this answer to an Expires 0 says that the PBX does not know the dialog."""
    return status in _FORGETFUL


def refused_account(pbx: str) -> str:
    """Return what to say where a PBX does not accept our credentials."""
    return (
        f"{pbx} does not accept our user or password; nothing more is asked of it, lest it bans this computer: "
        f"correct user and password of [[pbx]] {pbx} in the configuration"
    )


def told(answer: Answered) -> str:
    """Return the status with its phrase, safe to show: one line, not long."""
    phrase = " ".join("".join(c if c.isprintable() else " " for c in answer.phrase).split())[:80]
    return " ".join(part for part in (str(answer.status) if answer.status else "", phrase) if part)
