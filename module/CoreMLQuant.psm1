# Windows PowerShell 5.1 syntax. bin contains two builds: one for .NET 10 and later with isolated dependencies, and one
# for all earlier versions, including PowerShell 7.4 and 7.5.
$leg = 'netstandard2.0'
if ([Environment]::Version.Major -ge 10 -and $env:COREMLQUANT_LEG -ne $leg) {
    $leg = 'net10.0'
}

$bin = [IO.Path]::Combine($PSScriptRoot, 'bin', $leg)
if (-not [IO.Directory]::Exists($bin)) {
    throw "CoreMLQuant is not built: '$bin' does not exist. Run 'dotnet build' in the repository first."
}

# The engine and the translator are also imported, so that their types are available in the session.
if ($leg -eq 'net10.0') {
    $null = [Reflection.Assembly]::LoadFrom([IO.Path]::Combine($bin, 'CoreMLQuant.Loader.dll'))
    $assemblies = 'CoreMLQuant', 'CoreMLQuant.Engine', 'CoreMLQuant.Onnx' | ForEach-Object { [CoreMLQuant.Loader.ModuleLoadContext]::Load($_) }
}
else {
    $assemblies = 'CoreMLQuant', 'CoreMLQuant.Engine', 'CoreMLQuant.Onnx' | ForEach-Object { [Reflection.Assembly]::LoadFrom([IO.Path]::Combine($bin, "$_.dll")) }
}

$inner = $assemblies | ForEach-Object { Import-Module -Assembly $_ -PassThru }

# Without this, the cmdlets are gone after the next Import-Module -Force.
$ExecutionContext.SessionState.Module.OnRemove = { $inner | Remove-Module -Force }.GetNewClosure()
