using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Package.Tests.Support;
using Xunit;

namespace CoreMLQuant.Package.Tests;

/// <summary>
/// Every test of tests/pester is a test here, once for each leg. Their names come from Pester's own discovery, which runs
/// none of them; the results from one run for each leg.
/// </summary>
[Collection(nameof(InstalledTool))]
public sealed class PesterTests(InstalledTool tool)
{
    private static readonly string[] Legs = ["net10.0", "netstandard2.0"];

    private static readonly PesterReport Discovered =
        PesterReport.Create("dotnet", [Repository.ShellAssembly], ["-Discover"], new Dictionary<string, string?> { ["COREMLQUANT_LEG"] = null });

    public static TheoryData<string> EveryLeg => new(Legs);

    public static TheoryData<string, string> EveryTest
    {
        get
        {
            var tests = new TheoryData<string, string>();
            foreach (string leg in Legs)
            {
                foreach (PesterTest test in Discovered.Tests)
                {
                    tests.Add(leg, test.Name);
                }
            }

            return tests;
        }
    }

    [Theory]
    [MemberData(nameof(EveryTest))]
    public void Pester(string leg, string name)
    {
        PesterTest test = tool.Pester.Of(leg, name);
        Assert.True(test.Result == "Passed", $"{test.Result}: {name}\n{test.Error}");
    }

    [Theory]
    [MemberData(nameof(EveryLeg))]
    public void Run_HasNoProblemsOutsideOfTests_AndUsesItsLeg(string leg)
    {
        Assert.Empty(Discovered.Problems);
        Assert.Empty(tool.Pester.Of(leg).Problems);
        Assert.Equal(leg, tool.Pester.Of(leg).Leg);
        Assert.NotEmpty(Discovered.Tests);
        Assert.Equal(Discovered.Tests.Select(test => test.Name), tool.Pester.Of(leg).Tests.Select(test => test.Name));
    }
}
