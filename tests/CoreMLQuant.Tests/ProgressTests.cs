using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class ProgressTests : ModuleTest
{
    private const string Convert = SlowConversion.Command + " -DestinationPath $args[1]";

    [Fact]
    public void NamedModels_AreCounted_WithABarForEachBelow()
    {
        Directory.CreateDirectory(Folder["in"]);
        foreach (string name in new[] { "a", "b", "c" })
        {
            SlowConversion.WriteNetwork(Folder[$"in/{name}.mlmodel"]);
        }

        ProgressRecord[] records = Records(Convert + " -Path $args[0]", Folder["in/*"], Folder["out"]);

        ProgressRecord[] outer = records.Where(record => record.ParentActivityId < 0).ToArray();
        Assert.Single(outer.Select(record => record.ActivityId).Distinct());
        Assert.Equal("ConvertTo-PalettizedModel", outer[0].Activity);
        Assert.Contains(outer, record => record.StatusDescription == "model 1 of 3");
        Assert.Contains(outer, record => record.StatusDescription == "model 3 of 3");
        Assert.Equal(ProgressRecordType.Completed, outer[^1].RecordType);
        Assert.Equal(outer.Select(record => record.PercentComplete).Where(percent => percent >= 0).Order(), outer.Select(record => record.PercentComplete).Where(percent => percent >= 0));

        ProgressRecord[] inner = records.Where(record => record.ParentActivityId >= 0).ToArray();
        Assert.All(inner, record => Assert.Equal((outer[0].ActivityId, SlowConversion.Activity), (record.ParentActivityId, record.Activity)));
        Assert.Equal(
            inner.Select(record => record.ActivityId).Distinct().Order(),
            inner.Where(record => record.RecordType == ProgressRecordType.Completed).Select(record => record.ActivityId).Order());
    }

    [Fact]
    public void PipedModels_AreNumbered_BecauseTheirCountIsNotKnown()
    {
        Directory.CreateDirectory(Folder["in"]);
        SlowConversion.WriteNetwork(Folder["in/a.mlmodel"]);
        SlowConversion.WriteNetwork(Folder["in/b.mlmodel"]);
        ProgressRecord[] outer = Records("Get-ChildItem $args[0] | " + Convert, Folder["in"], Folder["out"])
            .Where(record => record.ParentActivityId < 0).ToArray();
        Assert.Contains(outer, record => record.StatusDescription == "model 2");
        Assert.All(outer, record => Assert.Equal((-1, -1), (record.PercentComplete, record.SecondsRemaining)));
    }

    [Fact]
    public void OneModel_HasOneBar()
    {
        string source = SlowConversion.WriteNetwork(Folder["a.mlmodel"]);
        ProgressRecord[] records = Records(Convert + " -Path $args[0]", source, Folder["out"]);
        Assert.All(records, record => Assert.Equal(-1, record.ParentActivityId));
        Assert.All(records, record => Assert.InRange(record.PercentComplete, -1, 100));
        Assert.Single(records.Select(record => record.ActivityId).Distinct());
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
    }

    [Theory]
    [InlineData(0.5, 10, 100, -1)]
    [InlineData(10, 0, 100, -1)]
    [InlineData(10, 25, 100, 30)]
    [InlineData(10, 100, 100, 0)]
    [InlineData(10, 120, 100, -1)]
    public void RemainingTime_FollowsFromTheTimeSoFar(double elapsed, long done, long total, int expected)
    {
        // The module's types are not the test's: what is internal is reached as the module reaches it.
        Type type = Run("(Get-Command ConvertTo-Fp16Model).ImplementingType.Assembly.GetType('CoreMLQuant.Abstractions.RemainingTime')").Clean().Single().BaseObject as Type ?? throw new InvalidDataException();
        Assert.Equal(expected, type.GetMethod("Seconds")!.Invoke(null, [TimeSpan.FromSeconds(elapsed), done, total]));
    }

    private ProgressRecord[] Records(string script, params object[] arguments)
    {
        Run(script, arguments).Clean();
        return Session.Host.Screen.Progress.ToArray();
    }
}
