using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;

namespace CoreMLQuant.Mil.Shapes;

/// <summary>Suppression of boxes that overlap.</summary>
internal static class DetectionShapes
{
    /// <summary>The operations.</summary>
    public static IEnumerable<ShapeRule> All => [new ShapeRule("non_maximum_suppression", Suppressed)];

    // Boxes, scores, indices and, except from some converters for CoreML7, counts. On which axis the boxes lie depends on the opset, and on the converter.
    private static IReadOnlyList<InferredType>? Suppressed(OperationInputs inputs)
    {
        InferredType boxes = inputs.Type("boxes"), scores = inputs.Type("scores");
        if (boxes.Sizes is not [var images, _, _] || scores.Sizes is not [var others, _, _])
        {
            return null;
        }

        images = ShapeArithmetic.Same(images, others, "the images of its boxes and of its scores");
        long count = inputs.Integer("max_boxes") ?? InferredType.UnknownSize;
        InferredType[] outputs =
        [
            boxes.With([images, InferredType.UnknownSize, InferredType.UnknownSize]),
            scores.With([images, InferredType.UnknownSize, InferredType.UnknownSize]),
            new InferredType(ElementType.Int32, [images, count]),
            new InferredType(ElementType.Int32, [images]),
        ];
        return inputs.OutputCount == outputs.Length - 1 ? outputs.Take(inputs.OutputCount).ToArray() : outputs;
    }
}
