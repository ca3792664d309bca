"""Merge `messages.pot`, as it was gathered, into each language: what ``make messages`` ends with.

Texts stand sorted under the header that the file has.  What no code says stays: some of it are
texts of the framework that it leaves untranslated.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent


def main() -> None:
    with (FOLDER / "messages.pot").open("rb") as file:
        template = read_po(file)
    for path in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        header = path.read_text().partition("\n\n")[0]
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
        for message in template:
            if message.id and message.id not in catalog:
                catalog[message.id] = message
        text = BytesIO()
        write_po(text, catalog, omit_header=True, sort_output=True)
        path.write_text(f"{header}\n\n{text.getvalue().decode().lstrip()}")


if __name__ == "__main__":
    main()
