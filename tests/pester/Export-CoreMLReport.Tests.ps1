BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $WarningPreference = 'SilentlyContinue'
}

Describe 'Export-CoreMLReport' {
    BeforeEach {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $network = Copy-Fixture 'nn_cnn/linear8.mlmodel' (Join-Path $folder 'net.mlmodel')
        $package = Copy-Fixture 'convnet_iOS18/fp32.mlpackage' (Join-Path $folder 'conv.mlpackage')
    }

    It 'writes a file beside the model' {
        $file = Export-CoreMLReport $network
        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Be (Join-Path $folder 'net_report.html')
        Get-Content -LiteralPath $file.FullName -Raw | Should -Match '<title>net\.mlmodel</title>'
    }

    It 'takes models from Get-ChildItem and from Get-CoreMLModel' {
        @(Get-ChildItem $folder | Export-CoreMLReport -DestinationPath (Join-Path $folder 'a')).Count | Should -Be 2
        @(Get-CoreMLModel $folder | Export-CoreMLReport -DestinationPath (Join-Path $folder 'b')).Name | Should -Be @('conv_report.html', 'net_report.html')
    }

    It 'compares the result of a conversion with its source' {
        $file = ConvertTo-PalettizedModel $package -BitWidth 4 | Export-CoreMLReport
        $html = Get-Content -LiteralPath $file.FullName -Raw
        $html | Should -Match 'conv_pal4\.mlpackage compared with conv\.mlpackage'
        $html | Should -Match 'Skipped weights'
    }

    It 'fetches nothing and holds no folder' {
        $html = Get-Content -LiteralPath (Export-CoreMLReport $package).FullName -Raw
        $html | Should -Not -Match 'https?://'
        $html | Should -Not -Match ([regex]::Escape($folder))
    }

    It 'replaces a report only with -Force' {
        $null = Export-CoreMLReport $network
        Export-CoreMLReport $network -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'DestinationExists,*'
        (Export-CoreMLReport $network -Force).Exists | Should -BeTrue
    }

    It 'writes nothing with -WhatIf' {
        Export-CoreMLReport $network -WhatIf | Should -BeNullOrEmpty
        @(Get-ChildItem $folder).Count | Should -Be 2
    }
}
