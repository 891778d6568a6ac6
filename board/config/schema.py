# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema of the configuration: each setting's type, default, range and help, declared once.

The reader, the reference in README.md and the settings dialog all stand on it. Nothing is read or written here, and
no secret is ever part of it.
"""

import shlex
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from board.config.extensions import check_extension, expand
from board.config.host_port import check_host_port
from board.config.server import Server
from board.roster.ordering import Order


def _words(value: object) -> object:
    if isinstance(value, str):
        value = shlex.split(value)
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise ValueError('is no command; write it as "pass show office" or ["pass", "show", "office"]')
    return tuple(value)


def _check_range(text: str) -> str:
    expand(text)
    return text


def _check_name(text: str) -> str:
    if any(sign in text for sign in "@\n\r\t\0") or text != text.strip():
        raise ValueError(f"{text!r} cannot name a PBX; leave out @, line breaks and blanks at its ends")
    return text


def _check_ami_server(text: str) -> str:
    return check_host_port(text) if text else ""


def _check_template(text: str) -> str:
    if text and "{extension}" not in text:
        raise ValueError(f'{text!r} would name every extension alike; write it such as "Desk {{extension}}"')
    return text


def _check_hint(text: str) -> str:
    if not text.startswith("_"):
        expand(text)
    return text


def _check_calendar(text: str) -> str:
    """Check an address without repeating it: what is wrong with it may be its secret."""
    scheme, found, rest = text.partition("://")
    if found and scheme.lower() not in ("https", "http", "webcal"):
        raise ValueError("is neither a file nor an address that begins with https://, webcal:// or http://")
    if found and "@" in rest.partition("/")[0]:
        raise ValueError("holds an account; take it out and use user with password_env or password_command")
    return text


_ByItself = Literal["off", "away", "xa", "dnd", "unavailable"]
Extension = Annotated[str, AfterValidator(check_extension)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PbxSection(_Section):
    """One PBX and the SIP account that watches there. With neither password_env nor password_command the password is
    in the system's key store: `presence-board password` puts it there."""

    name: Annotated[str, AfterValidator(_check_name)] = Field(
        min_length=1, description="What the board calls this PBX; any word."
    )
    server: Annotated[Server, BeforeValidator(Server.read)] = Field(
        description="Where it is: a SIP URI with host, port (5060, TLS 5061) and transport (udp, tcp, tls; without it "
        "udp, for sips: tls). An IPv6 address stands in brackets.",
        examples=["sip:pbx.example.org:5060;transport=tcp"],
    )
    user: str = Field(min_length=1, description="The SIP account that subscribes.", examples=["2000"])
    auth_user: str = Field(default="", description="Its name in the digest, where that is another.")
    password_env: str = Field(default="", description="The environment variable that holds its password.")
    password_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(),
        description="A command that prints its password, as one string or a list of words. No shell reads it.",
    )
    tls_verify: bool = Field(
        default=True,
        description="Whether the server's TLS certificate must be right. Off, anybody can pose as the PBX.",
    )
    tls_ca: str = Field(default="", description="A PEM file of the authorities to trust instead of the system's.")
    presence_link: Literal["message", "ami", "publish", "none"] = Field(
        default="message", description="How a status is set: by SIP MESSAGE, AMI, PUBLISH, or not at all."
    )
    own_extension: str = Field(default="", description="The extension whose status the user of this board sets.")
    ami_server: Annotated[str, AfterValidator(_check_ami_server)] = Field(
        default="",
        description="Where the manager interface is, for the link ami; without it, port 5038 of the server.",
        examples=["127.0.0.1:5038"],
    )
    ami_user: str = Field(default="", description="The manager user that sets a status, for the link ami.")
    ami_password_env: str = Field(default="", description="The environment variable that holds its secret.")
    ami_password_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="A command that prints its secret, as one string or a list of words. No shell reads it."
    )

    @model_validator(mode="after")
    def _check(self) -> "PbxSection":
        if self.password_env and self.password_command:
            raise ValueError("has both password_env and password_command; keep one")
        if self.presence_link == "ami":
            if not self.ami_user:
                raise ValueError('has presence_link = "ami" and no ami_user; name the manager user of manager.conf')
            if bool(self.ami_password_env) == bool(self.ami_password_command):
                raise ValueError("needs one of ami_password_env and ami_password_command for its ami_user")
        return self


