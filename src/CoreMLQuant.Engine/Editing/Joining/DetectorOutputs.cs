using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Editing.Joining;

/// <summary>The two outputs of a detector that suppression takes: confidences, [boxes, classes], and coordinates, [boxes, 4].</summary>
/// <param name="Confidence">The confidences.</param>
/// <param name="Coordinates">The coordinates.</param>
internal sealed record DetectorOutputs(FeatureDescription Confidence, FeatureDescription Coordinates)
{
    private const int Rank = 2;
    private const int Numbers = 4;

    /// <summary>Number of classes; 0 where the description does not tell.</summary>
    public int Classes => ShapeOf(Confidence) is { Length: Rank } shape ? (int)shape[1] : 0;

    /// <summary>Finds the outputs.</summary>
    /// <param name="path">Path of the detector, for errors.</param>
    /// <param name="outputs">All outputs of the detector.</param>
    /// <param name="confidence">Name of the confidences; <see langword="null"/> to find them.</param>
    /// <param name="coordinates">Name of the coordinates; <see langword="null"/> to find them.</param>
    /// <exception cref="AssemblyException">There are no such outputs, more than one can be meant, or suppression does not take their type.</exception>
    public static DetectorOutputs Find(string path, IReadOnlyList<FeatureDescription> outputs, string? confidence, string? coordinates)
    {
        FeatureDescription[] arrays = outputs.Where(output => output.Type?.MultiArrayType is not null).ToArray();
        FeatureDescription boxes = coordinates is null
            ? Only(path, arrays.Where(array => array.Name != confidence && ShapeOf(array) is { Length: Rank } shape && shape[1] == Numbers), "coordinates, [boxes, 4]", "-CoordinatesOutput")
            : Named(path, arrays, coordinates);
        FeatureDescription scores = confidence is null
            ? Only(path, arrays.Where(array => array.Name != boxes.Name && ShapeOf(array).Length is 0 or Rank), "confidences, [boxes, classes]", "-ConfidenceOutput")
            : Named(path, arrays, confidence);
        Check(path, scores);
        Check(path, boxes);
        ArrayDataType type = scores.Type.MultiArrayType.DataType;
        if (type != boxes.Type.MultiArrayType.DataType)
        {
            throw new AssemblyException(path, $"'{scores.Name}' and '{boxes.Name}' have different types of elements.", "Make them the same (Edit-CoreMLModel -OutputType).");
        }

        long[] scoreShape = ShapeOf(scores), boxShape = ShapeOf(boxes);
        return boxShape.Length == Rank && (boxShape[1] != Numbers || (scoreShape.Length == Rank && scoreShape[0] != boxShape[0]))
            ? throw new AssemblyException(
                path,
                $"'{scores.Name}' is {TypeOf(scores)} and '{boxes.Name}' is {TypeOf(boxes)}; confidences are [boxes, classes] and coordinates [boxes, 4].",
                "Specify the outputs with -ConfidenceOutput and -CoordinatesOutput, or convert the detector again with outputs of these shapes.")
            : new DetectorOutputs(scores, boxes);
    }

    private static FeatureDescription Only(string path, IEnumerable<FeatureDescription> candidates, string what, string parameter)
    {
        FeatureDescription[] found = candidates.ToArray();
        return found.Length == 1 ? found[0] : throw new AssemblyException(
            path,
            found.Length == 0 ? $"no output can be the {what}." : $"{string.Join(", ", found.Select(one => $"'{one.Name}'"))} can be the {what}.",
            $"Specify the output with {parameter}.");
    }

    private static FeatureDescription Named(string path, IReadOnlyList<FeatureDescription> arrays, string name) => arrays.FirstOrDefault(array => array.Name == name)
        ?? throw new AssemblyException(
            path, $"there is no array '{name}' among the outputs{Suggestion.For(name, arrays.Select(array => array.Name))}", $"The arrays are {string.Join(", ", arrays.Select(array => array.Name))}.");

    private static void Check(string path, FeatureDescription output)
    {
        if (output.Type.MultiArrayType.DataType is not (ArrayDataType.Float32 or ArrayDataType.Double))
        {
            throw new AssemblyException(path, $"'{output.Name}' is {TypeOf(output)}; suppression takes Float32 or Double.", "Change its type (Edit-CoreMLModel -OutputType).");
        }

        if (ShapeOf(output).Length is not (0 or Rank))
        {
            throw new AssemblyException(path, $"'{output.Name}' is {TypeOf(output)}; suppression takes two dimensions, boxes first.", "Convert the detector again without a batch dimension.");
        }
    }

    private static string TypeOf(FeatureDescription output) => FeatureDescriber.Describe([output])[0].Type;

    private static long[] ShapeOf(FeatureDescription output) => output.Type.MultiArrayType.Shape.ToArray();
}
