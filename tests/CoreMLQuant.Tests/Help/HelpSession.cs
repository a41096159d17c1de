using System;
using CoreMLQuant.Tests.Support;

namespace CoreMLQuant.Tests.Help;

/// <summary>One session for many questions.</summary>
public sealed class HelpSession : IDisposable
{
    internal ModuleSession Session { get; } = new();

    public void Dispose() => Session.Dispose();
}
