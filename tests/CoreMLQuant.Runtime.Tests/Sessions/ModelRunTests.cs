using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Comparison.Outputs;
using CoreMLQuant.Conversion;
using CoreMLQuant.Inspection;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Tests.Support;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Sessions;

public sealed class ModelRunTests
{
    public static TheoryData<string> Networks => new(Nets.Names);

    public static TheoryData<string> CompressedVariants => new(
        from folder in Directory.GetDirectories(Repository.Fixture(string.Empty)).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(folder, "vectors.json"))
        from path in ModelFolder.FindModels(folder, recurse: false, (_, e) => throw e)
        where IsCompressed(path)
        select Path.GetFileName(folder) + "/" + Path.GetFileName(path));

    [Theory]
    [MemberData(nameof(Networks))]
    public void Run_Network_GivesWhatTorchGave(string name)
    {
        using IRunnableModel model = Repository.Runtime.Open(Nets.Model(name), new RunSettings());
        IReadOnlyDictionary<string, MultiArray> expected = Repository.Runtime.ReadArrays(Path.Combine(Nets.Of(name), "outputs.npz"));
        RunSample[] samples = Repository.Runtime.ReadSamples(Path.Combine(Nets.Of(name), "inputs.npz"), model.Features).ToArray();
        var recorded = new RecordedOutputs("outputs.npz", expected, samples.Length);
        ComparedOutputs compared = OutputComparer.Compare(recorded.Next, model, samples);
        Assert.NotEmpty(compared.Outputs);
        Assert.All(compared.Outputs.Where(output => output.Snr is not null), output => Assert.InRange(output.Snr!.Value, 120, double.PositiveInfinity));
        Assert.All(compared.Outputs.Where(output => output.Top1Agreement is not null), output => Assert.Equal(1, output.Top1Agreement));
    }

    [Theory]
    [MemberData(nameof(CompressedVariants))]
    public void Run_CompressedModelAndItsExpansion_AreTheSameBits(string variant)
    {
        using var folder = new TestFolder();
        string expanded = folder["expanded" + Path.GetExtension(variant)];
        using (ModelFile model = ModelFile.Open(Repository.Fixture(variant)))
        {
            Assert.Equal(nameof(ConversionStatus.Converted), ModelCompressor.Run(model, ModelCompressor.Plan(model, new ExpansionRecipe()), expanded, new ConversionOptions()).Status);
        }

        Assert.Equal(Values(Repository.Fixture(variant)), Values(expanded));
    }

    [Fact]
    public void Run_CompressedModel_GivesOtherBitsThanItsSource() => Assert.NotEqual(
        Values(Repository.Fixture("convnet_iOS16/fp32.mlpackage")), Values(Repository.Fixture("convnet_iOS16/pal4_kmeans.mlpackage")));

    [Fact]
    public void Run_WithIntermediateValues_GivesThoseThatTheModelHas()
    {
        using IRunnableModel plain = Repository.Runtime.Open(Repository.Fixture("convnet_iOS16/fp32.mlpackage"), new RunSettings());
        string[] names = plain.IntermediateValueNames.Take(2).ToArray();
        Assert.Equal(2, names.Length);
        using IRunnableModel tapped = Repository.Runtime.Open(Repository.Fixture("convnet_iOS16/fp32.mlpackage"), new RunSettings { IntermediateValues = [.. names, "no such value"] });
        RunSample sample = Repository.Runtime.DrawSamples(plain.Features, 1, 1).First();
        ModelRun run = tapped.Run(sample);
        Assert.Equal(names, run.IntermediateValues.Keys.Cast<string>());
        Assert.Equal(Output(plain.Run(sample)), Output(run));
    }

    [Fact]
    public void Run_States_GoOnInASequenceOnly()
    {
        float[][] Outputs(bool isSequence)
        {
            using IRunnableModel model = Repository.Runtime.Open(Fixture("stateful_iOS18"), new RunSettings { IsSequence = isSequence });
            RunSample sample = Repository.Runtime.DrawSamples(model.Features, 1, 1).First();
            return [Output(model.Run(sample)), Output(model.Run(sample))];
        }

        float[][] fresh = Outputs(false), sequence = Outputs(true);
        Assert.Equal(fresh[0], fresh[1]);
        Assert.Equal(fresh[0], sequence[0]);
        Assert.NotEqual(sequence[0], sequence[1]);
    }

    [Fact]
    public void Run_Canceled_Stops()
    {
        using IRunnableModel model = Repository.Runtime.Open(Repository.Fixture("convnet_iOS16/fp32.mlpackage"), new RunSettings());
        RunSample sample = Repository.Runtime.DrawSamples(model.Features, 1, 1).First();
        Assert.ThrowsAny<OperationCanceledException>(() => model.Run(sample, new CancellationToken(canceled: true)));
        Assert.NotEmpty(model.Run(sample).Outputs);
    }

    [Fact]
    public void Run_OutOfTime_SaysHowToAllowMore()
    {
        using IRunnableModel model = Repository.Runtime.Open(Repository.Fixture("convnet_iOS16/fp32.mlpackage"), new RunSettings { Timeout = TimeSpan.FromTicks(1) });
        RunSample sample = Repository.Runtime.DrawSamples(model.Features, 1, 1).First();
        Assert.Contains("-TimeoutSeconds", Assert.Throws<ModelRunException>(() => model.Run(sample)).Message);
    }

    [Fact]
    public void Open_WithoutNatives_SaysHowToGetThem()
    {
        // The library is loaded once in a process; where there is none, is found out before.
        string message = Assert.Throws<RuntimeNotAvailableException>(() => Natives.NativeLibraries.FileIn(Path.Combine(Path.GetTempPath(), "no such folder"))).Message;
        Assert.Contains("Install-Module CoreMLQuant.Runtime", message);
    }

    private static string Fixture(string name) => Directory.EnumerateDirectories(Repository.Fixture(name), "*.mlpackage").Order(StringComparer.Ordinal).First();

    private static bool IsCompressed(string path)
    {
        using ModelFile model = ModelFile.Open(path);
        return model.GetWeights().Any(weight => weight.Encoding != WeightEncoding.Plain);
    }

    private static double[] Values(string path)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        ModelRun run = model.Run(Repository.Runtime.DrawSamples(model.Features, 1, 1).First());
        return run.Outputs.Values.Cast<object>().SelectMany(output => output switch
        {
            MultiArray array => array.Values.Cast<object>().Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            ClassProbabilities classes => classes.Values,
            _ => [],
        }).ToArray();
    }

    private static float[] Output(ModelRun run) => (float[])((MultiArray)run.Outputs[0]!).Values;
}
