using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Comparison;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Validation;

namespace CoreMLQuant.Benchmarks.Measuring;

/// <summary>An operation on a model that is measured.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What the table calls it.</param>
/// <param name="CopiedModels">Number of models that it reads, each of which the baseline copies.</param>
/// <param name="Run">Does it: a clock for its phases, the model, the path of what it writes or reads beside the model.</param>
internal sealed record MeasuredOperation(string Name, string Title, int CopiedModels, Action<PhaseClock, string, string> Run)
{
    /// <summary>All operations in the order of the table.</summary>
    public static IReadOnlyList<MeasuredOperation> All { get; } =
    [
        Conversion("fp16", "FP16"),
        Conversion("int8", "Int8 per channel"),
        Conversion("int4", "Int4 per block of 32") with { IsForNetworks = false },
        Conversion("prune", "half of the values pruned") with { IsForNetworks = false },
        Conversion("pal4", "4-bit k-means"),
        Conversion("pal6", "6-bit k-means"),
        new("test", "check", 1, Test),
        new(ComparisonName, "comparison with a copy", 2, Compare),
    ];

    private const string ComparisonName = "compare";

    /// <summary>Whether it reads a copy of the model, which stands at the path of its target.</summary>
    public bool ReadsTarget => Name == ComparisonName;

    /// <summary>Whether a NeuralNetwork has a form for what it makes.</summary>
    public bool IsForNetworks { get; private init; } = true;

    /// <summary>Whether it can be done with a model.</summary>
    public bool IsFor(string path) => IsForNetworks || !path.EndsWith(".mlmodel", StringComparison.OrdinalIgnoreCase);

    /// <summary>The operation of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static MeasuredOperation Of(string name) => All.FirstOrDefault(operation => operation.Name == name)
        ?? throw new ArgumentException($"'{name}' is not one of {string.Join(", ", All.Select(operation => operation.Name))}.", nameof(name));

    // As cp -r does not wait for the disk, neither does this.
    private static MeasuredOperation Conversion(string name, string title) => new(name, title, 1, (clock, source, target) =>
    {
        using ModelFile model = ModelFile.Open(source);
        clock.End("open");
        Planning.CompressionPlan plan = ModelCompressor.Plan(model, NamedRecipes.Of(name));
        clock.End("plan");
        ModelCompressor.Run(model, plan, target, new ConversionOptions { Flush = false });
        clock.End("run");
    });

    private static void Test(PhaseClock clock, string source, string target)
    {
        ModelValidator.Validate(source);
        clock.End("check");
    }

    private static void Compare(PhaseClock clock, string source, string target)
    {
        using ModelFile one = ModelFile.Open(source), other = ModelFile.Open(target);
        clock.End("open");
        ModelComparer.Compare(one, other);
        clock.End("compare");
    }
}
