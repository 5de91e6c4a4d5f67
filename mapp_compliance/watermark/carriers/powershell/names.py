"""What PowerShell itself gives a name: keywords, operators, commands, parameters, types.

Names are read without regard to case. Commands and parameters are those of the modules that ship
with PowerShell 7 or Windows PowerShell 5.1 (source: the project's list of default commands), as
far as scripts use them often; what has another case in one of both versions is left out.

>>> COMMANDS[b"get-childitem"], PARAMETERS[b"-literalpath"], TYPES[b"string"].full
(b'Get-ChildItem', b'-LiteralPath', b'System.String')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SPLIT_CASE = {b"foreach": b"ForEach", b"elseif": b"ElseIf"}
_KEYWORDS = (
    b"if else elseif foreach for while do until switch function param begin process end "
    b"try catch finally return throw break continue exit"
)
_OPERATORS = b"-and -or -xor -is -isnot -as -join -band -bor"
COMPARISONS = frozenset(
    b"-eq -ne -ge -gt -le -lt -like -notlike -match -notmatch -replace -contains -notcontains "
    b"-split".split()
)
_COMMANDS = """
    Add-Content Add-Member Add-Type Clear-Content Clear-Host Clear-Item Clear-Variable
    Compare-Object Convert-Path ConvertFrom-Csv ConvertFrom-Json ConvertFrom-SecureString
    ConvertFrom-StringData ConvertTo-Csv ConvertTo-Json ConvertTo-SecureString Copy-Item
    Copy-ItemProperty Enter-PSSession Exit-PSSession Export-Csv Export-ModuleMember Format-List
    Format-Table Format-Wide Get-Acl Get-Alias Get-AuthenticodeSignature Get-ChildItem
    Get-CimInstance Get-Command Get-Content Get-Credential Get-Culture Get-Date Get-Event
    Get-EventLog Get-ExecutionPolicy Get-FileHash Get-Help Get-History Get-Host Get-Item
    Get-ItemProperty Get-ItemPropertyValue Get-Job Get-Location Get-Member Get-Module
    Get-PSDrive Get-PSProvider Get-PSSession Get-Process Get-Random Get-Service Get-UICulture
    Get-Unique Get-Variable Get-WinEvent Get-WmiObject Group-Object Import-Csv
    Import-LocalizedData Import-Module Invoke-CimMethod Invoke-Command Invoke-Expression
    Invoke-Item Invoke-RestMethod Invoke-WebRequest Join-Path Measure-Command Measure-Object
    Move-Item Move-ItemProperty New-Alias New-CimSession New-Event New-Item New-ItemProperty
    New-Module New-ModuleManifest New-Object New-PSDrive New-PSSession New-PSSessionOption
    New-Service New-TimeSpan New-Variable Out-Default Out-File Out-Host Out-Null Out-Printer
    Out-String Pop-Location Push-Location Read-Host Receive-Job Register-ObjectEvent Remove-Item
    Remove-ItemProperty Remove-Job Remove-Module Remove-PSDrive Remove-PSSession
    Remove-Variable Rename-Computer Rename-Item Resolve-Path Restart-Computer Restart-Service
    Select-Object Select-String Set-Acl Set-Alias Set-Content Set-Date Set-ExecutionPolicy
    Set-Item Set-ItemProperty Set-Location Set-Service Set-StrictMode Set-Variable Sort-Object
    Split-Path Start-Job Start-Process Start-Service Start-Sleep Start-Transcript
    Stop-Computer Stop-Job Stop-Process Stop-Service Stop-Transcript Tee-Object
    Test-Connection Test-Path Unregister-Event Update-TypeData Wait-Event Wait-Job
    Wait-Process Write-Debug Write-Error Write-Host Write-Output Write-Progress
    Write-Verbose Write-Warning
"""
_PARAMETERS = """
    Activity AllMatches Append ArgumentList AsPlainText AsSecureString AssemblyName Attributes
    AutoSize Average BackgroundColor Body CaseSensitive Category ChildPath Class ComputerName
    Compress Confirm ContentType Context Credential Debug Delimiter Depth Descending
    Description Destination DifferenceObject Directory ErrorAction ErrorId ErrorVariable
    Exclude ExcludeProperty ExpandProperty File FilePath Filter First Force ForegroundColor
    Format Function Global GroupBy Headers Hidden Id Include IncludeEqual InputObject ItemType
    Last Leaf LiteralPath List ListAvailable LogName Maximum MemberType Message Method
    Milliseconds Minimum MinimumVersion Name Namespace NewName NoNewline NoNewWindow
    NoTypeInformation NotMatch NotePropertyName NotePropertyValue Object Option OutFile
    OutVariable Parent PassThru Path PathType Pattern PercentComplete Prompt Property Query
    Quiet Raw Recurse RedirectStandardError RedirectStandardOutput ReferenceObject
    RequiredVersion Resolve Root Scope ScriptBlock Seconds Separator Session SimpleMatch
    Skip Status Sum SyncWindow Timeout TimeoutSec TypeDefinition TypeName Unique Uri
    UseBasicParsing Value Variable Verb Verbose Version Wait WarningAction WhatIf Width
    WindowStyle WorkingDirectory Wrap
