using Xunit;

namespace CoreMLQuant.Package.Tests.Support;

/// <summary>Classes that share one installation.</summary>
[CollectionDefinition(nameof(InstalledTool))]
public sealed class ToolCollection : ICollectionFixture<InstalledTool>;
