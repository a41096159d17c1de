using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>What the values inside a stage are called. Each stage of a pipeline has names of its own; one that several stages use is told with the stage in front.</summary>
/// <param name="stage">Name of the stage; empty outside pipelines.</param>
/// <param name="others">Names of the values inside the other stages, and of what those before it take.</param>
internal sealed class StageTapNames(string stage, IReadOnlyCollection<string> others)
{
    /// <summary>The names of a model that is no pipeline.</summary>
    public static readonly StageTapNames Alone = new(string.Empty, []);

    /// <summary>Those of each stage of a model.</summary>
    /// <param name="stages">The stages' names, and what they were translated to; <see langword="null"/> for those without values inside.</param>
    public static StageTapNames[] Of(IReadOnlyList<(string Name, OnnxTranslation? Translation)> stages)
    {
        return [.. stages.Select((stage, i) => new StageTapNames(stage.Name, stages.SelectMany((other, j) => NamesBeside(other.Translation, i, j)).ToHashSet(StringComparer.Ordinal)))];

        // What a later stage takes can be what this one hands on to it.
        static IEnumerable<string> NamesBeside(OnnxTranslation? other, int stage, int place) => other is null || place == stage ? []
            : place < stage ? ValuesOf(other).Concat(other.Inputs.Select(input => input.Name))
            : ValuesOf(other);
    }

    /// <summary>What a value is called from outside.</summary>
    /// <param name="value">Its name in the stage.</param>
    public string Of(string value)
    {
        // Blobs of a NeuralNetwork may have such names as well.
        string name = value;
        while (others.Contains(name))
        {
            name = $"{stage}/{name}";
        }

        return name;
    }

    private static IEnumerable<string> ValuesOf(OnnxTranslation translation) => translation.Taps.Concat(translation.HiddenStateTaps).Concat(translation.NestedTaps).Select(tap => tap.Name);
}
