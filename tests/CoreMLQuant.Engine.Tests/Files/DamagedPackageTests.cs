using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Fuzzing;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>Packages that mutation found: whatever is asked of one, the answer is a result or an error that names its cause.</summary>
public class DamagedPackageTests
{
    public static TheoryData<string> Packages => new(Directory.GetDirectories(TestFiles.Fixture("damaged")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void EveryQuestion_OfADamagedPackage_IsAnsweredOrRefusedByCause(string name)
    {
        using var scratch = new ScratchFolder();
        EveryQuestion questions = EveryQuestion.Ask(TestFiles.Fixture("damaged", name, "m.mlpackage"), scratch.Path, withReport: true);
        Assert.True(questions.Unexpected.Count == 0, string.Join("\n\n", questions.Unexpected));
    }
}
