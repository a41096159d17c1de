using System;

namespace CoreMLQuant.Tests.Support;

/// <summary>A test with a session and a folder.</summary>
public abstract class ModuleTest : IDisposable
{
    // Get-ChildItem and Get-Item are not in Microsoft.PowerShell.Core; these are what they call.
    private protected const string ChildItems = "$ExecutionContext.InvokeProvider.ChildItem.Get($args[0], $true)";
    private protected const string Item = "$ExecutionContext.InvokeProvider.Item.Get([string[]]@($args[0]), $true, $true)";

    private protected ModuleSession Session { get; } = new();

    private protected Workspace Folder { get; } = new();

    private protected CommandRun Run(string script, params object[] arguments) => Session.Run(script, arguments);

    public void Dispose()
    {
        Session.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
