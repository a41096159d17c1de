BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $Cmdlets = 'Compare-CoreMLModel', 'ConvertTo-CoreMLPackage', 'ConvertTo-Fp16Model', 'ConvertTo-OnnxModel', 'ConvertTo-PalettizedModel', 'ConvertTo-PrunedModel', 'ConvertTo-QuantizedModel',
        'Edit-CoreMLModel', 'Expand-CoreMLModel', 'Export-CoreMLReport', 'Get-CoreMLModel', 'Get-CoreMLProgram', 'Get-CoreMLWeight', 'Invoke-CoreMLModel', 'Join-CoreMLModel', 'Measure-CoreMLSensitivity', 'Optimize-CoreMLModel',
        'Split-CoreMLModel', 'Test-CoreMLModel'
}

Describe 'The module' {
    It 'imports without an error and exports its cmdlets, three times over' {
        $script = "Import-Module '$Manifest'; 1..3 | ForEach-Object { Import-Module '$Manifest' -Force }; " +
            '$Error.Count; (Get-Command -Module CoreMLQuant).Name -join '',''; @(Get-Module CoreMLQuant*).Count'
        $shell = Get-ShellCommand
        $lines = & $shell.Program @($shell.Arguments) -NoProfile -NonInteractive -Command $script
        $lines | Should -Be @('0', ($Cmdlets -join ','), '1')
    }

    It 'has a manifest that is valid and lists what it exports' {
        $module = Test-ModuleManifest -Path $Manifest
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be (Get-Command -Module CoreMLQuant | Sort-Object Name).Name
        $data = Import-PowerShellDataFile -LiteralPath $Manifest
        $data.CmdletsToExport | Should -Not -Contain '*'
    }

    It 'takes its assemblies from one leg' {
        $leg = 'net10.0'
        if ($env:COREMLQUANT_LEG -eq 'netstandard2.0' -or [Environment]::Version.Major -lt 10) {
            $leg = 'netstandard2.0'
        }

        (Get-Command Get-CoreMLModel).ImplementingType.Assembly.Location | Should -Match ([regex]::Escape($leg))
    }

    It 'lets the engine''s types be named' {
        [CoreMLQuant.Models.CoreMLModel].Assembly.GetName().Name | Should -Be 'CoreMLQuant.Engine'
    }

    It 'gives its version to every assembly' {
        $version = [string](Import-PowerShellDataFile -LiteralPath $Manifest).ModuleVersion
        (Get-Command Get-CoreMLModel).ImplementingType.Assembly.GetName().Version.ToString(3) | Should -Be $version
    }

    It 'keeps its files ASCII' {
        Get-ChildItem (Join-Path (Split-Path $Manifest) 'module') -File | ForEach-Object {
            [IO.File]::ReadAllText($_.FullName) | Should -Not -Match '[^\x00-\x7F]' -Because $_.Name
        }
    }

    It 'ships the licences of what it contains' {
        $notices = Join-Path (Split-Path $Manifest) 'module/THIRD-PARTY-NOTICES.txt'
        Get-Content -LiteralPath $notices -Raw | Should -Match '(?s)Google\.Protobuf.*YamlDotNet.*OxyPlot'
    }

    It 'works in several runspaces at once' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $model = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $TestDrive 'parallel/net.mlmodel')
        $job = "param(`$Manifest, `$Model) Import-Module `$Manifest; (Get-CoreMLModel -LiteralPath `$Model).Name; `$Error.Count"
        $runs = 1..8 | ForEach-Object {
            $shell = [PowerShell]::Create().AddScript($job).AddArgument($Manifest).AddArgument($model)
            [pscustomobject]@{ Shell = $shell; Handle = $shell.BeginInvoke() }
        }

        foreach ($run in $runs) {
            $run.Shell.EndInvoke($run.Handle) | Should -Be @('net.mlmodel', 0)
            $run.Shell.Dispose()
        }
    }
}