"""
# Their arguments may hold a parameter that none of them knows, which they write as it stands.
FREE_FORM = frozenset({b"write-host", b"write-output", b"read-host", b"new-object"})
ALIASED = MappingProxyType(
    {b"?": b"where-object", b"where": b"where-object", b"%": b"foreach-object"}
    | {b"foreach": b"foreach-object"}
)
ALIASES = MappingProxyType(
    {b"where-object": (b"Where-Object", b"?"), b"foreach-object": (b"ForEach-Object", b"%")}
)
SWITCHES = frozenset(  # of attributes; named alone they are true
    b"Mandatory ValueFromPipeline ValueFromPipelineByPropertyName ValueFromRemainingArguments "
    b"SupportsShouldProcess SupportsPaging DontShow".split()
)
CONSTANTS = MappingProxyType({b"$true": b"$True", b"$false": b"$False", b"$null": b"$Null"})


@dataclass(frozen=True, slots=True)
class TypeName:
    """How a type is written: as an accelerator in both cases, and in full; empty: not so."""

    lower: bytes = b""
    proper: bytes = b""
    full: bytes = b""


def _type(proper: str, full: str = "") -> TypeName:
    return TypeName(proper.lower().encode(), proper.encode(), full.encode())


_TYPES = (
    *(_type("String", "System.String"), _type("Int", "System.Int32")),
    *(_type("Bool", "System.Boolean"), _type("Long", "System.Int64")),
    *(_type("Double", "System.Double"), _type("Byte", "System.Byte")),
    *(_type("Char", "System.Char"), _type("Decimal", "System.Decimal")),
    *(_type("DateTime", "System.DateTime"), _type("TimeSpan", "System.TimeSpan")),
    *(_type("Guid", "System.Guid"), _type("Hashtable", "System.Collections.Hashtable")),
    *(_type("Array", "System.Array"), _type("Version", "System.Version")),
    *(_type("Regex", "System.Text.RegularExpressions.Regex"), _type("Uri", "System.Uri")),
    *(_type("Xml", "System.Xml.XmlDocument"), _type("IPAddress", "System.Net.IPAddress")),
    _type("PSCredential", "System.Management.Automation.PSCredential"),
    *(_type("Object", "System.Object"), _type("Switch"), _type("PSObject")),
    *(_type("PSCustomObject"), _type("ScriptBlock"), _type("Ordered")),
)
ATTRIBUTES = MappingProxyType(
    {
        name.lower(): name
        for name in (
            b"Parameter CmdletBinding ValidateSet ValidateNotNullOrEmpty ValidateNotNull "
            b"ValidateScript ValidateRange ValidatePattern ValidateCount ValidateLength Alias "
            b"OutputType AllowNull AllowEmptyString AllowEmptyCollection".split()
        )
    }
)
IN_SYSTEM = frozenset(  # found in the namespace System where no other is named
    b"math convert environment console io.path io.file io.directory text.encoding net.dns "
    b"net.webclient net.servicepointmanager collections.arraylist text.stringbuilder "
    b"bitconverter intptr argumentexception invalidoperationexception".split()
)
KEYWORDS: Mapping[bytes, bytes] = MappingProxyType(
    {word: _SPLIT_CASE.get(word, word.capitalize()) for word in _KEYWORDS.split()}
)
OPERATORS: Mapping[bytes, bytes] = MappingProxyType(
    {word: b"-" + word[1:].capitalize() for word in _OPERATORS.split()}
)
COMMANDS: Mapping[bytes, bytes] = MappingProxyType(
    {word.lower().encode(): word.encode() for word in _COMMANDS.split()}
)
PARAMETERS: Mapping[bytes, bytes] = MappingProxyType(
    {b"-" + word.lower().encode(): b"-" + word.encode() for word in _PARAMETERS.split()}
)
TYPES: Mapping[bytes, TypeName] = MappingProxyType({each.lower: each for each in _TYPES})
_SHORT = {each.full.lower(): each.lower for each in _TYPES if each.full}


def type_key(text: bytes) -> bytes:
    """One name of a type, however it is written; other names as they are.

    >>> type_key(b"System.INT32"), type_key(b"[IO.Path"), type_key(b"System.IO.Path")
    (b'int', b'[IO.Path', b'io.path')
    """
    lower = text.lower()
    short = _SHORT.get(lower, lower)
    bare = short.removeprefix(b"system.")
    if short in TYPES:
        return short
    return bare if bare in IN_SYSTEM else text


def case_of(text: bytes, lower: bytes, proper: bytes) -> int | None:
    """1 for the proper case, 0 for small letters, None for any other."""
    return {lower: 0, proper: 1}.get(text)


def is_odd(word: bytes) -> bool:
    """True for a keyword in a case that nobody types.

    >>> is_odd(b"wHile"), is_odd(b"WHILE"), is_odd(b"forEach"), is_odd(b"wHatever")
    (True, False, False, False)
    """
    proper = KEYWORDS.get(word.lower())
    if proper is None:
        return False
    typed = {word.lower(), word.upper(), word.capitalize(), proper}
    return word not in typed | {proper[:1].lower() + proper[1:]}
