using System;
using System.Collections.Generic;
using CoreMLQuant.Running;
using Xunit;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Every NeuralNetwork of the vectors: within the tolerance of its original test, or in the list of those that are not, with the reason.</summary>
public sealed class LayerVectorTests
{
    [Theory]
    [InlineData("nn_layers")]
    [InlineData("mil_ops")]
    [InlineData("torch_ops")]
    public void Translate_NetworksOfArchive_AllButListedGiveExpectedNumbers(string archive)
    {
        using var sessions = new SequenceSessions();
        HashSet<string> listed = RunFixtures.NotPassing(archive, RunArithmetic.Float32);
        var wrong = new List<string>();
        foreach (RunCase one in RunFixtures.Cases(archive, programs: false))
        {
            string? problem = VectorRun.Check(one, RunArithmetic.Float32, sessions);
            if (problem is not null != listed.Contains(one.Number))
            {
                wrong.Add($"{one.Number} {problem ?? "passes and is listed"} <{one.Test}>");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
