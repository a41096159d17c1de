using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Types;

/// <summary>An input or output whose type is edited.</summary>
/// <param name="Stage">The stage that has it.</param>
/// <param name="Function">The function whose description has it; <see langword="null"/> for the model's own description.</param>
/// <param name="Feature">Its description.</param>
/// <param name="IsInput">Whether it is an input.</param>
internal sealed record TypeTarget(PipelineStage Stage, FunctionDescription? Function, FeatureDescription Feature, bool IsInput)
{
    /// <summary>Its name.</summary>
    public string Name => Feature.Name;

    /// <summary>What it is called in messages.</summary>
    public string Noun => IsInput ? "input" : "output";

    /// <summary>Where it is, in the list of changes.</summary>
    public string Place => EditBuilder.PlaceOf(Stage, Function is null ? Name : $"{Function.Name}/{Name}");

    /// <summary>The inputs or outputs of a name, one for each function that has it.</summary>
    public static IEnumerable<TypeTarget> Find(PipelineStage stage, string name, bool isInput)
    {
        ModelDescription description = stage.Model.Description ?? new ModelDescription();
        return Of(null, isInput ? description.Input : description.Output)
            .Concat(description.Functions.SelectMany(function => Of(function, isInput ? function.Input : function.Output)));

        IEnumerable<TypeTarget> Of(FunctionDescription? function, IEnumerable<FeatureDescription> features) =>
            features.Where(feature => feature.Name == name).Select(feature => new TypeTarget(stage, function, feature, isInput));
    }

    /// <summary>The error that the type cannot be what is asked for.</summary>
    public EditException Refuse(string problem, string remedy) => new($"The type of the {Noun} '{Name}' cannot be changed: {problem}", remedy);
}
