using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Editing.Joining;
using CoreMLQuant.Editing.Splitting;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.Running;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Runtime.Tests.Support;

/// <summary>Joins and splits models as a user does, checks every output, and runs it.</summary>
internal static class Assemblies
{
    /// <summary>Joins models into one.</summary>
    public static AssembledModel Join(string destination, Func<IReadOnlyList<ModelFile>, AssemblyPlan> plan, params string[] sources)
    {
        ModelFile[] files = sources.Select(source => ModelFile.Open(source)).ToArray();
        try
        {
            return Write([(plan(files), destination)]).Single();
        }
        finally
        {
            Array.ForEach(files, file => file.Dispose());
        }
    }

    /// <summary>Splits a model; the parts are named after it.</summary>
    public static IReadOnlyList<AssembledModel> Split(TestFolder folder, string source, string? at = null)
    {
        using ModelFile file = ModelFile.Open(source);
        return Write(ModelSplitter.Split(file, at).Select(plan => (plan, folder["part" + plan.FileSuffix + (plan.WritesPackage ? ".mlpackage" : ".mlmodel")])).ToArray());
    }

    /// <summary>Joins models into a pipeline.</summary>
    public static AssembledModel Pipeline(string destination, params string[] sources) => Join(destination, files => ModelJoiner.AsPipeline(files, []), sources);

    /// <summary>The specification of a model with all its bytes.</summary>
    public static Model SpecificationOf(string path)
    {
        using ModelFile file = ModelFile.Open(path);
        return Model.Parser.ParseFrom(File.ReadAllBytes(file.Container.SpecificationPath));
    }

    /// <summary>The one weight file of a package.</summary>
    public static byte[] WeightsOf(string path) => File.ReadAllBytes(Directory.GetFiles(path, "*weight.bin", SearchOption.AllDirectories).Single());

    /// <summary>A sample that is random and the same every time.</summary>
    public static RunSample SampleFor(string path)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings());
        return Repository.Runtime.DrawSamples(model.Features, seed: 7, count: 1).First();
    }

    /// <summary>Runs a model.</summary>
    public static Dictionary<string, object> Run(string path, RunSample sample, string? function = null)
    {
        using IRunnableModel model = Repository.Runtime.Open(path, new RunSettings { Function = function });
        return model.Run(sample).Outputs.Cast<DictionaryEntry>().ToDictionary(output => (string)output.Key, output => output.Value!);
    }

    /// <summary>Runs models one after the other, each with what the sample and those before it give, and gives the outputs of all.</summary>
    public static Dictionary<string, object> RunInSequence(RunSample sample, params string[] paths)
    {
        var known = sample.Values.ToDictionary(value => value.Key, value => value.Value);
        var outputs = new Dictionary<string, object>();
        foreach (string path in paths)
        {
            HashSet<string> inputs;
            using (ModelFile file = ModelFile.Open(path))
            {
                inputs = file.Specification.Description.Input.Select(input => input.Name).ToHashSet();
            }

            var values = known.Where(value => inputs.Contains(value.Key)).ToDictionary(value => value.Key, value => value.Value);
            foreach (KeyValuePair<string, object> output in Run(path, new RunSample(sample.Name, values)))
            {
                known[output.Key] = output.Value;
                outputs[output.Key] = output.Value;
            }
        }

        return outputs;
    }

    /// <summary>Asserts that outputs have what others have, to the accuracy of FP32 or FP16 arithmetic that may be ordered in another way.</summary>
    public static void AssertSame(Dictionary<string, object> expected, Dictionary<string, object> actual, double tolerance = 1e-5)
    {
        foreach (KeyValuePair<string, object> output in expected)
        {
            Assert.True(actual.ContainsKey(output.Key), $"'{output.Key}' is not among {string.Join(", ", actual.Keys)}.");
            if (output.Value is not MultiArray array)
            {
                Assert.Equal(output.Value.ToString(), actual[output.Key].ToString());
                continue;
            }

            var other = Assert.IsType<MultiArray>(actual[output.Key]);
            Assert.Equal(array.Shape, other.Shape);
            double[] wanted = Numbers(array), got = Numbers(other);
            double largest = wanted.Max(Math.Abs);
            Assert.True(largest > 0, $"'{output.Key}' is zero, which tells nothing.");
            Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second, pair.First - (tolerance * largest), pair.First + (tolerance * largest)));
        }
    }

    private static double[] Numbers(MultiArray array) => array.Values.Cast<object>().Select(value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();

    private static IReadOnlyList<AssembledModel> Write(IReadOnlyList<(AssemblyPlan Plan, string Destination)> outputs)
    {
        IReadOnlyList<AssembledModel> results = AssemblyWriter.Write(outputs, new OutputOptions());
        foreach (AssembledModel result in results)
        {
            ValidationReport report = ModelValidator.Validate(result.Path);
            Assert.True(report.Findings.Count == 0, $"{result.Name}: {string.Join("; ", report.Findings)}");
            Assert.Equal(ModelFiles.Length(result.Path), result.Size);
        }

        return results;
    }
}
