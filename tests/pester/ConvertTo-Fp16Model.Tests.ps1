BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')

    # Some of the fixtures need newer systems afterwards; the tests that are about warnings collect them all the same.
    $WarningPreference = 'SilentlyContinue'
}

Describe 'ConvertTo-Fp16Model' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $network = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $folder 'net.mlmodel')
        $package = Copy-Fixture 'convnet_iOS15/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    Context 'converting' {
        It 'writes beside the source and leaves it alone' {
            $before = Get-FileHash $network
            $result = ConvertTo-Fp16Model $network
            $result.Status | Should -Be 'Converted'
            $result.Path | Should -Be (Join-Path $folder 'net_fp16.mlmodel')
            $result.After | Should -Be (Get-Item $result.Path).Length
            $result.After | Should -BeLessThan ($result.Before * 0.6)
            (Get-CoreMLModel $result.Path).Precision | Should -Be 'Float16'
            (Get-FileHash $network).Hash | Should -Be $before.Hash
        }

        It 'tells what it cost' {
            $result = ConvertTo-Fp16Model $package
            $result.Converted | Should -BeGreaterThan 0
            $result.MinSnr | Should -BeGreaterThan 50
            $skipped = @($result.Weights | Where-Object { $_.Action -eq 'Skip' })
            $skipped.Count | Should -Be $result.Skipped
            $skipped | ForEach-Object { $_.Reason | Should -Not -BeNullOrEmpty }
        }

        It 'leaves a converted model as it is' {
            $first = ConvertTo-Fp16Model $package
            $second = $first | ConvertTo-Fp16Model
            $second.Status | Should -Be 'Unchanged'
            $second.Path | Should -Be $first.Path
            @(Get-ChildItem $folder).Count | Should -Be 3
        }

        It 'takes a whole tree' {
            $results = Get-ChildItem $folder -Recurse | ConvertTo-Fp16Model -DestinationPath (Join-Path $TestDrive 'tree')
            $results.Count | Should -Be 2
            $results.SourcePath | Sort-Object | Should -Be (@($network, $package) | Sort-Object)
        }

        It 'is a link of a pipeline' {
            $weights = Get-CoreMLModel $folder | ConvertTo-Fp16Model | Get-CoreMLWeight -MinimumElementCount 1000
            $weights.StorageType | Sort-Object -Unique | Should -Be 'Float16'
        }
    }

    Context 'destinations' {
        It 'makes folders' {
            (ConvertTo-Fp16Model $network -DestinationPath (Join-Path $folder 'a/b')).Path | Should -Be (Join-Path $folder 'a/b/net_fp16.mlmodel')
        }

        It 'takes a file for one input' {
            $file = Join-Path $folder 'half.mlmodel'
            (ConvertTo-Fp16Model $network -OutputPath $file).Path | Should -Be $file
            $null = ConvertTo-Fp16Model $network, $network.Replace('net', 'nosuch') -DestinationPath $file -Force -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ModelNotFound,*'
        }

        It 'does not overwrite without -Force' {
            $null = ConvertTo-Fp16Model $network
            { ConvertTo-Fp16Model $network -ErrorAction Stop } | Should -Throw -ErrorId 'DestinationExists,*'
            (ConvertTo-Fp16Model $network -Force).Status | Should -Be 'Converted'
        }

        It 'writes nothing with -WhatIf' {
            ConvertTo-Fp16Model $network, $package -DestinationPath (Join-Path $folder 'out') -WhatIf
            @(Get-ChildItem $folder).Count | Should -Be 2
        }
    }

    Context 'selection' {
        It 'keeps in FP32 what is named' {
            $name = @(Get-CoreMLWeight $network -MinimumElementCount 100)[0].Name
            $result = ConvertTo-Fp16Model $network -KeepFloat32 $name
            (Get-CoreMLWeight $result.Path -Name $name).StorageType | Should -Be 'Float32'
        }

        It 'warns of a pattern that matches nothing' {
            $null = ConvertTo-Fp16Model $network -Exclude 'nosuch*' -WarningVariable warning -WarningAction SilentlyContinue
            $warning -join "`n" | Should -Match 'nosuch\*'
        }

        It 'warns when newer systems are needed' {
            $null = ConvertTo-Fp16Model $package -WeightsOnly -WarningVariable warning -WarningAction SilentlyContinue
            $warning -join "`n" | Should -Match 'iOS 16'
        }

        It 'completes precisions and names' {
            Complete 'ConvertTo-Fp16Model x -InputOutputPrecision ' | Sort-Object | Should -Be @('Float16', 'Float32')
            Complete "ConvertTo-Fp16Model '$package' -KeepFloat32 " | Should -Contain @(Get-CoreMLWeight $package)[0].OpType
        }
    }

    Context 'errors' {
        It 'takes the models of a folder' {
            $models = Join-Path $TestDrive 'folder of models'
            $null = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $models 'a.mlmodel')
            $null = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $models 'sub/b.mlmodel')
            @(ConvertTo-Fp16Model $models -PlanOnly).Name | Should -Be 'a.mlmodel'
            @(ConvertTo-Fp16Model $models -Recurse -PlanOnly).Name | Should -Be @('a.mlmodel', 'b.mlmodel')
        }

        It 'goes on after a bad model' {
            Set-Content -LiteralPath (Join-Path $folder 'a.mlmodel') -Value 'nothing'
            $results = Get-CoreMLModel $network, $package | ConvertTo-Fp16Model
            $results.Count | Should -Be 2
            $results = Get-ChildItem $folder -Filter '*.mlmodel' | ConvertTo-Fp16Model -Force -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem.Count | Should -Be 1
            $results.SourcePath | Should -Contain $network
        }
    }
}
