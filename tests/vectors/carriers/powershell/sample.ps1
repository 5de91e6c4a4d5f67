#requires -Version 5.1
<#
.SYNOPSIS
Tells the longest name of each kind in a list of lines "kind name".
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string[]]$Path,

    [Parameter(ValueFromPipelineByPropertyName = $true)]
    [System.String]$Kind = 'any kind',

    [switch]$Quiet
)

Set-StrictMode -Version 'Latest'
$ErrorActionPreference = "Stop"

function Get-Longest {
    param([String]$File, [int]$Least = 1)
    $best = ''
    foreach ($line in Get-Content -LiteralPath $File) {
        $words = $line -split ' ', 2
        if ($words.Count -lt 2 -or -not $words[1]) {
            continue
        }
        if ($Kind -ine "any kind" -And $words[0] -ne $Kind) {
            Write-Verbose -Message "left out: $line"
            continue
        }
        If (!($best.Length -ge $words[1].Length)) {
            $best = $words[1]
        }
    }
    if ($best.Length -lt $Least) {
        Write-Warning "no name in ${File}"
        return $null
    }
    return [pscustomobject]@{ File = $File; Name = $best }
}

try {
    $items = Get-ChildItem -Path $Path -File -ErrorAction SilentlyContinue |
        Where-Object { $_.Extension -eq '.txt' -or $_.Name -like "*.list" }
    $found = $items | ForEach-Object { Get-Longest -File $_.FullName -Least 3 }
    $shown = $found | ? { $PSItem -and $True }
    foreach ($each in $shown) {
        if ($Quiet) {
            write-output $each.Name
        } else {
            Write-Host "longest of $($each.File): $($each.Name)" -foregroundcolor Green
        }
    }
    if (-not $shown -and $PSCmdlet.ShouldProcess("the list", 'tell that it is empty')) {
        Write-Host ("{0} of {1}" -f 'nothing', [IO.Path]::GetFileName($Path[0]))
    }
} Catch {
    Write-Error -Message "failed at ${Path}: $_"
    exit 1
}
