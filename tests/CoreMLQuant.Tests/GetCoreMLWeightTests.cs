using System;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class GetCoreMLWeightTests : ModuleTest
{
    private readonly string _network;

    public GetCoreMLWeightTests() => _network = Folder.Add(Workspace.Network, "net.mlmodel");

    [Fact]
    public void EveryWeight_KnowsItsModel()
    {
        CommandRun run = Run("Get-CoreMLWeight $args[0]", _network);
        Assert.True(run.Clean().Count > 2);
        Assert.All(run.Values("ModelPath"), path => Assert.Equal(_network, path));
        Assert.All(run.Values("PSPath"), path => Assert.Equal(_network, path));
    }

    [Fact]
    public void Name_TakesWildcardsAndExpressions()
    {
        string[] names = Run("Get-CoreMLWeight $args[0]", _network).Values("Name");
        string some = names[0];
        string start = some.Substring(0, 3);
        string[] expected = names.Where(name => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.Equal(expected, Run("Get-CoreMLWeight $args[0] -Name $args[1]", _network, start + "*").Values("Name"));
        Assert.Equal(expected, Run("Get-CoreMLWeight $args[0] -Name $args[1]", _network, "re:^" + start).Values("Name"));
        Assert.Contains(some, Run("Get-CoreMLWeight $args[0] -Name $args[1]", _network, some.ToUpperInvariant()).Values("Name"));
        Assert.Empty(Run("Get-CoreMLWeight $args[0] -Name nosuchweight", _network).Clean());
    }

    [Fact]
    public void OpType_SelectsByConsumer()
    {
        CommandRun all = Run("Get-CoreMLWeight $args[0]", _network);
        string type = all.Values("OpType")[0];
        int expected = all.Values("OpType").Count(other => other == type);
        Assert.InRange(expected, 1, all.Output.Count - 1);
        CommandRun run = Run("Get-CoreMLWeight $args[0] -OpType $args[1]", _network, type);
        Assert.Equal(expected, run.Clean().Count);
        Assert.All(run.Values("OpType"), other => Assert.Equal(type, other));
    }

    [Fact]
    public void MinimumElementCount_LeavesOutThoseWithThatManyOrFewer()
    {
        long[] counts = Counts("Get-CoreMLWeight $args[0]");
        long median = counts.Order().ElementAt(counts.Length / 2);
        Assert.Equal(counts.Where(count => count > median), Counts($"Get-CoreMLWeight $args[0] -MinimumElementCount {median}"));
        Assert.Equal(counts, Counts("Get-CoreMLWeight $args[0] -MinimumElementCount 0"));
    }

    [Fact]
    public void BrokenPattern_EndsTheRunBeforeAnyFile()
    {
        CommandRun run = Run("Get-CoreMLWeight nosuchmodel.mlmodel -Name 're:('");
        Assert.Equal("InvalidPattern", CommandRun.Id(run.Terminating!));
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void Verbose_TellsHowMany()
    {
        int count = Run("Get-CoreMLWeight $args[0]", _network).Clean().Count;
        Assert.Contains($"'{_network}': {count} weights.", Run("Get-CoreMLWeight $args[0] -Verbose", _network).Verbose);
    }

    [Fact]
    public void Statistics_AreThoseOfTheDecodedValues()
    {
        string network = Folder.Add("nn_cnn/linear8.mlmodel", "quantized.mlmodel");
        CommandRun run = Run("Get-CoreMLWeight $args[0] -Statistics -MinimumElementCount 100", network);
        foreach (PSObject weight in run.Clean())
        {
            // The module's types are those of its own load context.
            dynamic statistics = weight.BaseObject;
            Assert.InRange((int)statistics.Distinct, 2, 256 * 256);
            Assert.True(statistics.Min < statistics.Mean && statistics.Mean < statistics.Max && statistics.StdDev > 0);
        }

        Assert.All(Run("Get-CoreMLWeight $args[0]", network).Clean(), weight => Assert.Null(weight.Properties["Mean"]));
    }

    [Fact]
    public void Statistics_SurviveAJob()
    {
        CommandRun run = Run("$w = @(Get-CoreMLWeight $args[0] -Statistics)[0]; [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($w)).Mean, $w.Mean", _network);
        Assert.Equal(2, run.Clean().Count);
        Assert.Equal(run.Output[0].BaseObject, run.Output[1].BaseObject);
    }

    [Theory]
    [InlineData("nn_cnn/linear4.mlmodel", "quantized.mlmodel", "Linear 4-bit", "PerChannel")]
    [InlineData("convnet_iOS18/pal4_vec2.mlpackage", "vectors.mlpackage", "Palettized 4-bit", "PerTensor")]
    [InlineData("convnet_iOS18/joint_prune50_q8.mlpackage", "joint.mlpackage", "Sparse 50 % + Linear 8-bit", "PerChannel")]
    public void CompressedWeight_TellsHow(string fixture, string name, string encoding, string granularity)
    {
        string model = Folder.Add(fixture, name);
        CommandRun run = Run("Get-CoreMLWeight $args[0] -MinimumElementCount 2048 | Where-Object Encoding -notlike Float*", model);
        Assert.All(run.Values("Encoding"), text => Assert.Equal(encoding, text));
        Assert.All(run.Clean(), weight => Assert.Equal(granularity, Run("$args[0].Granularity", weight).Clean().Single().ToString()));
        Assert.Contains(encoding, Session.Display("Get-CoreMLWeight $args[0]", model));
    }

    private long[] Counts(string script) =>
        Run(script, _network).Clean().Select(weight => (long)weight.Properties["ElementCount"].Value).ToArray();
}
