BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $network = Copy-Fixture 'nn_cnn/fp32.mlmodel' (Join-Path $TestDrive 'net.mlmodel')
    $package = Copy-Fixture 'convnet_iOS15/fp32.mlpackage' (Join-Path $TestDrive 'conv.mlpackage')
}

Describe 'Get-CoreMLWeight' {
    It 'lists the weights of both formats' {
        foreach ($path in $network, $package) {
            $weights = @(Get-CoreMLWeight $path)
            $weights.Count | Should -BeGreaterThan 2
            $weights.ModelPath | Sort-Object -Unique | Should -Be $path
        }
    }

    It 'agrees with the model about their number and size' {
        $model = Get-CoreMLModel $network
        $weights = @(Get-CoreMLWeight $network)
        $weights.Count | Should -Be $model.Weights
        ($weights | Measure-Object Size -Sum).Sum | Should -Be $model.WeightSize
    }

    It 'selects by name, type and size' {
        $all = @(Get-CoreMLWeight $package)
        $first = $all[0]
        (Get-CoreMLWeight $package -Name $first.Name).Name | Should -Contain $first.Name
        (Get-CoreMLWeight $package -OpType ($first.OpType.Substring(0, 2) + '*')).Name | Should -Contain $first.Name
        $large = @($all | Where-Object { $_.ElementCount -gt 2048 })
        @(Get-CoreMLWeight $package -MinimumElementCount 2048).Name | Should -Be $large.Name
    }

    It 'pipes its model on' {
        (Get-CoreMLWeight $network | Get-CoreMLModel).Path | Should -Be $network
    }

    It 'completes names of the model' {
        $types = (Get-CoreMLWeight $package).OpType | Sort-Object -Unique
        Complete "Get-CoreMLWeight '$package' -OpType " | Should -Be $types
        Complete "Get-CoreMLWeight nosuch.mlmodel -OpType " | Should -BeNullOrEmpty
    }

    It 'is shown with shape and size' {
        $table = Get-CoreMLWeight $package | Format-Table | Out-String -Width 120
        $table | Should -Match '\[\d+, \d+'
        $table | Should -Match ' [KM]?B'
    }

    It 'says what values are like' {
        $weights = @(Get-CoreMLWeight $package -Statistics)
        $weights | ForEach-Object {
            $_.Min | Should -BeLessOrEqual $_.Mean
            $_.NonFinite | Should -Be 0
        }

        $weights | Format-Table | Out-String -Width 120 | Should -Match 'StdDev'
        @(Get-CoreMLWeight $package)[0].StdDev | Should -BeNullOrEmpty
    }

    It 'refuses a broken pattern at once' {
        { Get-CoreMLWeight nosuch.mlmodel -Name 're:(' } | Should -Throw -ErrorId 'InvalidPattern,*'
    }
}
