<#
.SYNOPSIS
    Converts one part of the models in a folder tree to FP16 in a mirrored tree. Returns the results; the exit code is 1 if a model failed.
.DESCRIPTION
    The samples for Slurm, Kubernetes, GitHub Actions and SSH run this script once for each part, on machines that see the same folders. A part that is started
    again goes on where it ended: outputs that are up to date are skipped.

    Replace ConvertTo-Fp16Model with the conversion that you need, such as Optimize-CoreMLModel -Preset NeuralEngine16.

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/convert-shard.ps1 ./models ./out -Index 2 -Count 16
.EXAMPLE
    ./docs/samples/convert-shard.ps1 ./models ./out -Index 2 -Count 16 -LogPath ./out.jsonl
#>
[CmdletBinding()]
param(
    # The folder that contains the models.
    [Parameter(Mandatory = $true, Position = 0)]
    [string] $Path,

    # The folder for the outputs, with the same subfolders as -Path.
    [Parameter(Mandatory = $true, Position = 1)]
    [string] $DestinationPath,

    # The part, from 0, as array jobs count.
    [Parameter(Mandatory = $true)]
    [ValidateRange(0, 1000000)]
    [int] $Index,

    # The number of parts.
    [Parameter(Mandatory = $true)]
    [ValidateRange(1, 1000000)]
    [int] $Count,

    # The number of workers. By default, one for each processor.
    [ValidateRange(0, 1024)]
    [int] $ThrottleLimit = 0,

    # A file to which a line is appended for each result and each error.
    [string] $LogPath
)

if (-not (Get-Command ConvertTo-Fp16Model -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'CoreMLQuant.psd1'))
}

$options = @{ SkipExisting = $true; CopyUnchanged = $true; WarningAction = 'Continue' }
if ($ThrottleLimit -gt 0) {
    $options.ThrottleLimit = $ThrottleLimit
}

if ($LogPath) {
    $options.LogPath = $LogPath
}

$paths = $ExecutionContext.SessionState.Path
$root = $paths.GetUnresolvedProviderPathFromPSPath($Path).TrimEnd('/', '\')
$destination = $paths.GetUnresolvedProviderPathFromPSPath($DestinationPath)

# One run for each subfolder: models of the same name in different subfolders do not meet.
$failed = 0
$models = Get-CoreMLModel -LiteralPath $root -Recurse -Shard "$($Index + 1)/$Count" -ErrorVariable unreadable
$failed += $unreadable.Count
foreach ($folder in $models | Group-Object { [IO.Path]::GetDirectoryName($_.Path) }) {
    $target = $destination
    if ($folder.Name.Length -gt $root.Length) {
        $target = [IO.Path]::Combine($destination, $folder.Name.Substring($root.Length).TrimStart('/', '\'))
    }

    $folder.Group | ConvertTo-Fp16Model -DestinationPath $target @options -ErrorVariable failures
    $failed += $failures.Count
}

exit [int]($failed -gt 0)
