"""What a leaker may do to a PowerShell script, with its tools emulated: PowerShell is not here.

The rules are those that PSScriptAnalyzer documents for ``Invoke-Formatter`` (settings
CodeFormatting and CodeFormattingOTBS) and for ``Invoke-ScriptAnalyzer -Fix``; what they do to the
case of commands is known here of those commands alone that the carrier knows too. Nothing changes
within texts, here-strings and comments. Written down before the reader was measured with it.

>>> formatted(b"If($a -EQ 'b')\\n{\\n  write-host $a,1\\n}\\n")
b"if ($a -eq 'b') {\\n    Write-Host $a, 1\\n}\\n"
>>> fixed(b'gci | ? { !$_.a -eq "b" };\\n')
b"gci | Where-Object { -not $_.a -eq 'b' }\\n"
"""

import random
import re
from collections.abc import Callable

from bench.attacks.texts import Alter
from mapp_compliance.watermark.carriers.powershell.names import COMMANDS, PARAMETERS

_TEXT = (
    rb"@'[ \t]*\r?\n.*?\n'@|@\"[ \t]*\r?\n.*?\n\"@|<\#.*?\#>|(?<![\w$`.-])\#[^\n]*"
    rb"|'(?:[^']|'')*'|\"(?:[^\"`]|`.|\"\")*\""
)
_PIECE = re.compile(rb"(?P<text>" + _TEXT + rb")", re.DOTALL)
_COMMENT = re.compile(rb"<\#.*?\#>|\#(?!requires)[^\n]*", re.DOTALL | re.IGNORECASE)
_KEYWORD = re.compile(
    rb"(?i)(?<![\w$.@:\[\\/-])(?:if|else|elseif|foreach|for|while|do|until|switch|function|param|begin"
    rb"|process|end|try|catch|finally|return|throw|break|continue|exit|in|filter)(?![\w.:\\/-])"
)
_OPERATOR = re.compile(
    rb"(?i)(?<=[\s(])-(?:not|and|or|xor|is|isnot|as|join|band|bor|f|[ic]?(?:eq|ne|ge|gt|le|lt"
    rb"|(?:not)?(?:like|match|contains|in)|replace|split))(?![\w-])"
)
_DASHED = re.compile(rb"(?<![\w$.\\/])-[A-Za-z]+(?![\w-])")
_NAME = re.compile(rb"(?<![\w$.\\/-])[A-Za-z]+-[A-Za-z]+(?![\w-])")
_ALIASES = {b"?": b"Where-Object", b"where": b"Where-Object", b"%": b"ForEach-Object"}
_ALIASED = re.compile(rb"(?i)(?<=\|)(\s*)(\?|%|where|foreach)(?=\s)")
_SET = re.compile(rb"(?i)\$([a-z]\w*)\s*=(?!=)|\[[\w.\[\]]+\]\s*\$([a-z]\w*)")
_KEPT = frozenset(b"true false null _ psitem args input this matches error host pwd home".split())


def _in_code(change: Callable[[bytes], bytes]) -> Alter:
    """The change on code alone."""

    def run(data: bytes) -> bytes:
        pieces, done = [], 0
        for found in _PIECE.finditer(data):
            pieces += [change(data[done : found.start()]), found.group()]
            done = found.end()
        return b"".join((*pieces, change(data[done:])))

    return run


def _cased(code: bytes) -> bytes:
    code = _KEYWORD.sub(lambda word: word[0].lower(), code)
    code = _NAME.sub(lambda word: COMMANDS.get(word[0].lower(), word[0]), code)
    code = _DASHED.sub(lambda word: PARAMETERS.get(word[0].lower(), word[0]), code)
    return _OPERATOR.sub(lambda word: word[0].lower(), code)


