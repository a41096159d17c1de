using System;
using System.Collections.Generic;
using CoreMLQuant.Running;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Every ML Program of the vectors: within the tolerance of its original test, or in the list of those that are not, with the reason.</summary>
public sealed class ProgramVectorTests
{
    [Theory]
    [InlineData("single_ops", RunArithmetic.Program)]
    [InlineData("mil_ops", RunArithmetic.Program)]
    [InlineData("mil_ops", RunArithmetic.Float32)]
    [InlineData("torch_ops", RunArithmetic.Program)]
    [InlineData("torch_ops", RunArithmetic.Float32)]
    public void Translate_CasesOfArchive_AllButListedGiveExpectedNumbers(string archive, RunArithmetic arithmetic)
    {
        using var sessions = new SequenceSessions();
        HashSet<string> listed = RunFixtures.NotPassing(archive, arithmetic);
        var wrong = new List<string>();
        foreach (RunCase one in RunFixtures.Cases(archive, programs: true))
        {
            string? problem = VectorRun.Check(one, arithmetic, sessions);
            if (problem is not null != listed.Contains(one.Number))
            {
                wrong.Add($"{one.Number} {problem ?? "passes and is listed"} <{one.Test}>");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
