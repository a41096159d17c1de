using CoreMLQuant.Errors;
using CoreMLQuant.Models;

namespace CoreMLQuant.NeuralNetworks;

/// <summary>Where a weight stands, as errors tell it.</summary>
/// <param name="File">The specification's full path.</param>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Layer">Path of the layer.</param>
/// <param name="Field">Name of the field.</param>
internal readonly record struct WeightPlace(string File, string Stage, string Layer, string Field)
{
    /// <summary>The place of a field.</summary>
    public static WeightPlace Of(ModelFile file, string stage, NetworkLayer layer, WeightField field) =>
        new(file.Container.SpecificationPath, stage, layer.Path, field.Name);

    /// <summary>The error that the weight breaks a rule.</summary>
    /// <param name="problem">What was found, one sentence.</param>
    public CoreMLFormatException Broken(string problem) => new(
        FormatRule.InvalidWeight,
        File,
        problem,
        "The file is damaged or was written by a faulty converter. Create it again from its source.",
        location: $"{(Stage.Length > 0 ? $"stage '{Stage}' " : string.Empty)}layer '{Layer}' field '{Field}'");
}
