namespace CoreMLQuant.Package.Tests.Support;

/// <summary>A test of the Pester files.</summary>
/// <param name="Name">File and names of the blocks and the test.</param>
/// <param name="Result"><c>Passed</c>, <c>Failed</c>, <c>Skipped</c> or, before it was run, <c>NotRun</c>.</param>
/// <param name="Error">Why it failed.</param>
public sealed record PesterTest(string Name, string Result, string Error);
