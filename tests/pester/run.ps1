# Runs the Pester files in this process. Exit code: 0 passed, 1 failed, 2 no Pester 5.
$pester = Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 5 } | Select-Object -First 1
if (-not $pester) {
    exit 2
}

Import-Module $pester
$result = Invoke-Pester -Path $PSScriptRoot -PassThru -Output Normal
exit [int]($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount -gt 0)
