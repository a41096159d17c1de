using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>Which inputs and outputs of a function become FP16. Only multi-arrays can; images and scalars keep their types.</summary>
internal sealed class InterfacePrecision
{
    /// <summary>Every input and output keeps its type.</summary>
    public static readonly InterfacePrecision Unchanged = new([], []);

    private readonly HashSet<string> _inputs;
    private readonly HashSet<string> _outputs;

    private InterfacePrecision(IEnumerable<string> inputs, IEnumerable<string> outputs)
    {
        _inputs = new HashSet<string>(inputs, StringComparer.Ordinal);
        _outputs = new HashSet<string>(outputs, StringComparer.Ordinal);
    }

    /// <summary>Whether no input and no output changes.</summary>
    public bool IsUnchanged => _inputs.Count == 0 && _outputs.Count == 0;

    /// <summary>Makes a function's FP32 multi-arrays FP16, in its description as well as in its signature.</summary>
    /// <param name="model">The stage; its description is edited.</param>
    /// <param name="functionName">The function.</param>
    public static InterfacePrecision Float16(Model model, string functionName)
    {
        // Several functions have a description each; a single one has the model's.
        FunctionDescription? own = model.Description?.Functions.FirstOrDefault(function => function.Name == functionName);
        IEnumerable<FeatureDescription> inputs = own?.Input ?? model.Description?.Input ?? [];
        IEnumerable<FeatureDescription> outputs = own?.Output ?? model.Description?.Output ?? [];
        return new InterfacePrecision(Retype(inputs), Retype(outputs));
    }

    /// <summary>Makes FP32 multi-arrays FP16 and returns their names.</summary>
    public static IReadOnlyList<string> Retype(IEnumerable<FeatureDescription> features)
    {
        FeatureDescription[] arrays = features
            .Where(feature => feature.Type?.MultiArrayType?.DataType == ArrayFeatureType.Types.ArrayDataType.Float32)
            .ToArray();
        foreach (FeatureDescription feature in arrays)
        {
            feature.Type.MultiArrayType.DataType = ArrayFeatureType.Types.ArrayDataType.Float16;
        }

        return arrays.Select(feature => feature.Name).ToArray();
    }

    /// <summary>Whether the input of that name becomes FP16.</summary>
    public bool InputIs16(string name) => _inputs.Contains(name);

    /// <summary>Whether the output of that name becomes FP16.</summary>
    public bool OutputIs16(string name) => _outputs.Contains(name);
}
