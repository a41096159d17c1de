<#
.SYNOPSIS
    Lists the models in a folder tree that FP16 would make smaller, largest saving first. Does not write files or read weights.
.DESCRIPTION
    Estimates the saving as half of the bytes of the plain FP32 weights, counting shared data once. The actual saving may be
    slightly smaller: ConvertTo-Fp16Model -WhatIf shows the exact sizes.

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/find-candidates.ps1 ./models
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/find-candidates.ps1 ./models -MinimumSaving 10MB | ConvertTo-Fp16Model -DestinationPath ./out
#>
[CmdletBinding()]
param(
    # The folder that contains the models.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # Minimum saving in bytes. Models below it are not listed.
    [long] $MinimumSaving = 1
)

if (-not (Get-Command Get-CoreMLModel -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

Get-CoreMLModel -LiteralPath $Path -Recurse | ForEach-Object {
    $seen = @{}
    $bytes = 0L
    foreach ($weight in Get-CoreMLWeight -LiteralPath $_.Path) {
        $data = "$($weight.File)|$($weight.Offset)"
        if ($weight.Encoding -eq 'Float32' -and -not $seen.ContainsKey($data)) {
            $seen[$data] = $true
            $bytes += $weight.Size
        }
    }

    if ($bytes / 2 -ge $MinimumSaving) {
        [pscustomobject]@{ Model = $_.Name; Size = $_.Size; Saving = [long]($bytes / 2); RequiredOS = $_.RequiredOS; PSPath = $_.Path }
    }
} | Sort-Object -Property Saving -Descending
