"""The unified social credit code: 18 characters, the last of which checks the others."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters, without I O S V Z
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_character(body: str) -> str:
    """The 18th character for the first 17 (GB 32100-2015; FM-25)."""
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_credit_code(code: str) -> bool:
    """Whether *code* has 18 characters of the alphabet and the right last one."""
    if len(code) != 18 or any(c not in ALPHABET for c in code):
        return False
    return check_character(code[:17]) == code[17]
