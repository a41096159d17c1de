using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CoreMLQuant.Editing.Assembly;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using Google.Protobuf;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;

namespace CoreMLQuant.Editing.Joining;

/// <summary>Makes a pipeline of a detector and a stage that leaves out boxes which overlap better ones. The thresholds are inputs that may be left out.</summary>
internal static class SuppressionJoiner
{
    // The stage came with version 3, Float32 arrays in it with version 5.
    private const int Version = 3, Float32Version = 5;
    private const string IouInput = "iouThreshold", ConfidenceInput = "confidenceThreshold";

    /// <summary>Plans it.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="options">How boxes are chosen.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    public static AssemblyPlan Plan(ModelFile detector, SuppressionOptions options, CancellationToken cancellationToken)
    {
        var builder = new AssemblyBuilder();
        Model model = builder.Take(detector, cancellationToken);
        ModelDescription description = model.Description ?? new ModelDescription();
        DetectorOutputs outputs = DetectorOutputs.Find(detector.Path, description.Output, options.ConfidenceOutput, options.CoordinatesOutput);
        CheckOptions(detector.Path, outputs, options);
        string name = Path.GetFileNameWithoutExtension(detector.Path);
        string[] taken = description.Input.Concat(description.Output).Select(feature => feature.Name).ToArray();
        Model suppression = Suppression(outputs, options, UniqueName("confidence", taken), UniqueName("coordinates", taken));
        Model pipeline = PipelineJoiner.Join(
            [new PipelineJoiner.Stage(detector.Path, name, model), new PipelineJoiner.Stage(detector.Path, "nonMaximumSuppression", suppression)], []);
        pipeline.Description.Metadata = description.Metadata?.Clone();
        foreach (FeatureDescription threshold in pipeline.Description.Input.Where(input => input.Name is IouInput or ConfidenceInput))
        {
            threshold.Type.IsOptional = true;
        }

        return builder.Build(pipeline, "Append non-maximum suppression", "_nms") with { Parts = [name, "nonMaximumSuppression"] };
    }

    private static void CheckOptions(string path, DetectorOutputs outputs, SuppressionOptions options)
    {
        if (options.IouThreshold is not (>= 0 and <= 1) || options.ConfidenceThreshold is not (>= 0 and <= 1))
        {
            throw new AssemblyException(path, "a threshold is not within 0 and 1.", "Specify a share, such as 0.45.");
        }

        if (options.ClassLabels.Count > 0 && outputs.Classes > 0 && options.ClassLabels.Count != outputs.Classes)
        {
            throw new AssemblyException(path, $"there are {options.ClassLabels.Count} class labels, and '{outputs.Confidence.Name}' is for {outputs.Classes} classes.", "Specify one label for each class, in their order.");
        }
    }

    private static Model Suppression(DetectorOutputs outputs, SuppressionOptions options, string confidence, string coordinates)
    {
        var details = new SuppressionDetails
        {
            PickTop = new PickTopDetails { PerClass = options.PerClass },
            IouThreshold = options.IouThreshold,
            ConfidenceThreshold = options.ConfidenceThreshold,
            ConfidenceInputFeatureName = outputs.Confidence.Name,
            CoordinatesInputFeatureName = outputs.Coordinates.Name,
            IouThresholdInputFeatureName = IouInput,
            ConfidenceThresholdInputFeatureName = ConfidenceInput,
            ConfidenceOutputFeatureName = confidence,
            CoordinatesOutputFeatureName = coordinates,
        };
        if (options.ClassLabels.Count > 0)
        {
            details.StringClassLabels = new StringLabels { Vector = { options.ClassLabels } };
        }

        ArrayDataType type = outputs.Confidence.Type.MultiArrayType.DataType;
        int classes = Math.Max(outputs.Classes, options.ClassLabels.Count);
        return new Model
        {
            SpecificationVersion = type == ArrayDataType.Float32 ? Float32Version : Version,
            NonMaximumSuppression = details.ToByteString(),
            Description = new ModelDescription
            {
                Input =
                {
                    outputs.Confidence.Clone(), outputs.Coordinates.Clone(),
                    Number(IouInput, FormattableString.Invariant($"Overlap above which a box is left out ({options.IouThreshold} if it is not specified)")),
                    Number(ConfidenceInput, FormattableString.Invariant($"Confidence below which a box is left out ({options.ConfidenceThreshold} if it is not specified)")),
                },
                Output =
                {
                    Boxes(confidence, "Confidence of each class for each box", type, classes),
                    Boxes(coordinates, "Centre, width and height of each box", type, 4),
                },
            },
        };
    }

    private static FeatureDescription Number(string name, string description) =>
        new() { Name = name, ShortDescription = description, Type = new FeatureType { DoubleType = ByteString.Empty } };

    // How many boxes are left depends on the input.
    private static FeatureDescription Boxes(string name, string description, ArrayDataType type, int width) => new()
    {
        Name = name,
        ShortDescription = description,
        Type = new FeatureType
        {
            MultiArrayType = new ArrayFeatureType
            {
                DataType = type,
                ShapeRange = new ArrayFeatureType.Types.ShapeRange
                {
                    SizeRanges =
                    {
                        new SizeRange { UpperBound = -1 },
                        width > 0 ? new SizeRange { LowerBound = (ulong)width, UpperBound = width } : new SizeRange { UpperBound = -1 },
                    },
                },
            },
        },
    };

    private static string UniqueName(string name, IReadOnlyCollection<string> taken)
    {
        string unique = name;
        for (int i = 1; taken.Contains(unique); i++)
        {
            unique = FormattableString.Invariant($"{name}_{i}");
        }

        return unique;
    }
}