class ContactSection(_Section):
    """One person or place on the board."""

    name: str = Field(default="", description="What the tile shows; without it, the extension.")
    extension: Extension = Field(description="The extension to watch: it needs a hint on the PBX.", examples=["2001"])
    group: str = Field(default="", description="The heading under which the tile stands.")
    pbx: str = Field(default="", description="The name of its PBX; needed where there are several.")
    favourite: bool = Field(default=False, description="Whether it is one of those shown first.")


class RangeSection(_Section):
    """Many extensions at once. One that also has a [[contact]] is shown as that says."""

    extensions: Annotated[str, AfterValidator(_check_range)] = Field(
        description="The extensions to watch.", examples=["2100-2149,2160"]
    )
    name: Annotated[str, AfterValidator(_check_template)] = Field(
        default="", description="What the tiles show, with {extension} for the number; without it, the extension."
    )
    group: str = Field(default="", description="The heading under which the tiles stand.")
    pbx: str = Field(default="", description="The name of their PBX; needed where there are several.")


class ViewSection(_Section):
    """How the window looks."""

    theme: Literal["system", "light", "dark"] = Field(
        default="system", description="Light, dark, or as the desktop has it."
    )
    sort: Literal["name", "number", "free_first"] = Field(
        default=Order.NAME.value, description="How tiles are ordered within their group."
    )
    density: Literal["automatic", "comfortable", "compact"] = Field(
        default="automatic",
        description="How closely the switchboard packs its tiles; by itself it does so from 100 extensions on.",
    )
    keep_in_tray: bool = Field(
        default=False,
        description="Whether switchboard and wall, too, go into the tray when closed, as the status view does.",
    )


class AutomaticSection(_Section):
    """What shows by itself. It only ever takes the place of available or nothing set: whoever chose another status, or
    chose one since the cause began, keeps it; and what was there before returns when the cause is over."""

    away_after: int = Field(
        default=10,
        ge=0,
        le=1440,
        description="After how many minutes without a touch of mouse or keyboard you are away, and at once when the "
        "machine goes to sleep; 0 is never.",
    )
    extended_away_after: int = Field(
        default=0, ge=0, le=10_080, description="After how many such minutes you are extended away (xa); 0 is never."
    )
    when_locked: _ByItself = Field(default="off", description="What shows while your screen is locked.")
    when_in_call: _ByItself = Field(
        default="off", description="What shows, with the subtype `on the phone`, while your own extension is in a call."
    )
    when_quit: _ByItself = Field(
        default="off", description="What shows from the program's end, as at log-out, to its next start."
    )

    @model_validator(mode="after")
    def _check(self) -> "AutomaticSection":
        if 0 < self.extended_away_after <= self.away_after:
            raise ValueError(
                f"has extended_away_after = {self.extended_away_after}, which must be more than the "
                f"{self.away_after} of away_after, or 0"
            )
        return self


class CalendarSection(_Section):
    """One of your calendars: a meeting shows by itself, as in [automatic]. An address that nobody else may know belongs
    into the environment or behind a command."""

    address: Annotated[str, AfterValidator(_check_calendar)] = Field(
        default="",
        description="Its .ics file, or its address (https, webcal, http).",
        examples=["~/calendars/work.ics"],
    )
    address_env: str = Field(default="", description="The environment variable that holds its address.")
    address_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="A command that prints its address, as one string or a list of words."
    )
    user: str = Field(default="", description="The account at the server of an address, where one is needed.")
    password_env: str = Field(default="", description="The environment variable that holds its password.")
    password_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(), description="A command that prints its password, as one string or a list of words."
    )
    every: int = Field(default=15, ge=1, le=1440, description="After how many minutes an address is looked at again.")
    state: Literal["away", "xa", "dnd", "unavailable"] = Field(
        default="dnd", description="What shows, with the subtype `in a meeting` and until when, during a meeting."
    )
    titles: bool = Field(
        default=False, description="Whether others may read what a meeting is called. Private entries stay hidden."
    )
    all_day: bool = Field(
        default=False, description="Whether entries of whole days count, if the calendar marks them as busy."
    )
    tentative: bool = Field(
        default=False, description="Whether tentative entries, and invitations not answered yet, count."
    )
    attendee: str = Field(
        default="",
        description="Your own e-mail addresses in invitations, separated by commas: what you declined does not count.",
        examples=["bob@example.org"],
    )

    @model_validator(mode="after")
    def _check(self) -> "CalendarSection":
        if sum(map(bool, (self.address, self.address_env, self.address_command))) != 1:
            raise ValueError("needs one of address, address_env and address_command")
        if self.password_env and self.password_command:
            raise ValueError("has both password_env and password_command; keep one")
        if bool(self.user) != bool(self.password_env or self.password_command):
            raise ValueError("needs user together with one of password_env and password_command, or none of them")
        return self