def _spaced(code: bytes) -> bytes:
    code = re.sub(rb"(?i)\b(if|elseif|foreach|for|while|switch|catch)\(", rb"\1 (", code)
    code = re.sub(rb"\)[ \t]*\r?\n[ \t]*\{", rb") {", code)
    code = re.sub(
        rb"(?i)\b(else|try|finally|begin|process|end|do)[ \t]*\r?\n?[ \t]*\{", rb"\1 {", code
    )
    code = re.sub(rb"[ \t]*\|[ \t]*(?=\S)", rb" | ", code)
    return re.sub(rb"[ \t]*([,;])(?=[^\s])", rb"\1 ", code)


def _closed(code: bytes) -> bytes:
    return re.sub(rb"(?i)\}[ \t]*(else|elseif|catch|finally)\b", rb"}\n\1", code)


def _joined(code: bytes) -> bytes:
    return re.sub(rb"(?i)\}\s*(else|elseif|catch|finally)\b", rb"} \1", code)


def _indented(data: bytes) -> bytes:
    """Four spaces for each open brace or bracket; here-strings and long comments stay."""
    kept = [found.span() for found in _PIECE.finditer(data) if b"\n" in found.group()]
    lines, deep, at = [], 0, 0
    for line in data.splitlines(keepends=True):
        end = at + len(line)
        inside = any(start < at < stop for start, stop in kept)
        code = _PIECE.sub(b"", line)
        bare = line.strip()
        first = deep - bool(re.match(rb"[)}\]]", bare))
        own = b" " * 4 * max(first, 0) + line.lstrip(b" \t") if bare and not inside else line
        lines.append(own)
        if not inside:
            opened = len(re.findall(rb"[({\[]", code)) - len(re.findall(rb"[)}\]]", code))
            deep += (opened > 0) - (opened < 0)
        at = end
    return b"".join(lines)


def formatted(data: bytes) -> bytes:
    """As ``Invoke-Formatter`` would leave it, emulated."""
    return _indented(_in_code(lambda code: _closed(_spaced(_cased(code))))(data))


def formatted_otbs(data: bytes) -> bytes:
    """The same with the settings of one true brace style, emulated."""
    return _indented(_in_code(lambda code: _joined(_spaced(_cased(code))))(data))


def _fixed_code(code: bytes) -> bytes:
    code = _ALIASED.sub(
        lambda found: found[1] + _ALIASES.get(found[2].lower(), b"ForEach-Object"), code
    )
    code = re.sub(rb"(?<=[\s({])![ \t]*(?=[$(\[])", b"-not ", code)
    return re.sub(rb"(?m);[ \t]*(?=\r?$)", b"", _cased(code))


def _single(found: re.Match[bytes]) -> bytes:
    text = found.group()
    plain = text[:1] == b'"' and not re.search(rb"['`$]|\"\"", text[1:-1])
    return b"'" + text[1:-1] + b"'" if plain and len(text) > 1 else text


def fixed(data: bytes) -> bytes:
    """As ``Invoke-ScriptAnalyzer -Fix`` with the rules that set quotes, signs and aliases."""
    return _PIECE.sub(_single, _in_code(_fixed_code)(data))


def uncommented(data: bytes) -> bytes:
    """Without comments, but for what a script asks of PowerShell."""
    return _PIECE.sub(
        lambda found: _COMMENT.sub(b"", found[0], 1) if _begins(found[0]) else found[0], data
    )


def _begins(text: bytes) -> bool:
    return text.startswith((b"#", b"<#"))


def renamed(data: bytes) -> bytes:
    """Every variable that the script sets or declares, in texts and as parameters too."""
    found = {one or two for one, two in _SET.findall(data)}
    names = {name.lower() for name in found} - _KEPT
    new = {name: b"v%d" % number for number, name in enumerate(sorted(names))}
    return re.sub(
        rb"([$@]\{?)([A-Za-z]\w*)(?![\w:])",
        lambda each: each[1] + new.get(each[2].lower(), each[2]),
        data,
    )


def by_chance(data: bytes) -> bytes:
    """Each letter of code in either case, as tools do that hide a script; the leak need not run."""
    rng = random.Random(len(data))
    return _in_code(
        lambda code: bytes(
            sign ^ 32 if chr(sign).isalpha() and sign < 128 and rng.random() < 0.5 else sign
            for sign in code
        )
    )(data)
