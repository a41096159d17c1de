using System;

namespace CoreMLQuant.Tests.Support;

/// <summary>A test with a session and a folder.</summary>
public abstract class ModuleTest : IDisposable
{
    private protected const string ChildItems = "Get-ChildItem $args[0] -Recurse";
    private protected const string Item = "Get-Item -LiteralPath $args[0] -Force";

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
