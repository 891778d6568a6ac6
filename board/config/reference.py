# SPDX-FileCopyrightText: The presence board's developers
# SPDX-License-Identifier: GPL-2.0-or-later
"""The reference of the configuration file, in Markdown, made from the schema: `python -m board.config.reference`."""

from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from board.config.schema import BoardConfig
from board.config.words import SECTIONS


def reference() -> str:
    """Return one table a section, one line a setting: what it is, its default, its range."""
    return "\n".join(_section(name, model) for name, model in SECTIONS.items())


def _section(name: str, model: type[BaseModel]) -> str:
    many = get_origin(BoardConfig.model_fields[name].annotation) is tuple
    heading = f"`[[{name}]]` (any number)" if many else f"`[{name}]`"
    rows = [f"| `{key}` | {_default(field)} | {_help(field)} |" for key, field in model.model_fields.items()]
    about = BoardConfig.model_fields[name].description
    return "\n".join([f"{heading} {about}", "", "| setting | default | what it is |", "| --- | --- | --- |", *rows, ""])


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if isinstance(field.default, int) and not isinstance(field.default, bool):
        return f"`{field.default}`"
    return {True: "`true`", False: "`false`", "": "", (): ""}.get(field.default, f'`"{field.default}"`')


def _help(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    listed = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    example = f" Such as `{field.examples[0]}`." if field.examples else ""
    return f"{field.description}{listed}{example}"


if __name__ == "__main__":
    print(reference())
