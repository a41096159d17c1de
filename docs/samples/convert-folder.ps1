<#
.SYNOPSIS
    Converts every model below a folder to FP16 into a mirrored folder tree. One row a model; exit code 1 when one failed.
.DESCRIPTION
    For build servers: nothing that exists is replaced unless -Force is given, one bad model does not stop the others, and
    the rows are plain values that Export-Csv or ConvertTo-Json take as they are. A model that is FP16 already has the status
    Unchanged and no output.

    Runs in PowerShell and, without one, in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/convert-folder.ps1 ./models ./out -MinimumSnr 60
.EXAMPLE
    Import-Module ./CoreMLQuant.psd1
    ./docs/samples/convert-folder.ps1 ./models ./out -WeightsOnly | Export-Csv ./out.csv -NoTypeInformation
#>
[CmdletBinding()]
param(
    # Folder with the models.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # Folder for the outputs; subfolders as in -Path.
    [Parameter(Mandatory = $true, Position = 1)]
    [string] $DestinationPath,

    # Stores FP16 and keeps computing in FP32.
    [switch] $WeightsOnly,

    # Operations and weights that stay FP32.
    [string[]] $KeepFloat32 = @(),

    # A converted weight with a lower signal-to-noise ratio, in dB, counts as a failure.
    [double] $MinimumSnr = 0,

    # Replaces outputs of an earlier run.
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
    elseif ($null -ne $result.MinimumSnr -and $result.MinimumSnr -lt $MinimumSnr) {
        $problem = 'SnrTooLow'
        $message = "'$($result.Path)' has a weight with a signal-to-noise ratio of $($result.MinimumSnr) dB, below the minimum of $MinimumSnr dB."
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
        Model = $model.Path; Status = $status; SizeBefore = $model.Size; SizeAfter = $result.SizeAfter
        MinimumSnr = $result.MinimumSnr; RequiredOS = $result.RequiredOSAfter; Problem = $problem
    }
}

exit [int]($failed -gt 0)
