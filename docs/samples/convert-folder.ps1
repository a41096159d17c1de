<#
.SYNOPSIS
    Converts every model in a folder tree to FP16 in a mirrored tree. Returns one row for each model; the exit code is 1 if one failed.
.DESCRIPTION
    For build servers: existing files are not replaced unless -Force is specified, a model that fails does not stop the others, and
    the rows are plain values for Export-Csv or ConvertTo-Json. A model that is already FP16 has the status Unchanged and no
    output.

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/convert-folder.ps1 ./models ./out -MinimumSnr 60
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/convert-folder.ps1 ./models ./out -WeightsOnly | Export-Csv ./out.csv -NoTypeInformation
#>
[CmdletBinding()]
param(
    # The folder that contains the models.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # The folder for the outputs, with the same subfolders as -Path.
    [Parameter(Mandatory = $true, Position = 1)]
    [string] $DestinationPath,

    # Stores weights in FP16 and still computes in FP32.
    [switch] $WeightsOnly,

    # Operations and weights that stay FP32.
    [string[]] $KeepFloat32 = @(),

    # Minimum signal-to-noise ratio of a converted weight, in dB. A lower one is a failure.
    [double] $MinimumSnr = 0,

    # Replaces existing outputs.
    [switch] $Force
)

if (-not (Get-Command ConvertTo-Fp16Model -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

$options = @{ WeightsOnly = $WeightsOnly; Force = $Force }
if ($KeepFloat32.Count -gt 0) {
    $options.KeepFloat32 = $KeepFloat32
}

$paths = $ExecutionContext.SessionState.Path
$root = $paths.GetUnresolvedProviderPathFromPSPath($Path).TrimEnd('/', '\')
$destination = $paths.GetUnresolvedProviderPathFromPSPath($DestinationPath)
$failed = 0

# All sources first: an output folder inside the source folder is not its own input.
$models = @(Get-CoreMLModel -LiteralPath $root -Recurse -ErrorVariable unreadable)
foreach ($problem in $unreadable) {
    $failed++
    [pscustomobject]@{
        Model = [string]$problem.TargetObject; Status = 'Failed'; SizeBefore = $null; SizeAfter = $null
        MinimumSnr = $null; RequiredOS = $null; Problem = $problem.FullyQualifiedErrorId.Split(',')[0]
    }
}

foreach ($model in $models) {
    $folder = [IO.Path]::GetDirectoryName($model.Path)
    if ($folder.Length -gt $root.Length) {
        $target = [IO.Path]::Combine($destination, $folder.Substring($root.Length).TrimStart('/', '\'))
    }
    else {
        $target = $destination
    }

    $problem = $null
    $result = ConvertTo-Fp16Model -LiteralPath $model.Path -DestinationPath $target @options -ErrorVariable failures
    if ($failures.Count -gt 0) {
        $problem = $failures[0].FullyQualifiedErrorId.Split(',')[0]
    }
    elseif ($null -ne $result.MinSnr -and $result.MinSnr -lt $MinimumSnr) {
        $problem = 'SnrTooLow'
        $message = "'$($result.Path)' has a weight with a signal-to-noise ratio of $($result.MinSnr) dB, below the minimum of $MinimumSnr dB."
        $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($message), $problem, 'InvalidResult', $result.Path))
    }

    $status = 'Failed'
    if (-not $problem) {
        $status = [string]$result.Status
    }
    else {
        $failed++
    }

    [pscustomobject]@{
        Model = $model.Path; Status = $status; SizeBefore = $model.Size; SizeAfter = $result.After
        MinimumSnr = $result.MinSnr; RequiredOS = $result.RequiredOS; Problem = $problem
    }
}

exit [int]($failed -gt 0)
