using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace CoreMLQuant.Tests.Support;

/// <summary>A host that remembers what it was told to show, on a screen of 120 columns.</summary>
internal sealed class RecordingHost : PSHost
{
    public RecordingUI Screen { get; } = new();

    public override string Name => "Tests";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => Screen;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
