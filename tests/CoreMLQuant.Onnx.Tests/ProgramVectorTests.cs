using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Every ML Program of the vectors: within the tolerances of its original test, or in the list of those that are not, with the reason.</summary>
public sealed class ProgramVectorTests
{
    [Theory]
    [InlineData("single_ops", Arithmetic.Program)]
    [InlineData("mil_ops", Arithmetic.Program)]
    [InlineData("mil_ops", Arithmetic.Float32)]
    [InlineData("torch_ops", Arithmetic.Program)]
    [InlineData("torch_ops", Arithmetic.Float32)]
    public void Translate_CaseOfArchive_GivesExpectedNumbers(string archive, Arithmetic arithmetic)
    {
        using var sessions = new SequenceSessions();
        RunCase[] cases = RunFixtures.Cases(archive, programs: true).ToArray();
        var problems = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (RunCase one in cases)
        {
            if (VectorRun.Check(one, arithmetic, sessions) is { } problem)
            {
                problems.Add(one.Number, problem + "  <" + one.Test + ">");
            }
        }

        if (Environment.GetEnvironmentVariable("COREMLQUANT_VECTOR_REPORT") is { Length: > 0 } report)
        {
            File.WriteAllLines(Path.Combine(report, $"{archive}.{arithmetic}.txt"), problems.Select(problem => problem.Key + "\t" + problem.Value));
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {cases.Length} fail.");
    }
}
