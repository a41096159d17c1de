using System;
using Xunit;

namespace CoreMLQuant.Tests.Support;

/// <summary>A test of something that Windows does not have.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no bash." : null;
}
