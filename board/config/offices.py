# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a configuration becomes: the office to watch, its contacts, and an account for every PBX whose password is at
hand."""

import asyncio
import os
import ssl
from collections.abc import Callable, Iterator

from board.ami.client_session import Credentials
from board.config.automation import automation
from board.config.extensions import expand
from board.config.host_port import read_host_port
from board.config.schema import BoardConfig, PbxSection, ServeSection
from board.config.secrets import SecretError, fetch_ami_password, fetch_password
from board.events import Address
from board.links.core import StoredCore
from board.links.manager import NO_EVENTS
from board.links.setter import LinkKind, Setter
from board.office import Office
from board.places import data_folder
from board.presence.store import DAY
from board.roster.contact import Contact
from board.sip.account import Account
from board.threads import off_the_loop

AMI_PORT = 5038


async def open_office(config: BoardConfig, fetch: Callable[[PbxSection], str] = fetch_password) -> Office:
    """Fetch all passwords, side by side and off the event loop, and return the office.

    A PBX whose password cannot be had is left out and told in `unusable`; the others go on.
    """
    found, ways = await asyncio.gather(
        asyncio.gather(*(_account(pbx, fetch) for pbx in config.pbx)),
        asyncio.gather(*(_setter(pbx) for pbx in config.pbx)),
    )
    unusable = {pbx.name: reason for pbx, reason in zip(config.pbx, found, strict=True) if isinstance(reason, str)}
    setters = tuple(way for way in (*ways, *core_setters(config)) if isinstance(way, Setter))
    shut = {way.pbx: unusable[way.pbx] for way in setters if way.needs_account and way.pbx in unusable}
    closed = {pbx.name: reason for pbx, reason in zip(config.pbx, ways, strict=True) if isinstance(reason, str)}
    return Office(
        contacts=tuple(contacts(config)),
        accounts=tuple(account for account in found if isinstance(account, Account)),
        unusable=unusable,
        setters=tuple(way for way in setters if way.pbx not in shut),
        unsettable={**shut, **closed},
        automation=automation(config),
    )


def core_setters(config: BoardConfig) -> tuple[Setter, ...]:
    """Return the ways to the core of the data folder: where no PBX has a link, it is the truth itself."""
    if any(pbx.presence_link != "none" for pbx in config.pbx):
        return ()
    core = stored_core(config)
    named = (pbx for pbx in config.pbx if pbx.own_extension)
    return tuple(Setter(pbx.name, LinkKind.CORE, pbx.own_extension, core=core) for pbx in named)


def stored_core(config: BoardConfig | None) -> StoredCore:
    """Return the core of the data folder."""
    days = (config.serve if config is not None else ServeSection()).history_days
    return StoredCore(data_folder(), days * DAY if days else None)


def contacts(config: BoardConfig) -> Iterator[Contact]:
    """Yield the contacts in the file's order, those of ranges last, without the ones listed by themselves."""
    only = config.pbx[0].name if len(config.pbx) == 1 else ""
    listed = set[Address]()
    for person in config.contact:
        address = Address(person.pbx or only, person.extension)
        listed.add(address)
        yield Contact(address, person.name, person.group, person.favourite)
    for many in config.range:
        for extension in expand(many.extensions):
            address = Address(many.pbx or only, extension)
            if address not in listed:
                yield Contact(address, many.name.replace("{extension}", extension), many.group)


async def _setter(pbx: PbxSection) -> Setter | str | None:
    """Return the way by which a status is set there, why it cannot be, or None where there shall be none."""
    match pbx.presence_link:
        case "message" | "publish" if not pbx.own_extension:
            return f"[[pbx]] {pbx.name} has no own_extension in the configuration: name the extension that is yours"
        case "message":
            return Setter(pbx.name, LinkKind.MESSAGE, pbx.own_extension)
        case "ami":
            host, port = read_host_port(pbx.ami_server) if pbx.ami_server else (pbx.server.host, AMI_PORT)
            try:
                secret = await off_the_loop(lambda: fetch_ami_password(pbx), "password")
            except SecretError as error:
                return f"ami_user {pbx.ami_user}: {error}"
            credentials = Credentials(pbx.ami_user, secret, NO_EVENTS)
            return Setter(pbx.name, LinkKind.AMI, pbx.own_extension, host, port, credentials)
        case "publish":
            return Setter(pbx.name, LinkKind.PUBLISH, pbx.own_extension, pbx.server.host)
        case _:
            return None


async def _account(pbx: PbxSection, fetch: Callable[[PbxSection], str]) -> Account | str:
    try:
        password = await off_the_loop(lambda: fetch(pbx), "password")
        ca = _authorities(pbx.tls_ca)
    except (SecretError, _AuthoritiesError) as error:
        return str(error)
    return Account(
        pbx=pbx.name,
        host=pbx.server.host,
        port=pbx.server.port,
        transport=pbx.server.transport,
        user=pbx.user,
        password=password,
        auth_user=pbx.auth_user,
        tls_verify=pbx.tls_verify,
        tls_ca=ca,
    )


class _AuthoritiesError(Exception):
    """The file of trusted authorities cannot be used; the message is one line."""


def _authorities(name: str) -> str:
    """Return the path of a PEM file after a look into it; "" for the system's authorities."""
    if not name:
        return ""
    path = os.path.expanduser(name)
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one
        why = "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise _AuthoritiesError(f"tls_ca {path} cannot be used: {why}; name a PEM file of authorities") from None
    return path
