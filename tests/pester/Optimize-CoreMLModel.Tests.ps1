BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'Optimize-CoreMLModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $package = Copy-Fixture 'convnet_iOS18/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'takes the same recipe in every form' {
        $recipe = @{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'uint8' }; op_type_configs = @{ conv_transpose = $null } }
        Set-Content -LiteralPath (Join-Path $folder 'a.psd1') -Value "@{ config_type = 'OpLinearQuantizerConfig'; global_config = @{ dtype = 'uint8' }; op_type_configs = @{ conv_transpose = `$null } }"
        Set-Content -LiteralPath (Join-Path $folder 'a.json') -Value ($recipe | ConvertTo-Json)
        Set-Content -LiteralPath (Join-Path $folder 'a.yaml') -Value 'config_type: OpLinearQuantizerConfig', 'global_config:', '  dtype: uint8', 'op_type_configs:', '  conv_transpose:'
        $forms = @($recipe, ($recipe | ConvertTo-Json | ConvertFrom-Json), (Join-Path $folder 'a.psd1'), (Get-Item (Join-Path $folder 'a.json')), (Join-Path $folder 'a.yaml'))
        foreach ($form in $forms) {
            $result = Optimize-CoreMLModel $package -Recipe $form -Force
            $weights = @(Get-CoreMLWeight $result.Path -MinimumElementCount 2048)
            @($weights | Where-Object { $_.OpType -eq 'conv_transpose' }).StorageType | Should -Be 'Float32'
            @($weights | Where-Object { $_.OpType -ne 'conv_transpose' }).StorageType | Sort-Object -Unique | Should -Be 'UInt8'
        }
    }

    It 'tells every error of a recipe file with its line, and writes nothing' {
        $file = Join-Path $folder 'bad.yaml'
        Set-Content -LiteralPath $file -Value 'config_type: OpPalettizerConfig', 'global_config:', '  nbit: 4', 'mystery: 1'
        { Optimize-CoreMLModel $package -Recipe $file } | Should -Throw -ErrorId 'InvalidRecipeFile,*' -ExpectedMessage "*line 3*Did you mean 'nbits'?*line 4*"
        @(Get-ChildItem $folder -Filter '*.mlpackage').Count | Should -Be 1
    }

    It 'needs a recipe or a budget, and takes sizes as text' {
        { Optimize-CoreMLModel nosuch.mlpackage } | Should -Throw -ErrorId 'InvalidRecipe,*'
        { Optimize-CoreMLModel nosuch.mlpackage -TargetSize '60 MB' -MinimumSnr 35 } | Should -Throw -ErrorId 'InvalidRecipe,*'
        { Optimize-CoreMLModel nosuch.mlpackage -TargetSize 'much' } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }
}
