<#
.SYNOPSIS
    Lists the models below a folder that FP16 would make smaller, the largest saving first. Writes nothing, reads no weights.
.DESCRIPTION
    Counts the plain FP32 weights, data shared by several operations once, and takes half of their bytes as the saving. What
    a conversion really saves may be a little less: ConvertTo-Fp16Model -WhatIf tells the exact sizes.

    Runs in PowerShell and, without one, in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/find-candidates.ps1 ./models
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/find-candidates.ps1 ./models -MinimumSaving 10MB | ConvertTo-Fp16Model -DestinationPath ./out
#>
[CmdletBinding()]
param(
    # Folder with the models.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # Models that would save fewer bytes are left out.
    [long] $MinimumSaving = 1
)

if (-not (Get-Command Get-CoreMLModel -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

$candidates = [object[]] @(Get-CoreMLModel -LiteralPath $Path -Recurse | ForEach-Object {
    $seen = @{}
    $bytes = 0L
    foreach ($weight in Get-CoreMLWeight -LiteralPath $_.Path) {
        $data = "$($weight.File)|$($weight.Offset)"
        if ($weight.ElementType -eq 'Float32' -and $weight.Encoding -eq 'Plain' -and -not $seen.ContainsKey($data)) {
            $seen[$data] = $true
            $bytes += $weight.ByteCount
        }
    }

    if ($bytes / 2 -ge $MinimumSaving) {
        [pscustomobject]@{ Model = $_.Name; Size = $_.Size; Saving = [long]($bytes / 2); RequiredOS = $_.RequiredOS; PSPath = $_.Path }
    }
})

# What Sort-Object does where there is one.
[Linq.Enumerable]::OrderByDescending($candidates, [Func[object, long]] { $args[0].Saving })
