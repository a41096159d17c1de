BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $WarningPreference = 'SilentlyContinue'
}

Describe 'Expand-CoreMLModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $network = Copy-Fixture 'nn_cnn/linear8.mlmodel' (Join-Path $folder 'net.mlmodel')
        $package = Copy-Fixture 'convnet_iOS18/joint_prune50_q8.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'writes beside the source and leaves it alone' {
        $before = Get-FileHash $network
        $result = Expand-CoreMLModel $network
        $result.Path | Should -Be (Join-Path $folder 'net_expanded.mlmodel')
        $result.MaxError | Should -Be 0
        (Get-CoreMLModel $result.Path).Compression | Should -Be 'None'
        (Get-FileHash $network).Hash | Should -Be $before.Hash
    }

    It 'keeps names, types and values' {
        $before = @(Get-CoreMLWeight $package -Statistics)
        $after = @(Expand-CoreMLModel $package | Get-CoreMLWeight -Statistics)
        $after.Name | Should -Be $before.Name
        $after.ElementType | Should -Be $before.ElementType
        $after.StdDev | Should -Be $before.StdDev
        $after.Encoding | Should -Be $after.ElementType
    }

    It 'takes back what storing in FP16 did' {
        $source = Copy-Fixture 'convnet_iOS15/fp32.mlpackage' (Join-Path $folder 'fp32.mlpackage')
        $result = ConvertTo-Fp16Model $source -WeightsOnly | Expand-CoreMLModel
        $result.Status | Should -Be 'Converted'
        @(Get-CoreMLWeight $result.Path).ElementType | Sort-Object -Unique | Should -Be 'Float32'
    }

    It 'leaves a plain model as it is' {
        $first = Expand-CoreMLModel $package
        ($first | Expand-CoreMLModel).Status | Should -Be 'Unchanged'
    }

    It 'shows with -WhatIf what it would do' {
        Expand-CoreMLModel $package -Precision Float32 -WhatIf | Should -BeNullOrEmpty
        @(Get-ChildItem $folder).Count | Should -Be 2
    }

    It 'completes its precisions' {
        Complete 'Expand-CoreMLModel x -Precision ' | Should -Be @('Float16', 'Float32', 'Source')
    }
}
