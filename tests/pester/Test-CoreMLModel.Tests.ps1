BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $network = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $TestDrive 'net.mlmodel')
    $package = Copy-Fixture 'convnet_iOS15/fp32.mlpackage' (Join-Path $TestDrive 'conv.mlpackage')
    $updatable = Copy-Fixture 'nn_updatable/linear8.mlmodel' (Join-Path $TestDrive 'updatable.mlmodel')
}

Describe 'Test-CoreMLModel' {
    It 'is true for sound models of both formats' {
        Test-CoreMLModel $network, $package | Should -Be @($true, $true)
        $reports = @(Test-CoreMLModel $network, $package -Detailed)
        $reports.IsValid | Should -Be @($true, $true)
        $reports.Findings | Should -BeNullOrEmpty
        $reports[0] | Out-String -Width 80 | Should -Match 'valid, no errors, no\s+warnings'
    }

    It 'is true for what this module writes' {
        Get-Item $network, $package | ConvertTo-Fp16Model -DestinationPath (Join-Path $TestDrive 'out') | Test-CoreMLModel | Should -Be @($true, $true)
    }

    It 'is false for what Core ML refuses, and says why' {
        Test-CoreMLModel $updatable | Should -BeFalse
        $findings = @((Test-CoreMLModel $updatable -Detailed).Findings)
        $findings.Count | Should -Be 4
        $findings.Rule | Sort-Object -Unique | Should -Be 'QuantizedUpdatableWeight'
        $findings.Severity | Sort-Object -Unique | Should -Be 'Error'
        $findings | ForEach-Object { $_.Remedy | Should -Match 'Expand-CoreMLModel' }
    }

    It 'is false for a file that is no model' {
        $text = Join-Path $TestDrive 'text.mlmodel'
        Set-Content -LiteralPath $text -Value 'a text about models'
        Test-CoreMLModel $text | Should -BeFalse
        (Test-CoreMLModel $text -Detailed).Findings.Rule | Should -Be 'NotAModel'
    }

    It 'pipes its model on' {
        (Test-CoreMLModel $updatable -Detailed | Get-CoreMLModel).Path | Should -Be $updatable
    }

    It 'is shown with rule and message' {
        $table = (Test-CoreMLModel $updatable -Detailed).Findings | Format-Table | Out-String -Width 120
        $table | Should -Match 'QuantizedUpdatableWeight'
        $table | Should -Match 'only floats'
        (Test-CoreMLModel $updatable -Detailed).Findings | Format-List | Out-String -Width 120 | Should -Match 'Remedy'
    }
}
