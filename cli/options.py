"""What several commands take: their arguments and options, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Password = Annotated[str, typer.Option(help="Opens an encrypted PDF.", metavar="TEXT")]
BookId = Annotated[str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")]
RecordId = Annotated[str, typer.Argument(metavar="ID", help="A record's id, as kb search prints it.")]
Private = Annotated[
    bool,
    typer.Option("--allow-private", help="Also fetch addresses of this machine and its private networks."),
]
ProfileFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml", help="How to read a stubborn handbook; kb profile init FILE writes one."
    ),
]
ReviewedBook = Annotated[str, typer.Option("--handbook", metavar="ID", help="Only this handbook.")]
FieldNumber = Annotated[
    int, typer.Argument(metavar="FIELD", help="A field's number; kb review show ID lists them.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with the edit.")]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who decides; your account's name if not given.")
]
