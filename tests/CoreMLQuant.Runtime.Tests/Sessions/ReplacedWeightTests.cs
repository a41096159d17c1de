using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Sessions;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sessions;

/// <summary>A sample that runs again with other weights: what comes before the weights is kept, and nothing that comes out tells.</summary>
public sealed class ReplacedWeightTests
{
    // As many samples as no one has: opening a part pays.
    private const int Many = 1_000_000;

    private static readonly string[] Fixtures =
    [
        "convnet_iOS15/fp32.mlpackage", "convnet_iOS18/fp32.mlpackage", "nn_cnn/fp32.mlmodel", "nn_cnn_classifier/fp32.mlmodel", "photo_classifier/fp32.mlmodel",
        "lstm_iOS18/fp32.mlpackage", "gpt_tiny_iOS18/fp32.mlpackage", "nn_rnns/fp32.mlmodel", "nn_control/fp32.mlmodel", "control_flow_iOS18/fp32.mlpackage",
        "stateful_iOS18/fp16src.mlpackage", "flex_range/fp32.mlpackage", "nn_pipeline/fp32.mlmodel",
    ];

    public static TheoryData<string> Models => new(Fixtures.Select(Repository.Fixture).Concat(Nets.Names.Select(Nets.Model)));

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_WeightsReplaced_GivesTheBitsOfAWholeRun(string path)
    {
        using IRunnableModel whole = Open(path), repeating = Open(path);
        (string Name, float[] Values)[] weights = Perturbed(path, whole.ReplaceableWeights);
        repeating.ExpectReplacements(Array.ConvertAll(weights, weight => (IReadOnlyCollection<string>)[weight.Name]), Many);
        foreach (RunSample sample in Repository.Runtime.DrawSamples(whole.Features, 3, 2))
        {
            Assert.Equal(Outputs(whole.Run(sample)), Outputs(repeating.Run(sample)));
            foreach ((string name, float[] values) in weights)
            {
                // A copy of the sample is another one: nothing is kept for it.
                Assert.Equal(Outputs(With(whole, sample with { Name = "copy" }, name, values)), Outputs(With(repeating, sample, name, values)));
            }
        }
    }

    [Theory]
    [InlineData("convnet_iOS18/fp32.mlpackage")]
    [InlineData("nn_cnn/fp32.mlmodel")]
    [InlineData("photo_classifier/fp32.mlmodel")]
    [InlineData("gpt_tiny_iOS18/fp32.mlpackage")]
    public void ExpectReplacements_ManySamples_OpensParts(string fixture) => Assert.InRange(PartsOf(fixture, Many), 1, PartChoice.Most);

    [Theory]
    [InlineData("stateful_iOS18/fp16src.mlpackage")]
    [InlineData("nn_pipeline/fp32.mlmodel")]
    public void ExpectReplacements_StatesOrStages_OpensNone(string fixture) => Assert.Equal(0, PartsOf(fixture, Many));

    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(1, 0.01, true)]
    [InlineData(100, 10, true)]
    public void Choose_OpeningTakesLongerThanItSaves_ChoosesNone(int samples, double opening, bool areAny)
    {
        using ModelFile file = ModelFile.Open(Repository.Fixture("convnet_iOS18/fp32.mlpackage"));
        OnnxTranslation translation = OnnxTranslator.Translate(file);
        IReadOnlyList<PartChoice> parts = PartChoice.Choose(translation, [.. translation.Weights.Values], samples, opening);
        Assert.Equal(areAny, parts.Count > 0);
        Assert.All(parts, part => Assert.InRange(part.Graph.Share, 0, 0.999));
    }

    [Fact]
    public void Run_OtherSampleOrSeveralWeights_IsAWholeRun()
    {
        string path = Repository.Fixture("nn_cnn/fp32.mlmodel");
        using IRunnableModel whole = Open(path), repeating = Open(path);
        (string Name, float[] Values)[] weights = Perturbed(path, whole.ReplaceableWeights);
        repeating.ExpectReplacements(Array.ConvertAll(weights, weight => (IReadOnlyCollection<string>)[weight.Name]), Many);
        RunSample[] samples = Repository.Runtime.DrawSamples(whole.Features, 3, 2).ToArray();
        repeating.Run(samples[0]);
        foreach (IRunnableModel model in new[] { whole, repeating })
        {
            Array.ForEach(weights, weight => model.ReplaceWeight(weight.Name, weight.Values));
        }

        Assert.Equal(Outputs(whole.Run(samples[1])), Outputs(repeating.Run(samples[1])));
        Assert.Equal(Outputs(whole.Run(samples[0])), Outputs(repeating.Run(samples[0])));
    }

    private static int PartsOf(string fixture, int samples)
    {
        string path = Repository.Fixture(fixture);
        using IRunnableModel model = Open(path);
        model.ExpectReplacements([.. model.ReplaceableWeights.Select(name => (IReadOnlyCollection<string>)[name])], samples);
        model.Run(Repository.Runtime.DrawSamples(model.Features, 3, 1).Single());
        return ((RunnableModel)model).PartCount;
    }

    private static IRunnableModel Open(string path) => Repository.Runtime.Open(path, new RunSettings { HasReplaceableWeights = true });

    private static ModelRun With(IRunnableModel model, RunSample sample, string name, float[] values)
    {
        model.ReplaceWeight(name, values);
        try
        {
            return model.Run(sample);
        }
        finally
        {
            model.ReplaceWeight(name, null);
        }
    }

    private static (string Name, float[] Values)[] Perturbed(string path, IReadOnlyCollection<string> replaceable)
    {
        using ModelFile file = ModelFile.Open(path);
        return WeightSites.Find(file).Where(weight => replaceable.Contains(weight.Site.Name)).GroupBy(weight => weight.Site.Name).Select(group =>
        {
            float[] values = new float[group.First().Site.ElementCount];
            group.First().Decode()!.Read(0, values);
            return (group.Key, Array.ConvertAll(values, value => value * 0.9f));
        }).ToArray();
    }

    private static (object Output, double Value)[] Outputs(ModelRun run) => run.Outputs.Cast<DictionaryEntry>().SelectMany(output => (output.Value switch
    {
        MultiArray array => array.Values.Cast<object>().Select(Convert.ToDouble),
        ClassProbabilities classes => classes.Values,
        _ => [],
    }).Select(value => (output.Key, value))).ToArray();
}
