BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $reference = Copy-Fixture 'convnet_iOS16/fp32.mlpackage' (Join-Path $TestDrive 'a.mlpackage')
    $difference = Copy-Fixture 'convnet_iOS16/pal4_kmeans.mlpackage' (Join-Path $TestDrive 'b.mlpackage')
}

Describe 'Compare-CoreMLModel' {
    It 'measures every weight' {
        $comparison = Compare-CoreMLModel $reference $difference
        $comparison.Weights.Count | Should -Be @(Get-CoreMLWeight $difference).Count
        $comparison.OnlyInReference | Should -BeNullOrEmpty
        $comparison.OnlyInDifference | Should -BeNullOrEmpty
        $comparison.MinSnr | Should -BeGreaterThan 10
        $comparison.Ratio | Should -BeGreaterThan 2
    }

    It 'takes models, files and what a conversion returns' {
        (Get-CoreMLModel $difference | Compare-CoreMLModel -ReferenceModel (Get-CoreMLModel $reference)).DifferencePath | Should -Be $difference
        (Get-Item -LiteralPath $difference | Compare-CoreMLModel $reference).DifferencePath | Should -Be $difference
        $result = ConvertTo-Fp16Model $reference -DestinationPath (Join-Path $TestDrive 'out')
        $comparison = $result | Compare-CoreMLModel
        $comparison.ReferencePath | Should -Be $reference
        $comparison.MinSnr | Should -Be $result.MinSnr
    }

    It 'fails below a bound' {
        $null = Compare-CoreMLModel $reference $difference -FailBelowSnr 21 -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.Count | Should -BeGreaterThan 0
        $failures | ForEach-Object { $_.FullyQualifiedErrorId | Should -BeLike 'WeightBelowSnr,*' }
        { Compare-CoreMLModel $reference $difference -FailBelowSnr 21 -ErrorAction Stop } | Should -Throw -ErrorId 'WeightBelowSnr,*'
    }

    It 'survives files, JSON and jobs with its figures' {
        $comparison = Compare-CoreMLModel $reference $difference
        $file = Join-Path $TestDrive 'comparison.xml'
        $comparison | Export-Clixml -LiteralPath $file
        $json = $comparison | ConvertTo-Json -Depth 5 -WarningVariable warnings | ConvertFrom-Json
        $warnings | Should -BeNullOrEmpty

        # A job's results come back as the serializer writes them. Jobs start the pwsh beside PowerShell's engine, and a PowerShell
        # that is hosted by another program has none.
        if (Get-Command (Join-Path $PSHOME 'pwsh'), (Join-Path $PSHOME 'powershell') -CommandType Application -ErrorAction Ignore) {
            $job = Start-Job -ArgumentList $Manifest, $reference, $difference { Import-Module $args[0]; Compare-CoreMLModel $args[1] $args[2] }
            $ofJob = $job | Wait-Job | Receive-Job
        }
        else {
            $serializer = [System.Management.Automation.PSSerializer]
            $ofJob = $serializer::Deserialize($serializer::Serialize($comparison))
        }

        foreach ($copy in (Import-Clixml -LiteralPath $file), $json, $ofJob) {
            $copy.MinSnr | Should -Be $comparison.MinSnr
            $copy.Weights.Count | Should -Be $comparison.Weights.Count
            $copy.Weights[2].WorstChannelSnr | Should -Be $comparison.Weights[2].WorstChannelSnr
            $copy.Weights[2].Shape | Should -Be $comparison.Weights[2].Shape
        }
    }

    It 'is shown as a list, its weights as a table' {
        Compare-CoreMLModel $reference $difference | Out-String -Width 120 | Should -Match 'MinSnr +: [\d.]+ dB'
        (Compare-CoreMLModel $reference $difference).Weights | Out-String -Width 120 | Should -Match 'WorstChannel'
    }
}
