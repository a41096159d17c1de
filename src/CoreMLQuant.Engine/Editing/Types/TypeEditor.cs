using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Editing.Names;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Specification.Schema;
using Default = CoreMLQuant.Specification.Schema.ArrayFeatureType.DefaultOptionalValueOneofCase;

namespace CoreMLQuant.Editing.Types;

/// <summary>Changes the types of inputs and outputs, of a model or of the stages of a pipeline that have them.</summary>
internal static class TypeEditor
{
    /// <summary>Changes types.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="inputs">Edits of inputs by name.</param>
    /// <param name="outputs">Edits of outputs by name.</param>
    /// <exception cref="EditException">There is no such feature, or it cannot have the type.</exception>
    public static void Change(EditBuilder builder, IReadOnlyDictionary<string, FeatureTypeEdit> inputs, IReadOnlyDictionary<string, FeatureTypeEdit> outputs)
    {
        NameRules.CheckExist(inputs.Keys, FeatureNames.InputsOf(builder.Specification).ToArray(), "input");
        NameRules.CheckExist(outputs.Keys, FeatureNames.OutputsOf(builder.Specification).ToArray(), "output");
        var stage = new PipelineStage(string.Empty, builder.Specification);
        foreach (KeyValuePair<string, FeatureTypeEdit> input in inputs)
        {
            Change(builder, stage, input.Key, true, input.Value);
        }

        foreach (KeyValuePair<string, FeatureTypeEdit> output in outputs)
        {
            Change(builder, stage, output.Key, false, output.Value);
        }
    }

    /// <summary>The type of a feature in the words of <see cref="TypeText"/>, with all its shapes and whether it is optional.</summary>
    public static string Describe(FeatureDescription feature)
    {
        ArrayFeatureType? array = feature.Type?.MultiArrayType;
        string value = array?.DefaultOptionalValueCase switch
        {
            Default.IntDefaultValue => $" default={array.IntDefaultValue.ToString(CultureInfo.InvariantCulture)}",
            Default.FloatDefaultValue => $" default={array.FloatDefaultValue.ToString(CultureInfo.InvariantCulture)}",
            Default.DoubleDefaultValue => $" default={array.DoubleDefaultValue.ToString(CultureInfo.InvariantCulture)}",
            _ => string.Empty,
        };
        return TypeOf(feature) + (feature.Type is { IsOptional: true } ? " Optional" : string.Empty) + value;
    }

    private static void Change(EditBuilder builder, PipelineStage stage, string name, bool isInput, FeatureTypeEdit edit)
    {
        TypeTarget[] targets = TypeTarget.Find(stage, name, isInput).ToArray();
        if (targets.Length == 0)
        {
            throw new EditException($"'{name}' is a state or a training input, whose type is fixed.", "Specify an input.");
        }

        foreach (TypeTarget target in targets)
        {
            string before = Describe(target.Feature);
            FeatureType type = PipelineStages.PipelineOf(stage.Model) is { } pipeline ? PipelineTypes.Change(builder, target, pipeline, edit, Change)
                : stage.Model.TypeCase == Model.TypeOneofCase.MlProgram ? ProgramTypes.Change(builder, target, edit)
                : NetworkLayers.Of(stage.Model) is { } layers ? NetworkTypes.Change(builder, target, layers, edit)
                : throw target.Refuse("the types of a model of this kind are fixed.", "Only types of ML Programs and NeuralNetworks can be exchanged.");
            target.Feature.Type = type;
            FeatureTypeChange.RequireVersions(builder, target, type);
            string after = Describe(target.Feature) + Arithmetic(edit);
            if (before != after)
            {
                builder.Add($"{target.Noun} type", target.Place, before, after);
            }
        }
    }

    private static string TypeOf(FeatureDescription feature)
    {
        string type = FeatureDescriber.Describe([feature])[0].Type;
        return feature.Type?.ImageType is { SizeFlexibilityCase: not ImageFeatureType.SizeFlexibilityOneofCase.None } image
            ? $"{type.Substring(0, type.IndexOf(image.Width.ToString(CultureInfo.InvariantCulture) + "x", System.StringComparison.Ordinal))}{string.Join(" ", FeatureShapes.Of(image).Select(size => $"{size[1]}x{size[0]}"))}"
            : feature.Type?.MultiArrayType is { EnumeratedShapes: not null } array
            ? $"{type.Substring(0, type.IndexOf('['))}{FeatureShapes.Text(FeatureShapes.Of(array)!)}"
            : type;
    }

    private static string Arithmetic(FeatureTypeEdit edit) =>
        (edit.Scale is { } scale ? $" scale={scale.ToString(CultureInfo.InvariantCulture)}" : string.Empty)
        + (edit.Bias is { } bias ? $" bias=[{string.Join(", ", bias.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]" : string.Empty);
}
