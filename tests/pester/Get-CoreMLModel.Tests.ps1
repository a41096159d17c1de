BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $folder = Join-Path $TestDrive 'models'
    $package = Copy-Fixture 'convnet_iOS15/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    $network = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $folder 'sub/net[1].mlmodel')
}

Describe 'Get-CoreMLModel' {
    Context 'finding models' {
        It 'walks folders' {
            (Get-CoreMLModel $folder).Path | Should -Be $package
            (Get-CoreMLModel $folder -Recurse).Path | Should -Be @($package, $network)
        }

        It 'takes what Get-ChildItem gives' {
            (Get-ChildItem $folder -Recurse | Get-CoreMLModel).Path | Sort-Object | Should -Be @($package, $network)
            (Get-Item -LiteralPath $network | Get-CoreMLModel).Path | Should -Be $network
            (Get-Item $folder | Get-CoreMLModel).Path | Should -Be $package
        }

        It 'takes a path with brackets literally when told to' {
            (Get-CoreMLModel -LiteralPath $network).Path | Should -Be $network
            Get-CoreMLModel $network -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        }

        It 'takes paths of PowerShell drives and relative ones' {
            (Get-CoreMLModel TestDrive:/models/conv.mlpackage).Name | Should -Be 'conv.mlpackage'
            Push-Location $folder
            try {
                (Get-CoreMLModel ./conv.mlpackage).Path | Should -Be $package
                (Get-CoreMLModel *.mlpackage).Path | Should -Be $package
            }
            finally {
                Pop-Location
            }
        }

        It 'takes a path inside a package for the package' {
            (Get-CoreMLModel (Join-Path $package 'Manifest.json')).Path | Should -Be $package
        }
    }

    Context 'describing a model' {
        It 'tells what an ML Program is' {
            $model = Get-CoreMLModel $package
            $model.Format | Should -Be 'MLProgram'
            $model.Precision | Should -Be 'Float32'
            $model.RequiredOS | Should -Be 'iOS 15, macOS 12'
            $model.Inputs.Count | Should -BeGreaterThan 0
            $model.Size | Should -Be (Get-ChildItem $package -Recurse -File | Measure-Object Length -Sum).Sum
        }

        It 'tells what a NeuralNetwork is' {
            $model = Get-CoreMLModel -LiteralPath $network
            $model.Format | Should -Be 'NeuralNetwork'
            $model.Size | Should -Be (Get-Item -LiteralPath $network).Length
        }

        It 'is shown as a table of 120 columns and as a list' {
            $table = Get-CoreMLModel $folder -Recurse | Format-Table | Out-String -Width 120
            $table | Should -Match 'Precision'
            $table | Should -Match '\d [KM]?B '
            $list = Get-CoreMLModel $package | Format-List | Out-String -Width 120
            $list | Should -Match 'SpecificationVersion\s*(\x1b\[\d+m)*: '
            $list | Should -Not -Match 'PSPath'
        }

        It 'survives serialization' {
            $copy = [System.Management.Automation.PSSerializer]::Deserialize(
                [System.Management.Automation.PSSerializer]::Serialize((Get-CoreMLModel -LiteralPath $network)))
            ($copy | Get-CoreMLModel).Path | Should -Be $network
        }
    }

    Context 'errors' {
        It 'names a missing model' {
            Get-CoreMLModel (Join-Path $folder 'nosuch.mlmodel') -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ModelNotFound,*'
            $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        }

        It 'goes on after a bad one' {
            $bad = Join-Path $TestDrive 'mixed/a.mlmodel'
            $good = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $TestDrive 'mixed/b.mlmodel')
            Set-Content -LiteralPath $bad -Value 'version https://git-lfs.github.com/spec/v1', 'oid sha256:0', 'size 1'
            $found = Get-CoreMLModel (Split-Path $bad) -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Path | Should -Be $good
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'GitLfsPointer,*'
            $problem[0].TargetObject | Should -Be (Get-Item $bad).FullName
        }

        It 'refuses other providers' {
            Get-CoreMLModel Env:/PATH -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotFileSystemPath,*'
        }
    }
}
