"""Start the command line: ``python -m salvage_kb``."""

import sys


def main() -> None:
    """Run the command line, or say which extra it needs."""
    try:
        from .cli import cli
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"click", "rich"}:
            raise
        sys.stderr.write(
            f"the command line needs {missing}: "
            "pip install 'salvage-kb[cli]'\n"
        )
        sys.exit(2)
    cli(prog_name="salvage-kb")


if __name__ == "__main__":
    main()
