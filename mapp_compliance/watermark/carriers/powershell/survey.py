"""A PowerShell script as a tree of its natural forms; else a sentence why not.

Rules: a script that is signed or may read its own text is left alone, and so is one that is no
plain script: a configuration, a workflow. What the grammar does not know is left out statement by
statement, and its lines as a whole. A byte order mark stays where it is.

>>> laid = lay_out("a.ps1", b"if (!$a) { b 'c' }\\n", {"not", "quotes"})
>>> sorted(point.form for point in laid.layout.points), laid.warnings
(['not', 'quotes'], ())
"""

import re
from collections.abc import Collection

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.powershell.faults import understood, without_mark
from mapp_compliance.watermark.carriers.powershell.proof import PowerShellProof
from mapp_compliance.watermark.carriers.powershell.quoting import BOM, quoted
from mapp_compliance.watermark.carriers.powershell.rules import PowerShellRules
from mapp_compliance.watermark.natural.carrier import Surveyed, Unparsed, plain_layout
from mapp_compliance.watermark.natural.fit import minified, unfit
from mapp_compliance.watermark.natural.forms import Span, free_of, marks_of
from mapp_compliance.watermark.natural.sound import surveyed

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SIGNED = re.compile(rb"(?m)^#[ \t]*SIG[ \t]*#[ \t]*Begin signature block")
_NO_SCRIPT = re.compile(rb"(?im)^[ \t]*(?:configuration|workflow)[ \t]+[\w-]+\s*\{|\[DscResource\b")
_OWN_FILE = rb"(?:\$PSCommandPath|\$MyInvocation\.MyCommand\.(?:Path|Source|Definition|Name))\b"
_READERS = (
    rb"(?:Get-Content|gc|cat|type|more|Get-FileHash|Select-String|sls|Import-Csv|StreamReader"
    rb"|ReadAllText|ReadAllLines|ReadAllBytes|ReadLines|OpenRead|OpenText|ParseFile"
    rb"|Get-AuthenticodeSignature|CheckSum|ComputeHash)\b"
)
_OWN_TEXT = re.compile(
    rb"(?im)^[^#\n]*" + _READERS + rb"[^\n]*" + _OWN_FILE
    + rb"|" + _OWN_FILE + rb"[^\n]*\|[^\n]*" + _READERS
    + rb"|Invocation(?:Info)?\.(?:Line|Statement|PositionMessage)\b"
    + rb"|MyCommand\.(?:ScriptBlock|ScriptContents)\b"
    + rb"|^(?![^\n]*(?:Split-Path|GetDirectoryName|Get-Item|Resolve-Path|-File\b|DirectoryInfo))"
    + rb"[^\n]*MyCommand\.Definition\b"
    + rb"|\.Ast\b|\.Extent\b|\bParseInput\b|\bSet-PSDebug\b|\[PSParser\]|::Tokenize\("
    + rb"|\}\.ToString\(|\$\w*(?:script|block|code|action|func|sb)\w*\.ToString\(\)"
    + rb"|\$\{?function:[^\n]*(?:ToString|Set-Content|Out-File)"
    + rb"|Get-Command\b[^\n]*\)\.Definition\b|Get-(?:Content|Item)\s+-?\w*\s*[\"']?function:"
)  # fmt: skip
_KEPT_OWN = re.compile(rb"(?im)^[ \t]*\$(\w+)\s*=\s*" + _OWN_FILE + rb"[ \t]*\r?$")
_ALIAS = re.compile(
    rb"(?i)\b(?:set|new|remove|import)-alias\b|\balias:|\bmock\b"
    rb"|\bfunction\s+(?:\w+:)?(?:where|foreach)-object\b"
)
_TYPES = re.compile(rb"(?i)\b(?:class|enum|struct|interface)\s+(\w+)")
_OLD = re.compile(rb"(?im)^#requires\b[^\n]*-version\s+[\"']?[12]\b")


def lay_out(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span] = ()
) -> Surveyed:
    """The file with its natural forms; any bytes give a layout of themselves."""
    why = _unfit(data)
    if why is None and data.strip():
        try:
            return _surveyed(path, data, families, taken)
        except Unparsed:
            why = "a quote or bracket stays open, or the grammar does not know most of it"
    told = (f"{shown(path)} carries no natural marks: {why}",) if why else ()
    return Surveyed(plain_layout(path, data), told)


def _unfit(data: bytes) -> str | None:
    if data.startswith(_UTF_16):
        return "it is UTF-16; save it as UTF-8 with a byte order mark"
    bare = data.removeprefix(BOM)
    why = unfit(bare) or minified(bare)
    if why is not None:
        return why
    if b"\0" in data:
        return "it holds a zero byte"
    if _SIGNED.search(data):
        return "it is signed, and a copy would not be"
    if _NO_SCRIPT.search(data):
        return "it holds a configuration, a workflow or a resource, which are no plain script"
    if re.search(rb"(?i)TypeAccelerators", data):
        return "it may give types other names"
    names = _KEPT_OWN.findall(data)
    kept = any(
        re.search(rb"(?i)" + _READERS + rb"[^\n]*\$" + re.escape(name) + rb"\b", data)
        for name in names
    )
    return "it may read its own text" if kept or _OWN_TEXT.search(data) else None


def _surveyed(
    path: str, data: bytes, families: Collection[str], taken: Collection[Span]
) -> Surveyed:
    script, seen = understood(data), quoted(without_mark(data))
    if not script.is_known:
        raise Unparsed(None)
    rules = PowerShellRules(
        script.code,
        seen,
        has_aliases=_ALIAS.search(data) is not None,
        has_namespaces=re.search(rb"(?im)^\s*using\s+namespace\b", data) is not None,
        is_old=_OLD.search(data) is not None,
        own_types=frozenset(name.lower() for name in _TYPES.findall(data)),
    )
    forms = [
        form
        for node in script.code.root.walk()
        for form in rules.forms(node)
        if any(mark.family in families for mark in marks_of(form.pieces))
    ]
    free = free_of(forms, [*taken, *script.left_out])
    return surveyed(path, data, free, frozenset(families), PowerShellProof(data))
