BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'ConvertTo-QuantizedModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $package = Copy-Fixture 'convnet_iOS18/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'writes integers beside the source' {
        $result = ConvertTo-QuantizedModel $package
        $result.Path | Should -Be (Join-Path $folder 'conv_int8.mlpackage')
        $result.Status | Should -Be 'Converted'
        $result.MinSnr | Should -BeGreaterThan 30
        (Get-CoreMLWeight $result.Path -MinimumElementCount 2048).Encoding | Sort-Object -Unique | Should -Be 'Linear 8-bit'
    }

    It 'takes widths, modes and blocks' {
        (ConvertTo-QuantizedModel $package -BitWidth 4 -BlockSize 8 -Mode Affine -Unsigned).Recipe | Should -Be 'UInt4 affine per block of 8'
    }

    It 'refuses what contradicts itself before it opens a model' {
        { ConvertTo-QuantizedModel nosuch.mlpackage -BitWidth 9 } | Should -Throw -ErrorId 'InvalidRecipe,*'
        { ConvertTo-QuantizedModel nosuch.mlpackage -BlockSize 8 -Granularity PerTensor } | Should -Throw -ErrorId 'InvalidRecipe,*'
    }

    It 'asks before a model needs newer systems' {
        $old = Copy-Fixture 'convnet_iOS16/fp32.mlpackage' (Join-Path $folder 'old.mlpackage')
        ConvertTo-QuantizedModel $old -BitWidth 4 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'RecipeNotApplicable,*'
        $problem[0].ToString() | Should -Match '-AllowOpsetUpgrade'
        $result = ConvertTo-QuantizedModel $old -BitWidth 4 -AllowOpsetUpgrade -WarningVariable warning -WarningAction SilentlyContinue
        $result.RequiredOS | Should -Be 'iOS 18, macOS 15'
        $warning -join "`n" | Should -Match 'iOS 18'
    }

    It 'prints the plan with -WhatIf, and hands it on' {
        ConvertTo-QuantizedModel $package -WhatIf -InformationVariable told 6>$null
        @(Get-ChildItem $folder).Count | Should -Be 1
        $told[0].ToString() | Should -Match 'Total: 6 of 18 weights'
        $told[0].MessageData.Plan.Weights.Count | Should -Be 18
        $promised = $told[0].MessageData.Plan.After
        (ConvertTo-QuantizedModel $package).After | Should -Be $promised
    }
}
