BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'Help' {
    It 'explains every cmdlet and parameter, with examples' {
        foreach ($cmdlet in Get-Command -Module CoreMLQuant) {
            $help = Get-Help $cmdlet.Name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty -Because $cmdlet.Name
            @($help.description).Count | Should -BeGreaterThan 0 -Because $cmdlet.Name
            @($help.examples.example).Count | Should -BeGreaterOrEqual 4 -Because $cmdlet.Name
            @($help.parameters.parameter).Count | Should -BeGreaterThan 0 -Because $cmdlet.Name
            foreach ($parameter in $help.parameters.parameter) {
                $parameter.description.Text | Should -Not -BeNullOrEmpty -Because "$($cmdlet.Name) -$($parameter.name)"
            }
        }
    }

    It 'has topics of its own' {
        (Get-Help about_CoreMLQuant*).Name | Sort-Object | Should -Be @('about_CoreMLQuant', 'about_CoreMLQuant_Calibration', 'about_CoreMLQuant_Choosing', 'about_CoreMLQuant_Recipes', 'about_CoreMLQuant_Validation')
        Get-Help about_CoreMLQuant_Choosing | Out-String | Should -Match 'Neural Engine'
    }
}
