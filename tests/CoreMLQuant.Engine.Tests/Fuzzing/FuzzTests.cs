using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>Fixtures with random damage, the same for every run: no crash, no hang, nothing left, and what is sound stays sound.</summary>
/// <param name="output">Takes the figures for docs/RELIABILITY.md.</param>
public class FuzzTests(ITestOutputHelper output)
{
    private const int All = 200_000;
    private const int Few = 150;
    private const int ReportEvery = 20;
    private const int MostShown = 20;

    // A thousand times as long as any sound model, for machines that are slow and busy.
    private static readonly TimeSpan LongestTime = TimeSpan.FromMinutes(5);

    [Fact]
    public void EveryQuestion_OfAModelWithRandomDamage_IsAnsweredOrRefusedByCause()
    {
        var unexpected = new List<string>();
        int count = 0, sound = 0, outputs = 0;
        foreach (int number in LongRun.Cases(All, Few))
        {
            using var scratch = new ScratchFolder();
            string path = DamagedModel.Write(number, scratch.Path);
            Stopwatch time = Stopwatch.StartNew();
            EveryQuestion questions = EveryQuestion.Ask(path, scratch.Path, withReport: number % ReportEvery == 0);
            count++;
            sound += questions.IsSound ? 1 : 0;
            outputs += questions.IsSound ? questions.OutputCount : 0;
            unexpected.AddRange(questions.Unexpected.Select(problem => $"case {number}: {problem}"));
            if (time.Elapsed > LongestTime)
            {
                unexpected.Add($"case {number}: took {time.Elapsed}");
            }

            if (Directory.GetFileSystemEntries(scratch.Path) is { Length: not 1 } left)
            {
                unexpected.Add($"case {number}: left {string.Join(", ", left)}");
            }

            if (unexpected.Count >= MostShown)
            {
                break;
            }
        }

        output.WriteLine($"{count} models, {sound} of them sound with {outputs} outputs; {unexpected.Count} unexpected");
        Assert.True(unexpected.Count == 0, string.Join("\n\n", unexpected));
    }
}
