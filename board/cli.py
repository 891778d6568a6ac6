# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: one thin function a subcommand. What a subcommand does stands in its own module,
imported when it is asked for: `parse` shall not wait for what only the window needs.

Exit status: 0 done; 1 it ran and the answer is bad news; 2 the call or its input is wrong, told in one line.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from board.errors import CallError
from board.version import VERSION
from board.view import View

if TYPE_CHECKING:
    from board.config import BoardConfig

PROGRAM = "presence-board"
DONE, BAD_CALL = 0, 2
INTERRUPTED = 130  # 128 + SIGINT, as shells say it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with the process's own arguments, or others; return its exit status."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as JSON is, whatever the locale
    try:
        return int(options.run(options))
    except CallError as error:
        for line in str(error).splitlines():
            print(f"{PROGRAM}: {line}", file=sys.stderr)
        return BAD_CALL
    except BrokenPipeError:
        # Whoever read our output has seen enough. What is left in the buffer must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """A parser that tells a mistake in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_CALL, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=PROGRAM, description="A presence board for Asterisk offices.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {VERSION}")
    parser.set_defaults(run=_run, config=None, demo=False, view=View.SWITCHBOARD.value, hidden=False)
    _add_source(parser)
    _add_run(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, function, add, text in _COMMANDS:
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        command.set_defaults(run=function)
        _add_source(command)
        add(command)
    return parser


def _add_source(parser: argparse.ArgumentParser) -> None:
    # Stands before and after the subcommand; the default is the outer parser's.
    parser.add_argument(
        "--config", type=Path, default=argparse.SUPPRESS, metavar="FILE", help="the configuration; else the user's own"
    )


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="the demo office, whatever is configured"
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_demo(parser)
    parser.add_argument(
        "--view", choices=[view.value for view in View], default=argparse.SUPPRESS, help="what the window shows"
    )
    parser.add_argument(
        "--hidden", action="store_true", default=argparse.SUPPRESS, help="begin in the tray, where there is one"
    )


def _add_parse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", default=["-"], metavar="FILE", help="a body or a whole message; - is stdin")
    parser.add_argument("--content-type", metavar="TYPE", help="the type of a body, as its header would say it")
    parser.add_argument("--json", action="store_true", help="one JSON object a file")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _add_demo(parser)
    parser.add_argument("extensions", nargs="*", metavar="EXT", help="EXT or EXT@PBX; without any, the whole roster")
    parser.add_argument("--json", action="store_true", help="one JSON object a change")
    parser.add_argument("--for", dest="seconds", type=_seconds, metavar="SECONDS", help="end after this time")
    parser.add_argument("--count", type=_count, metavar="N", help="end after this many lines")


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("state", metavar="STATE", help="not_set, unavailable, available, away, xa, chat or dnd")
    parser.add_argument("--subtype", default="", metavar="S", help="what kind of it, such as lunch")
    parser.add_argument("--message", default="", metavar="M", help="what the others read, such as 'Back at 2'")
    parser.add_argument(
        "--until",
        default="",
        metavar="WHEN",
        help="30 min, 1 h, 14:30, tomorrow 9:00, end of day: then the former one returns",
    )
    parser.add_argument("--entity", default="", metavar="CustomPresence:ID", help="whose status; else the user's own")


def _add_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pbx", default="", metavar="NAME", help="whose password; needed where there are several")


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sip", default="", metavar="HOST:PORT", help="where SIP watchers subscribe, over UDP and TCP")
    parser.add_argument("--ami", default="", metavar="HOST:PORT", help="where the AMI-compatible port listens")


def _add_presencestate(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="verb", required=True, metavar="list|change")
    commands.add_parser("list", help="every custom presence state that is set", allow_abbrev=False)
    change = commands.add_parser("change", help="set a custom presence state", allow_abbrev=False)
    change.add_argument("entity", metavar="ENTITY", help="such as CustomPresence:2000")
    change.add_argument("value", metavar="STATE[,SUBTYPE[,MESSAGE[,OPTIONS]]]")


def _add_store(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="verb", required=True, metavar="history|import|export")
    history = commands.add_parser("history", help="who set what, when and from where", allow_abbrev=False)
    history.add_argument(
        "entity", nargs="?", default="", metavar="ENTITY", help="such as CustomPresence:2000; else all"
    )
    history.add_argument("--limit", type=_count, default=100, metavar="N", help="the newest N changes (100)")
    history.add_argument("--json", action="store_true", help="one JSON object a change")
    for verb, text in (("import", "take over the states of"), ("export", "put the states into")):
        command = commands.add_parser(verb, help=f"{text} Asterisk's astdb.sqlite3", allow_abbrev=False)
        command.add_argument("astdb", type=Path, metavar="ASTDB")


def _add_function(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("call", metavar="'PRESENCE_STATE(ENTITY,FIELD[,OPTIONS])'", help="a dialplan function")
    parser.add_argument("value", nargs="?", metavar="VALUE", help="what to write; without it the function is read")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    parser.add_argument("--write", action="store_true", help="also set your own status for a moment, and restore it")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (seconds := float(text)) < 1e9:
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")


def _count(text: str) -> int:
    with suppress(ValueError):
        if (count := int(text)) > 0:
            return count
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")


def _run(options: argparse.Namespace) -> int:
    from board.display import needed_display
    from board.opening import find_source

    source = find_source(options.config, options.demo)
    try:
        from board.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("PySide6", "qasync"):
            raise
        raise CallError(
            f"the window needs Qt: pip install 'presence-board[gui]', or use {PROGRAM} watch, which does without"
        ) from None
    with needed_display(os.environ):
        return run(source, View(options.view), hidden=options.hidden)


def _parse(options: argparse.Namespace) -> int:
    from board.parse import ParseOptions, parse_files

    wanted = ParseOptions(tuple(options.files), options.content_type, options.json)
    return parse_files(wanted, sys.stdin.buffer, sys.stdout, sys.stderr)


def _watch(options: argparse.Namespace) -> int:
    from board.loop import run_plain
    from board.opening import find_source
    from board.watch import WatchOptions, watch

    source = find_source(options.config, options.demo)
    wanted = WatchOptions(options.json, options.seconds, options.count)
    return run_plain(lambda stop: watch(source, options.extensions, wanted, stop))


def _set(options: argparse.Namespace) -> int:
    import asyncio

    from board.config import data_folder
    from board.loop import run_plain
    from board.opening import read_config
    from board.setting import office_of, read_options, refusal, set_status

    now = time.time()
    wanted = read_options(options.state, options.subtype, options.message, options.entity, options.until, now)
    config = read_config(options.config)
    if (status := refusal(wanted, now, sys.stdout)) is not None:
        return status

    async def run(stop: asyncio.Event) -> int:
        return await set_status(await office_of(config, wanted), wanted, data_folder(), stop, sys.stdout)

    return run_plain(run)


def _password(options: argparse.Namespace) -> int:
    from board.opening import read_config
    from board.password import keep_password

    config = read_config(options.config)
    if config is None:
        raise CallError("there is no configuration to tell the PBX and its user; name one with --config")
    return keep_password(config, options.pbx, sys.stdin, sys.stdout, sys.stderr)


def _doctor(options: argparse.Namespace) -> int:
    from board.doctor.command import DoctorOptions, doctor
    from board.loop import run_plain
    from board.opening import read_config

    config = read_config(options.config)
    if config is None or not config.pbx:
        raise CallError("there is no [[pbx]] to examine; name a configuration that has one with --config")
    wanted = DoctorOptions(options.json, options.write)
    return run_plain(lambda stop: doctor(config, wanted, stop, sys.stdout))


def _serve(options: argparse.Namespace) -> int:
    from board.loop import run_plain
    from board.opening import read_config
    from board.serve import ServeOptions, check_place, serve
    from board.serve_users import read_users

    for place in filter(None, (options.sip, options.ami)):
        check_place(place)
    users = read_users(read_config(options.config))
    wanted = ServeOptions(options.sip, options.ami)
    return run_plain(lambda stop: serve(wanted, lambda: read_config(options.config), users, stop, sys.stdout))


def _presencestate(options: argparse.Namespace) -> int:
    from board.core_commands import console_command
    from board.opening import read_config

    words = (options.entity, options.value) if options.verb == "change" else ()
    return console_command(("presencestate", options.verb, *words), lambda: read_config(options.config))


def _store(options: argparse.Namespace) -> int:
    from board.opening import read_config
    from board.store_commands import export_astdb, history, import_astdb

    def read() -> "BoardConfig | None":
        return read_config(options.config)

    if options.verb == "history":
        return history(options.entity, options.limit, options.json, read)
    return {"import": import_astdb, "export": export_astdb}[options.verb](options.astdb, read)


def _function(options: argparse.Namespace) -> int:
    from board.core_commands import function_command
    from board.opening import read_config

    return function_command(options.call, options.value, lambda: read_config(options.config))


_COMMANDS = (
    ("run", _run, _add_run, "open the window (so it does without a command)"),
    ("watch", _watch, _add_watch, "subscribe without a window and print every change"),
    ("parse", _parse, _add_parse, "read captured NOTIFYs, whole or their bodies"),
    ("set", _set, _add_set, "set a status, and wait until the PBX reads it back or is known to be away"),
    ("password", _password, _add_password, "put a PBX's password into the system's key store"),
    ("doctor", _doctor, _add_doctor, "look at the whole chain to the PBX: what is wrong, and what mends it"),
    ("serve", _serve, _add_serve, "run the embedded core without a window: SIP notifier and AMI port"),
    ("presencestate", _presencestate, _add_presencestate, "Asterisk's presencestate commands on the embedded core"),
    ("store", _store, _add_store, "the history of the embedded core; Asterisk's astdb in and out"),
    ("function", _function, _add_function, "read or write a dialplan function of the embedded core"),
)
