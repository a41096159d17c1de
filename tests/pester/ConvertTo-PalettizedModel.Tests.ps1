BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'ConvertTo-PalettizedModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $package = Copy-Fixture 'convnet_iOS18/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'writes lookup tables beside the source' {
        $result = ConvertTo-PalettizedModel $package -BitWidth 6
        $result.Path | Should -Be (Join-Path $folder 'conv_pal6.mlpackage')
        $result.MinSnr | Should -BeGreaterThan 20
        (Get-CoreMLWeight $result.Path -MinimumElementCount 2048).Encoding | Sort-Object -Unique | Should -Be 'Palettized 6-bit'
    }

    It 'asks a script block for the table' {
        $seen = [System.Collections.Generic.List[int]]::new()
        $result = ConvertTo-PalettizedModel $package -BitWidth 2 -Include 'fc1*' -LookupTableFunction {
            param($values, $bitWidth)
            $seen.Add($values.Count)
            @{ LookupTable = -0.1, 0.1; Indices = [int[]]@($values | ForEach-Object { [int]($_ -ge 0) }) }
        }

        $result.Converted | Should -Be 1
        $seen | Should -Be 4096
    }

    It 'takes no answer that is no table' {
        ConvertTo-PalettizedModel $package -LookupTableFunction { 1 } -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'RecipeNotApplicable,*'
        $problem[0].ToString() | Should -Match 'for weight '''
        @(Get-ChildItem $folder).Count | Should -Be 1
    }

    It 'refuses what contradicts itself before it opens a model' {
        { ConvertTo-PalettizedModel nosuch.mlpackage -Mode Custom } | Should -Throw -ErrorId 'InvalidRecipe,*'
        { ConvertTo-PalettizedModel nosuch.mlpackage -BitWidth 0 } | Should -Throw -ErrorId 'InvalidRecipe,*'
    }
}
