<#
.SYNOPSIS
    Compresses a model in several ways with sample data, runs each output on other samples, and returns one row for each. The smallest
    output that is good enough is marked.
.DESCRIPTION
    The samples of -InputPath are run through the model once; what its weights are multiplied with decides how values are rounded. The samples of
    -TestPath, which should be others of the same kind, are run through the model and each output to measure what compression costs.

    Encodings that the model's opset does not have are left out, unless -AllowOpsetUpgrade is specified. The exit code is 1 if no output is
    good enough.

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/compress-with-data.ps1 ./SqueezeNet.mlmodel ./photos ./more-photos ./out
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/compress-with-data.ps1 ./SqueezeNet.mlmodel ./photos ./more-photos ./out -MinimumAgreement 0.9 | Format-Table
#>
[CmdletBinding()]
param(
    # The model.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # A folder or a file with the samples that compression may look at: images, sound, .npz, .csv, .json.
    [Parameter(Mandatory = $true, Position = 1)]
    [string] $InputPath,

    # A folder or a file with the samples that measure the outputs.
    [Parameter(Mandatory = $true, Position = 2)]
    [string] $TestPath,

    # The folder for the outputs.
    [Parameter(Mandatory = $true, Position = 3)]
    [string] $DestinationPath,

    # Minimum signal-to-noise ratio of every output of the model, in dB.
    [double] $MinimumOutputSnr = [double]::NegativeInfinity,

    # Minimum share of samples for which a classifier's best class stays the same, from 0 to 1.
    [double] $MinimumAgreement = 0,

    # What to do with images of another size than the model's: Stretch, Fit or Crop.
    [string] $Resize,

    # Allows encodings that require a newer opset, and with it newer systems.
    [switch] $AllowOpsetUpgrade
)

if (-not (Get-Command ConvertTo-PalettizedModel -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

$recipes = [ordered]@{
    'int8'           = { ConvertTo-QuantizedModel @args }
    'lut6'           = { ConvertTo-PalettizedModel @args -BitWidth 6 }
    'int4 in blocks' = { ConvertTo-QuantizedModel @args -BitWidth 4 -BlockSize 32 -Fallback LargestDivisor }
    'lut4'           = { ConvertTo-PalettizedModel @args -BitWidth 4 }
    'half pruned'    = { ConvertTo-PrunedModel @args -TargetSparsity 0.5 }
}

$images = @{}
if ($Resize) {
    $images.Resize = $Resize
}

# One pass over the samples serves all recipes.
$null = New-Item -ItemType Directory -Path $DestinationPath -Force
$common = $images + @{
    Path = $Path; InputPath = $InputPath; StatisticsPath = [IO.Path]::Combine($DestinationPath, 'statistics.npz')
    AllowOpsetUpgrade = $AllowOpsetUpgrade; Force = $true; WarningAction = 'Ignore'; ErrorAction = 'SilentlyContinue'
}
$rows = foreach ($name in $recipes.Keys) {
    foreach ($method in 'RoundToNearest', 'Calibrated') {
        $failures = @()
        $result = & $recipes[$name] @common -Method $method -DestinationPath ([IO.Path]::Combine($DestinationPath, "$name $method")) -ErrorVariable +failures
        if ($failures.Count -gt 0) {
            Write-Warning "$name, ${method}: $($failures[0])"
            break
        }

        if ($result.Status -ne 'Converted') {
            Write-Warning "$name, ${method}: $($result.Reason)"
            break
        }

        $comparison = Compare-CoreMLModel $Path $result.Path -InputPath $TestPath @images -WarningAction Ignore
        [pscustomobject]@{
            Recipe    = $name
            Method    = $method
            Size      = $result.After
            WeightSnr = $result.MinSnr
            OutputSnr = ($comparison.Outputs | Where-Object { $null -ne $_.Snr } | Measure-Object -Property Snr -Minimum).Minimum
            Agreement = ($comparison.Outputs | Where-Object { $null -ne $_.Top1Agreement } | Measure-Object -Property Top1Agreement -Minimum).Minimum
            IsBest    = $false
            Path      = $result.Path
        }
    }
}

$best = $rows | Where-Object { $_.OutputSnr -ge $MinimumOutputSnr -and ($null -eq $_.Agreement -or $_.Agreement -ge $MinimumAgreement) } |
    Sort-Object -Property Size, @{ Expression = 'OutputSnr'; Descending = $true } | Select-Object -First 1
if ($best -and (Test-CoreMLModel $best.Path)) {
    $best.IsBest = $true
}

$rows
exit [int](-not ($best -and $best.IsBest))
