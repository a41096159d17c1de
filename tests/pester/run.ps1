<#
.SYNOPSIS
    Runs the Pester files in this process. Exit code 1 when a test failed; with -Report always 0, the report tells.
#>
[CmdletBinding()]
param(
    # Folder of the Pester module; without it, the one on PSModulePath.
    [string] $Pester = 'Pester',

    # File for the results, as JSON.
    [string] $Report = '',

    # Only lists the tests.
    [switch] $Discover
)

$ErrorActionPreference = 'Stop'
if (Test-Path -LiteralPath $Pester) {
    $Pester = Join-Path $Pester 'Pester.psd1'
}

Import-Module $Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Run.SkipRun = [bool]$Discover
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration

if ($Report) {
    $seen = @{}
    $tests = @(foreach ($test in $result.Tests) {
        # Two tests of one name are told apart by a number.
        $name = (Split-Path $test.ScriptBlock.File -Leaf) + ': ' + ($test.Path -join ' > ')
        $seen[$name] = 1 + $seen[$name]
        if ($seen[$name] -gt 1) {
            $name += " ($($seen[$name]))"
        }

        @{ Name = $name; Result = [string]$test.Result; Error = [string]($test.ErrorRecord -join "`n") }
    })
    $problems = @(@($result.FailedContainers) + @($result.FailedBlocks) | Where-Object { $_ } | ForEach-Object { "$_`: $($_.ErrorRecord -join "`n")" })
    $leg = ''
    $cmdlet = Get-Command Get-CoreMLModel -ErrorAction Ignore
    if (-not $Discover -and $cmdlet) {
        # Below the leg, there may be a folder of images for the system.
        $leg = [regex]::Match($cmdlet.ImplementingType.Assembly.Location, '.*[\\/]module[\\/]bin[\\/]([^\\/]+)').Groups[1].Value
    }

    $json = ConvertTo-Json -Depth 4 -InputObject @{ Tests = $tests; Problems = $problems; Leg = $leg }
    [IO.File]::WriteAllText($Report, $json)
    exit 0
}

exit [int]($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount -gt 0)