class ServeSection(_Section):
    """The embedded core as `serve` runs it."""

    sip: Annotated[str, AfterValidator(check_host_port)] = Field(
        default="127.0.0.1:5060", description="Where SIP watchers subscribe, over UDP and TCP. Port 0 takes a free one."
    )
    ami: Annotated[str, AfterValidator(check_host_port)] = Field(
        default="127.0.0.1:5038", description="Where the AMI-compatible port listens. Port 0 takes a free one."
    )
    context: str = Field(
        default="hints", min_length=1, description="The context whose hints SIP watchers reach, and of each [[hint]]."
    )
    history_days: int = Field(
        default=365,
        ge=0,
        le=36_500,
        description="For how many days the history of changes is kept; 0 keeps it for ever.",
    )


class UserSection(_Section):
    """Who may log in to `serve`. A password stands in the environment or behind a command, never here."""

    name: str = Field(min_length=1, description="The name in the digest (SIP) or the login (AMI).", examples=["2000"])
    face: Literal["sip", "ami"] = Field(default="sip", description="Which of the two faces the user may use.")
    password_env: str = Field(default="", description="The environment variable that holds the password.")
    password_command: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        default=(),
        description="A command that prints the password, as one string or a list of words. No shell reads it.",
    )

    @model_validator(mode="after")
    def _check(self) -> "UserSection":
        if bool(self.password_env) == bool(self.password_command):
            raise ValueError("needs one of password_env and password_command")
        return self


class HintSection(_Section):
    """Extensions that SIP watchers reach, and what stands behind them; ${EXTEN} stands for the extension."""

    extensions: Annotated[str, AfterValidator(_check_hint)] = Field(
        description="Extensions, ranges, or one pattern of Asterisk's.", examples=["2000-2049,2060"]
    )
    devices: str = Field(default="Custom:${EXTEN}", description="The devices, joined by &; may be empty.")
    presence: str = Field(
        default="CustomPresence:${EXTEN}", description="The presence providers, joined by &; may be empty."
    )
    name: str = Field(default="", description="The hint's name.")
    context: str = Field(default="", description="The hint's context, where it is another than that of [serve].")


class BoardConfig(_Section):
    """A whole configuration file."""

    board: ViewSection = Field(default=ViewSection(), description="How the window looks.")
    pbx: tuple[PbxSection, ...] = Field(default=(), strict=False, description="The PBXs.")
    contact: tuple[ContactSection, ...] = Field(default=(), strict=False, description="Who is on the board.")
    range: tuple[RangeSection, ...] = Field(default=(), strict=False, description="Many extensions at once.")
    automatic: AutomaticSection = Field(
        default=AutomaticSection(), description="What shows by itself, in place of available or nothing set."
    )
    calendar: tuple[CalendarSection, ...] = Field(
        default=(), strict=False, description="Your calendars: a meeting shows by itself."
    )
    serve: ServeSection = Field(default=ServeSection(), description="The embedded core, for `presence-board serve`.")
    user: tuple[UserSection, ...] = Field(default=(), strict=False, description="Who may log in to `serve`.")
    hint: tuple[HintSection, ...] = Field(default=(), strict=False, description="The extensions that `serve` offers.")
