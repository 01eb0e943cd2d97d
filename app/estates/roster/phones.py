"""Phone numbers as people write them and spreadsheets bend them."""

import re
from dataclasses import dataclass

from app.estates.roster.cells import Misread, lines, says_nothing
from app.estates.roster.grid import Value


@dataclass(frozen=True)
class Phones:
    """The numbers of a cell in its order, and what else stands beside them."""

    numbers: tuple[str, ...] = ()
    beside: str = ""


_MOBILE = re.compile(r"1[3-9]\d{9}")
_BETWEEN = re.compile(r"[、,;|\n]|(?<=\d)\s*/\s*(?=[\d+(])|(?<=\d)\s*(?:和|或|及|&)\s*(?=[\d+(])")
_CANDIDATE = re.compile(r"[+(]{0,2}\d[\d\s\-().*]*(?:(?:转|分机|ext\.?|x)\s*\d{1,6})?", re.I)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x)\s*(\d{1,6})$", re.I)
_AREA_CODE = re.compile(r"(010|02\d|0[3-9]\d\d)(\d{7,8})")


def phone_numbers(value: Value) -> Phones:
    """Mobile numbers as 11 figures, others as `0571-88012345-801`, foreign ones as `+85291234567`."""
    words = lines(value)
    if says_nothing(words):
        return Phones()
    if isinstance(value, float) and not value.is_integer():
        raise Misread("roster:phone_unreadable", value=words)
    words = _written_out(words)

    numbers: list[str] = []
    beside: list[str] = []
    for piece in _BETWEEN.split(words):
        if re.search(r"\d\s*\*+\s*\d|\*{3}", piece):
            raise Misread("roster:phone_masked", value=words)
        numbers += _numbers_in(piece)
        beside.append(_CANDIDATE.sub(" ", piece))
    return Phones(tuple(dict.fromkeys(numbers)), _said("".join(beside)))


def _written_out(words: str) -> str:
    """`1.3812345678E+10` → `13812345678`; refused where figures were lost."""
    found = _SCIENTIFIC.fullmatch(words)
    if not found:
        return words
    first, rest, power = found[1], found[2] or "", int(found[3])
    if len(rest) < power - 1 or len(rest) > power:  # one final zero can be missing, more cannot be told from lost
        raise Misread("roster:phone_cut_off", value=words)
    return first + rest.ljust(power, "0")


def _numbers_in(piece: str) -> list[str]:
    numbers = []
    for found in _CANDIDATE.finditer(piece):
        candidate = found[0]
        apart = [_number(part) for part in candidate.split()]
        if len(apart) > 1 and all(apart):
            numbers += [number for number in apart if number]
            continue
        together = [_number(candidate)] if _number(candidate) else _run_together(candidate)
        if not together:
            raise Misread("roster:phone_unreadable", value=candidate.strip())
        numbers += [number for number in together if number]
    return numbers


def _run_together(candidate: str) -> list[str]:
    figures = re.sub(r"\D", "", candidate)
    parts = [figures[start : start + 11] for start in range(0, len(figures), 11)]
    return parts if len(parts) > 1 and all(_MOBILE.fullmatch(part) for part in parts) else []


def _number(candidate: str) -> str | None:
    """One number in its one form, or None."""
    candidate = candidate.strip()
    extension = _EXTENSION.search(candidate)
    main = candidate[: extension.start()] if extension else candidate
    parts = [part for part in re.split(r"[\s\-().]+", main) if part and part != "+"]
    figures = re.sub(r"\D", "", main)
    tail = extension[1] if extension else ""

    foreign = "+" in main or (figures.startswith("00") and len(figures) > 9)
    figures = figures.removeprefix("00") if foreign else figures
    if figures.startswith("86") and (foreign or (len(figures) == 13 and _MOBILE.fullmatch(figures[2:]))):
        figures, foreign = figures[2:], False
        if not _MOBILE.fullmatch(figures) and not figures.startswith("0"):
            figures = "0" + figures
    if foreign:
        return f"+{figures}" if 6 < len(figures) < 16 else None
    if _MOBILE.fullmatch(figures):
        return figures
    if not tail and len(parts) > 2 and len(parts[-1]) <= 6 and _AREA_CODE.fullmatch("".join(parts[:-1])):
        figures, tail = "".join(parts[:-1]), parts[-1]
    if found := _AREA_CODE.fullmatch(figures):
        return "-".join(part for part in (found[1], found[2], tail) if part)
    if re.fullmatch(r"[48]00\d{7}|[2-9]\d{6,7}", figures):
        return "-".join(part for part in (figures, tail) if part)
    return None


def _said(words: str) -> str:
    """What is left of a cell when its numbers are gone, without brackets and words for "phone"."""
    words = re.sub(
        r"(?:手机|电话|座机|固话|联系方式|tel|phone|mobile|mob|cell)\s*(?:号码|号)?\s*[:.]?",
        " ",
        words,
        flags=re.I,
    )
    return " ".join(re.sub(r"[()\[\]【】:：.+\-/*。]", " ", words).split())
