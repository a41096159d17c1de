# Dot-sourced by every test file. COREMLQUANT_MODULE names the manifest to test; without it, the clone's own is tested.
$RepositoryRoot = Split-Path (Split-Path $PSScriptRoot)
$Manifest = Join-Path $RepositoryRoot 'CoreMLQuant.psd1'
if ($env:COREMLQUANT_MODULE) {
    $Manifest = $env:COREMLQUANT_MODULE
}

$Fixtures = Join-Path $RepositoryRoot 'tests/fixtures'
if (-not (Get-Module CoreMLQuant)) {
    Import-Module $Manifest
}

# Copies a fixture to a place of the test's own and gives the copy's full path.
function Copy-Fixture {
    param([string] $Fixture, [string] $Destination)

    $null = New-Item -ItemType Directory -Path (Split-Path $Destination) -Force
    Copy-Item -LiteralPath (Join-Path $Fixtures $Fixture) -Destination $Destination -Recurse
    (Get-Item -LiteralPath $Destination).FullName
}

# The PowerShell that this is, to start another. A dotnet tool runs as 'dotnet <its assembly>'.
function Get-ShellCommand {
    $arguments = @()
    $program = (Get-Process -Id $PID).Path
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
        $arguments = @([Environment]::GetCommandLineArgs()[0])
    }

    @{ Program = $program; Arguments = $arguments }
}

function Complete {
    param([string] $Line)

    [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches |
        ForEach-Object { $_.CompletionText }
}
