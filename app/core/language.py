"""The language of the reader, where data has a name in each."""

from flask_babel import get_locale


def in_english() -> bool:
    """Whether English names are asked for; Chinese is what they are by default."""
    locale = get_locale()
    return locale is not None and locale.language == "en"
