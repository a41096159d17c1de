BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'Invoke-CoreMLModel' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $model = Copy-Fixture 'convnet_iOS16/fp32.mlpackage' (Join-Path $folder 'net.mlpackage')
    }

    # The shell brings the companion module; the build for older hosts runs nothing.
    It 'runs a model, or says in one sentence what it needs' {
        if ($env:COREMLQUANT_LEG -eq 'netstandard2.0') {
            { Invoke-CoreMLModel $model -RandomInput } | Should -Throw -ErrorId 'RuntimeNotAvailable,*'
        }
        else {
            (Invoke-CoreMLModel $model -RandomInput).Sample | Should -Be 'random 1'
        }
    }

    It 'tells without running whether a model can be run' {
        (Get-CoreMLModel $model).IsRunnable | Should -BeTrue
    }
}

Describe 'ConvertTo-OnnxModel' {
    It 'needs no companion' {
        $model = Copy-Fixture 'convnet_iOS16/fp32.mlpackage' (Join-Path $TestDrive 'net.mlpackage')
        $result = ConvertTo-OnnxModel $model
        Test-Path -LiteralPath $result.Path | Should -BeTrue
        $result.Opset | Should -Be 21
    }
}
