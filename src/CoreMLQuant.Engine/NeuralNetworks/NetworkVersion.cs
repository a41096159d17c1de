using CoreMLQuant.Models;
using CoreMLQuant.Planning;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>The specification version that a NeuralNetwork's weights need.</summary>
internal static class NetworkVersion
{
    /// <summary>The first version with quantized weights.</summary>
    public const int Quantized = 3;

    /// <summary>The first version with products in Int8.</summary>
    public const int Int8Product = 5;

    /// <summary>Raises a stage to a version, unless it is there, and says so where other systems are required afterwards.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="version">The version.</param>
    /// <param name="because">What needs it, e.g. <c>FP16 weights need</c>.</param>
    /// <exception cref="Recipes.RecipeException">The recipe does not allow it.</exception>
    public static void Raise(PlanBuilder builder, PipelineStage stage, int version, string because)
    {
        if (stage.Model.SpecificationVersion < version)
        {
            builder.RequireUpgrade(because, $"specification version {version}", $"version {stage.Model.SpecificationVersion}");
        }

        int before = RequiredVersion.Of(builder.Specification);
        builder.RaiseSpecificationVersion(stage.Model, version);
        int after = RequiredVersion.Of(builder.Specification);
        if (after > before)
        {
            builder.Note($"{because} specification version {version}: the result requires {Platform.RequiredOS(after)} instead of {Platform.RequiredOS(before)}");
        }
    }
}
