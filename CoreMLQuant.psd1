@{
    RootModule             = 'module/CoreMLQuant.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = 'c4b7d3a5-7f0e-4d0b-9a55-3a3f0f1e6c21'
    # Author is added by the build to what it packs: without it, the clone itself cannot be published.
    CompanyName            = 'The CoreMLQuant authors'
    Copyright              = '(c) 2026 The CoreMLQuant authors. MIT license.'
    Description            = 'Compresses Core ML models (.mlmodel and .mlpackage) on Windows, Linux and macOS, and reports the error of every weight.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    CompatiblePSEditions   = @('Desktop', 'Core')
    FormatsToProcess       = @('module/CoreMLQuant.Format.ps1xml')
    TypesToProcess         = @('module/CoreMLQuant.Types.ps1xml')
    FunctionsToExport      = @()
    CmdletsToExport        = @('Get-CoreMLModel', 'Get-CoreMLWeight', 'ConvertTo-Fp16Model',
        'ConvertTo-QuantizedModel', 'ConvertTo-PalettizedModel', 'ConvertTo-PrunedModel', 'Optimize-CoreMLModel', 'Expand-CoreMLModel', 'Compare-CoreMLModel',
        'Export-CoreMLReport', 'Test-CoreMLModel', 'Invoke-CoreMLModel', 'ConvertTo-OnnxModel',
        'ConvertTo-CoreMLPackage', 'Get-CoreMLProgram', 'Edit-CoreMLModel', 'Join-CoreMLModel',
        'Split-CoreMLModel', 'Measure-CoreMLSensitivity')
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags       = @('CoreML', 'MachineLearning', 'Quantization', 'FP16', 'Compression', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/licenses/MIT'
        }
    }
}
