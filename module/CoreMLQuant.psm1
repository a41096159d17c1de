# Windows PowerShell 5.1 syntax. bin contains two builds: one for .NET 10 and later with isolated dependencies, and one
# for all earlier versions, including PowerShell 7.4 and 7.5. Every session runs this: pipelines and script blocks would cost
# more than all that is done here.
$leg = 'netstandard2.0'
if ([Environment]::Version.Major -ge 10 -and $env:COREMLQUANT_LEG -ne $leg) {
    $leg = 'net10.0'
}

$bin = "$PSScriptRoot/bin/$leg"
if (-not [IO.Directory]::Exists($bin)) {
    throw "CoreMLQuant is not built: '$bin' does not exist. Run 'dotnet build' in the repository first."
}

# The engine is also imported, so that its types are available in the session.
if ($leg -eq 'net10.0') {
    $null = [Reflection.Assembly]::LoadFrom("$bin/CoreMLQuant.Loader.dll")
    $assemblies = [CoreMLQuant.Loader.ModuleLoadContext]::Load('CoreMLQuant'), [CoreMLQuant.Loader.ModuleLoadContext]::Load('CoreMLQuant.Engine')
}
else {
    $assemblies = [Reflection.Assembly]::LoadFrom("$bin/CoreMLQuant.dll"), [Reflection.Assembly]::LoadFrom("$bin/CoreMLQuant.Engine.dll")
}

$inner = Import-Module -Assembly $assemblies -PassThru

# Without this, the cmdlets are gone after the next Import-Module -Force.
$ExecutionContext.SessionState.Module.OnRemove = { $inner | Remove-Module -Force }
