<#
.SYNOPSIS
    Converts the models in a folder to FP16 on several computers by PowerShell remoting over SSH, one part on each. Returns the results.
.DESCRIPTION
    The computers must see the same folders, have PowerShell 7 with this module and an SSH server with the subsystem powershell:

    Subsystem powershell /usr/bin/pwsh -sshs -NoLogo

    Results have the property PSComputerName and can be piped on by their paths. Outputs that are up to date are skipped, so the script can be
    started again.

    Runs in PowerShell or in this repository's shell. From the repository's folder:

    dotnet run -c Release --project src/CoreMLQuant.Shell -- -File docs/samples/ssh-remoting.ps1 -HostName node1 -Path /data/models -DestinationPath /data/out
.EXAMPLE
    ./docs/samples/ssh-remoting.ps1 -HostName node1, node2 -Path /data/models -DestinationPath /data/out -Connection @{ UserName = 'me'; KeyFilePath = './key' }
#>
[CmdletBinding()]
param(
    # The computers. Each converts one part; a computer can be named several times.
    [Parameter(Mandatory = $true)]
    [string[]] $HostName,

    # The folder that contains the models, as the computers see it.
    [Parameter(Mandatory = $true)]
    [string] $Path,

    # The folder for the outputs, as the computers see it.
    [Parameter(Mandatory = $true)]
    [string] $DestinationPath,

    # Other parameters of New-PSSession, such as UserName, Port, KeyFilePath, Subsystem and Options.
    [hashtable] $Connection = @{},

    # The module on the computers: its name, or the path of its manifest.
    [string] $Module = 'CoreMLQuant'
)

$convert = {
    param($Module, $Path, $DestinationPath, $Shard)

    Import-Module $Module
    $root = (Get-Item -LiteralPath $Path).FullName.TrimEnd('/', '\')

    # One run for each subfolder: models of the same name in different subfolders do not meet.
    Get-CoreMLModel -LiteralPath $root -Recurse -Shard $Shard | Group-Object { [IO.Path]::GetDirectoryName($_.Path) } | ForEach-Object {
        $target = Join-Path $DestinationPath $_.Name.Substring($root.Length)
        $_.Group | ConvertTo-Fp16Model -DestinationPath $target -SkipExisting -CopyUnchanged
    }
}

$sessions = @()
try {
    $jobs = for ($index = 0; $index -lt $HostName.Count; $index++) {
        $session = New-PSSession -HostName $HostName[$index] @Connection -ErrorAction Stop
        $sessions += $session

        # Parts count from 1, array indices from 0.
        $shard = "$($index + 1)/$($HostName.Count)"
        Invoke-Command -Session $session -ScriptBlock $convert -ArgumentList $Module, $Path, $DestinationPath, $shard -AsJob
    }

    Receive-Job -Job $jobs -Wait
    $jobs | Remove-Job -Force
}
finally {
    $sessions | Remove-PSSession
}
