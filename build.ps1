<#
.SYNOPSIS
    Builds, tests, packs or installs CoreMLQuant with dotnet.
.EXAMPLE
    ./build.ps1 Build
    Builds the module into module/bin, so that Import-Module ./CoreMLQuant.psd1 works.
.EXAMPLE
    ./build.ps1 Test
    Runs the tests with dotnet, and then the Pester files on the packed module in the current PowerShell.
.EXAMPLE
    ./build.ps1 Package
    Leaves the module in output/CoreMLQuant/<version> and in output/CoreMLQuant-<version>.zip, and CoreMLQuant.Runtime likewise.
.EXAMPLE
    ./build.ps1 Install
    Packs the modules and copies them to the current user's module folder.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Install')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2

function Invoke-DotNet {
    & dotnet $args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args failed with exit code $LASTEXITCODE."
    }
}

function Get-ModuleVersion {
    (Import-PowerShellDataFile -LiteralPath (Join-Path $PSScriptRoot 'CoreMLQuant.psd1')).ModuleVersion
}

function Invoke-Build {
    Invoke-DotNet build (Join-Path $PSScriptRoot 'CoreMLQuant.slnx') --configuration $Configuration --nologo
}

# What is packed: the module, and the one with the native libraries that run models.
$modules = 'CoreMLQuant', 'CoreMLQuant.Runtime'

# The staged copies are the modules exactly as they are shipped.
function Invoke-Package {
    $module = Join-Path $PSScriptRoot 'src/CoreMLQuant/CoreMLQuant.csproj'
    Invoke-DotNet build $module --configuration $Configuration --nologo "-p:CompanionRuntimes=all"

    $version = Get-ModuleVersion
    $output = Join-Path $PSScriptRoot 'output'
    $stages = $modules | ForEach-Object { Join-Path (Join-Path $output $_) $version }
    foreach ($stage in $stages) {
        if (Test-Path -LiteralPath (Split-Path $stage)) {
            Remove-Item -LiteralPath (Split-Path $stage) -Recurse -Force
        }
    }

    Invoke-DotNet build $module --configuration $Configuration --nologo --no-restore -t:StageModule "-p:TargetFramework=net10.0" "-p:ModuleStage=$($stages[0])" "-p:CompanionStage=$($stages[1])"
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    foreach ($name in $modules) {
        $zip = Join-Path $output "$name-$version.zip"
        if (Test-Path -LiteralPath $zip) {
            Remove-Item -LiteralPath $zip
        }

        [IO.Compression.ZipFile]::CreateFromDirectory((Join-Path $output $name), $zip, [IO.Compression.CompressionLevel]::Optimal, $true)
        Write-Host "Packed $zip."
    }

    $stages
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

# A process of its own for each leg: an assembly that is loaded cannot be loaded anew.
function Invoke-PesterFiles {
    param([string] $Stage)

    $shell = Get-ShellCommand
    $tests = Join-Path $PSScriptRoot 'tests'
    $pester = Join-Path $tests "CoreMLQuant.Package.Tests/bin/$Configuration/net10.0/Pester"
    $legs = 'net10.0', 'netstandard2.0'
    if ([Environment]::Version.Major -lt 10) {
        $legs = @('netstandard2.0')
    }

    foreach ($leg in $legs) {
        $env:COREMLQUANT_LEG = $leg
        $env:COREMLQUANT_MODULE = Join-Path $Stage 'CoreMLQuant.psd1'
        try {
            & $shell.Program @($shell.Arguments) -NoProfile -NonInteractive -File (Join-Path $tests 'pester/run.ps1') -Pester $pester
        }
        finally {
            $env:COREMLQUANT_LEG = $null
            $env:COREMLQUANT_MODULE = $null
        }

        if ($LASTEXITCODE -ne 0) {
            throw "Pester failed on the $leg leg."
        }
    }
}

function Invoke-Test {
    Invoke-DotNet test (Join-Path $PSScriptRoot 'CoreMLQuant.slnx') --configuration $Configuration --nologo
    Invoke-PesterFiles -Stage (Invoke-Package | Select-Object -Last 2)[0]
}

function Invoke-Install {
    $stages = Invoke-Package | Select-Object -Last 2
    $root = ($env:PSModulePath -split [IO.Path]::PathSeparator)[0]
    foreach ($stage in $stages) {
        $target = Join-Path (Join-Path $root (Split-Path (Split-Path $stage) -Leaf)) (Get-ModuleVersion)
        if (Test-Path -LiteralPath $target) {
            Remove-Item -LiteralPath $target -Recurse -Force
        }

        $null = New-Item -ItemType Directory -Path (Split-Path $target) -Force
        Copy-Item -LiteralPath $stage -Destination $target -Recurse
        Write-Host "Installed to $target."
    }

    Write-Host 'Import-Module CoreMLQuant finds both there.'
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Package' { $null = Invoke-Package }
    'Install' { Invoke-Install }
}
