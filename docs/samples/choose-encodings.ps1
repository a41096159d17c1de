<#
.SYNOPSIS
    Gives each weight the smallest of several encodings that costs little at the outputs of the model, and writes a report that shows
    what each would have cost.
.DESCRIPTION
    Measures every weight with every bit width on the samples of -InputPath, chooses for each weight the smallest result with the required
    signal-to-noise ratio, and compresses the model so. Weights that no bit width is good enough for stay as they are. The errors of all
    weights add up, so the ratio of the finished model is lower than that of each weight: measure it with Compare-CoreMLModel on other
    samples, or let a budget choose (Optimize-CoreMLModel -MinimumOutputSnr).

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/choose-encodings.ps1 ./SqueezeNet.mlmodel ./photos ./out
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/choose-encodings.ps1 ./SqueezeNet.mlmodel ./photos ./out -BitWidth 2, 4, 6 -MinimumSnr 35 -Resize Crop
#>
[CmdletBinding()]
param(
    # The model.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # A folder or a file with samples of the kind that the model is for.
    [Parameter(Mandatory = $true, Position = 1)]
    [string] $InputPath,

    # The folder for the output and the report.
    [Parameter(Mandatory = $true, Position = 2)]
    [string] $DestinationPath,

    # Sizes of the lookup tables to choose from, in bits.
    [int[]] $BitWidth = @(4, 6, 8),

    # Minimum signal-to-noise ratio of the outputs with one weight compressed, in dB.
    [double] $MinimumSnr = 40,

    # Weights with this many elements or fewer stay as they are.
    [long] $MinimumElementCount = 2048,

    # What to do with images of another size than the model's: Stretch, Fit or Crop.
    [string] $Resize
)

if (-not (Get-Command Measure-CoreMLSensitivity -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

# One pass over the samples serves the measurement and the compression.
$null = New-Item -ItemType Directory -Path $DestinationPath -Force
$data = @{ InputPath = $InputPath; StatisticsPath = [IO.Path]::Combine($DestinationPath, 'statistics.npz'); WarningAction = 'Ignore'; ErrorAction = 'Stop' }
if ($Resize) {
    $data.Resize = $Resize
}

$recipes = foreach ($bits in $BitWidth) {
    @{ config_type = 'OpPalettizerConfig'; global_config = @{ nbits = $bits; weight_threshold = $MinimumElementCount } }
}

$rows = Measure-CoreMLSensitivity -Path $Path -Recipe $recipes @data
$result = $rows | Where-Object { $_.Snr -ge $MinimumSnr } | Group-Object -Property Name |
    ForEach-Object { $_.Group | Sort-Object -Property After | Select-Object -First 1 } |
    Optimize-CoreMLModel -DestinationPath $DestinationPath -Force @data
if ($result) {
    $null = $result | Export-CoreMLReport -Sensitivity $rows -Force
}

$result
