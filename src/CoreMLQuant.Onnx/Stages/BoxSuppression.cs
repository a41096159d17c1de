using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Non-maximum suppression: of boxes that overlap much, the one with the highest confidence is left. Boxes are centre, width and height.</summary>
internal static class BoxSuppression
{
    private const int Numbers = 4;

    /// <summary>Confidences [boxes, classes] and coordinates [boxes, 4] of what is left, highest first.</summary>
    public static Action<StageFeatures> Suppression(StageContext stage)
    {
        SuppressionDetails settings = stage.Read(stage.Model.NonMaximumSuppression, SuppressionDetails.Parser);
        bool byClass = settings.PickTop?.PerClass ?? false;
        return features =>
        {
            double[] confidences = features.Numbers(settings.ConfidenceInputFeatureName), boxes = features.Numbers(settings.CoordinatesInputFeatureName);
            int count = boxes.Length / Numbers, classes = count == 0 ? 0 : confidences.Length / count;
            if (boxes.Length % Numbers != 0 || confidences.Length != count * classes)
            {
                throw features.Unfit(settings.CoordinatesInputFeatureName);
            }

            double overlap = Threshold(features, settings.IouThresholdInputFeatureName, settings.IouThreshold);
            double least = Threshold(features, settings.ConfidenceThresholdInputFeatureName, settings.ConfidenceThreshold);
            int[] best = Enumerable.Range(0, count)
                .Select(box => Enumerable.Range(0, classes).OrderByDescending(one => confidences[(box * classes) + one]).FirstOrDefault()).ToArray();
            var kept = new List<int>();
            foreach (int box in Enumerable.Range(0, count).Where(box => Confidence(box) >= least).OrderByDescending(Confidence))
            {
                if (kept.All(other => (byClass && best[other] != best[box]) || Overlap(boxes, box, other) <= overlap))
                {
                    kept.Add(box);
                }
            }

            features.Add(settings.ConfidenceOutputFeatureName, Rows(confidences, kept, classes));
            features.Add(settings.CoordinatesOutputFeatureName, Rows(boxes, kept, Numbers));

            double Confidence(int box) => confidences[(box * classes) + best[box]];
        };
    }

    private static double Threshold(StageFeatures features, string input, double otherwise) =>
        input.Length > 0 && features.Find(input) is not null ? features.Numbers(input)[0] : otherwise;

    private static StageArray Rows(double[] values, List<int> rows, int width) =>
        new(rows.SelectMany(row => values.Skip(row * width).Take(width)).ToArray(), [rows.Count, width]);

    private static double Overlap(double[] boxes, int one, int other)
    {
        double width = Shared(0), height = Shared(1), both = Math.Max(0, width) * Math.Max(0, height);
        double all = Area(one) + Area(other) - both;
        return all <= 0 ? 0 : both / all;

        double Shared(int axis) => Math.Min(End(one, axis, 1), End(other, axis, 1)) - Math.Max(End(one, axis, -1), End(other, axis, -1));

        double End(int box, int axis, int side) => boxes[(box * Numbers) + axis] + (side * boxes[(box * Numbers) + axis + 2] / 2);

        double Area(int box) => boxes[(box * Numbers) + 2] * boxes[(box * Numbers) + 3];
    }
}
