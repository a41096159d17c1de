<#
.SYNOPSIS
    Builds, tests, packs, publishes or installs CoreMLQuant with dotnet.
.EXAMPLE
    ./build.ps1 Build
    Builds the module into module/bin, so that Import-Module ./CoreMLQuant.psd1 works.
.EXAMPLE
    ./build.ps1 Test
    Runs the tests with dotnet, and then the Pester files on the packed module in the current PowerShell.
.EXAMPLE
    ./build.ps1 Package
    Leaves output/CoreMLQuant.<version>.nupkg, and CoreMLQuant.Runtime likewise, as the PowerShell Gallery takes them.
.EXAMPLE
    ./build.ps1 Publish -Repository PSGallery -ApiKey $key
    Packs the modules and publishes them. With -WhatIf, packs them and says what would be published.
.EXAMPLE
    ./build.ps1 Install
    Packs the modules and copies them to the current user's module folder.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Publish', 'Install')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Package, Publish, Install: takes what is built. The runtime module then has the native libraries of this platform only.
    [switch] $NoBuild,

    # Package, Publish, Install: the folder for the packages. By default, output in the repository.
    [string] $OutputPath = '',

    # Publish: a registered repository of PSResourceGet.
    [string] $Repository = 'PSGallery',

    # Publish: the key that the repository asks for.
    [string] $ApiKey = ''
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2

# Only publishing asks; everything else is done.
$cmdlet = $PSCmdlet
$WhatIfPreference = $false
if (-not $OutputPath) {
    $OutputPath = Join-Path $PSScriptRoot 'output'
}

$OutputPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)

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
$project = Join-Path $PSScriptRoot 'src/CoreMLQuant/CoreMLQuant.csproj'

# What the changelog says about the newest version.
function Get-ReleaseNotes {
    $lines = [IO.File]::ReadAllLines((Join-Path $PSScriptRoot 'CHANGELOG.md'))
    $headings = @(0..($lines.Count - 1) | Where-Object { $lines[$_].StartsWith('## ') })
    $end = $lines.Count
    if ($headings.Count -gt 1) {
        $end = $headings[1]
    }

    ($lines[($headings[0] + 1)..($end - 1)] -join "`n").Trim()
}

function ConvertTo-Literal {
    param([string] $Text)

    "'" + $Text.Replace("'", "''") + "'"
}

# The manifest in the clone has no author, so that the clone, with its tests and sources, cannot be published by mistake.
function Complete-Manifest {
    param([string] $Stage, [string] $Name)

    $properties = (Invoke-DotNet msbuild $project -nologo '-getProperty:Authors' '-getProperty:ProjectUri' | Out-String | ConvertFrom-Json).Properties
    $root = (Get-Item -LiteralPath $Stage).FullName
    $files = Get-ChildItem -LiteralPath $Stage -Recurse -File | ForEach-Object { $_.FullName.Substring($root.Length + 1).Replace('\', '/') } | Sort-Object
    $list = ($files | ForEach-Object { '        ' + (ConvertTo-Literal $_) }) -join ",`n"
    $details = 'ReleaseNotes = ' + (ConvertTo-Literal (Get-ReleaseNotes))
    if ($properties.ProjectUri) {
        $details += "`n            ProjectUri = " + (ConvertTo-Literal $properties.ProjectUri)
    }

    $path = Join-Path $Stage "$Name.psd1"
    $manifest = [IO.File]::ReadAllText($path).Replace("`r", '')
    $additions = [ordered]@{
        '(?m)^    # Author.*$'    = "    Author = $(ConvertTo-Literal $properties.Authors)"
        '(?m)^    PrivateData '   = "    FileList = @(`n$list)`n    PrivateData "
        '(?m)^ +PSData = @\{$'    = "        PSData = @{`n            $details"
    }
    foreach ($place in $additions.Keys) {
        if (-not [regex]::IsMatch($manifest, $place)) {
            throw "'$path' has no line that matches '$place', where the build writes what only the package has."
        }

        $manifest = [regex]::Replace($manifest, $place, $additions[$place].Replace('$', '$$'))
    }

    # Windows PowerShell reads a file without a byte order mark in the machine's own code page.
    [IO.File]::WriteAllText($path, $manifest, (New-Object System.Text.UTF8Encoding $true))
    if (@((Import-PowerShellDataFile -LiteralPath $path).FileList).Count -ne @($files).Count) {
        throw "'$path' does not list its files."
    }
}

# PSResourceGet comes with PowerShell 7; elsewhere, the copy that the tests restore is taken.
function Import-ResourceModule {
    if (Get-Module Microsoft.PowerShell.PSResourceGet -ListAvailable) {
        Import-Module Microsoft.PowerShell.PSResourceGet
        return
    }

    $tests = Join-Path $PSScriptRoot 'tests/CoreMLQuant.Package.Tests'
    $copy = Join-Path $tests "bin/$Configuration/net10.0/PSResourceGet/Microsoft.PowerShell.PSResourceGet.psd1"
    if (-not (Test-Path -LiteralPath $copy)) {
        $null = Invoke-DotNet build $tests --configuration $Configuration --nologo
    }

    Import-Module $copy
}

# The staged copies are the modules exactly as they are shipped; returned are the folders and the packages made of them.
function Invoke-Package {
    if (-not $NoBuild) {
        $null = Invoke-DotNet build $project --configuration $Configuration --nologo "-p:CompanionRuntimes=all"
    }

    Import-ResourceModule
    $version = Get-ModuleVersion
    $stages = $modules | ForEach-Object { Join-Path (Join-Path $OutputPath $_) $version }
    foreach ($stage in $stages) {
        if (Test-Path -LiteralPath (Split-Path $stage)) {
            Remove-Item -LiteralPath (Split-Path $stage) -Recurse -Force
        }
    }

    $null = Invoke-DotNet build $project --configuration $Configuration --nologo --no-restore -t:StageModule "-p:TargetFramework=net10.0" "-p:ReadyToRunRuntimes=all" "-p:ModuleStage=$($stages[0])" "-p:CompanionStage=$($stages[1])"
    foreach ($i in 0, 1) {
        Complete-Manifest -Stage $stages[$i] -Name $modules[$i]
        $package = Join-Path $OutputPath "$($modules[$i]).$version.nupkg"
        if (Test-Path -LiteralPath $package) {
            Remove-Item -LiteralPath $package
        }

        # What the runtime module requires is packed here, not installed.
        Compress-PSResource -Path $stages[$i] -DestinationPath $OutputPath -SkipModuleManifestValidate:($i -eq 1)
        Write-Host "Packed $package."
        [pscustomobject]@{ Stage = $stages[$i]; Package = $package }
    }
}

function Invoke-Publish {
    if ($NoBuild -and $Repository -eq 'PSGallery') {
        throw 'What goes to the PowerShell Gallery is built anew, with the libraries of every platform. Omit -NoBuild.'
    }

    $key = @{}
    if ($ApiKey) {
        $key.ApiKey = $ApiKey
    }

    foreach ($packed in Invoke-Package) {
        # Publish-PSResource does not ask for packages. What the runtime module requires is published just before it.
        if ($cmdlet.ShouldProcess($packed.Package, "Publish to $Repository")) {
            Publish-PSResource -NupkgPath $packed.Package -Repository $Repository -SkipDependenciesCheck @key
            Write-Host "Published $($packed.Package) to $Repository."
        }
    }
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
    Invoke-PesterFiles -Stage @(Invoke-Package)[0].Stage
}

function Invoke-Install {
    $stages = @(Invoke-Package).Stage
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
    'Publish' { Invoke-Publish }
    'Install' { Invoke-Install }
}
