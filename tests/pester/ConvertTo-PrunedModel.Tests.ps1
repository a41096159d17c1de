BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'ConvertTo-PrunedModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $package = Copy-Fixture 'convnet_iOS18/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'writes sparse weights beside the source' {
        $result = ConvertTo-PrunedModel $package -TargetSparsity 0.75
        $result.Path | Should -Be (Join-Path $folder 'conv_pruned.mlpackage')
        $result.After | Should -BeLessThan $result.Before
        (Get-CoreMLWeight $result.Path).Encoding | Should -Contain 'Sparse 75 %'
    }

    It 'takes a ratio with and without quotes' {
        (ConvertTo-PrunedModel $package -NonZeroRatio 1:4).Recipe | Should -Be 'pruned 1:4'
        (ConvertTo-PrunedModel $package -NonZeroRatio '1:4' -Force).Recipe | Should -Be 'pruned 1:4'
    }

    It 'refuses what contradicts itself before it opens a model' {
        { ConvertTo-PrunedModel nosuch.mlpackage } | Should -Throw -ErrorId 'InvalidRecipe,*'
        { ConvertTo-PrunedModel nosuch.mlpackage -TargetSparsity 0.5 -NonZeroRatio 2:4 } | Should -Throw -ErrorId 'InvalidRecipe,*'
    }
}
