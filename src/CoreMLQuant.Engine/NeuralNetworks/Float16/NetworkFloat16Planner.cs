using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Planning;

namespace CoreMLQuant.NeuralNetworks.Float16;

/// <summary>
/// Plans FP16 weights for a NeuralNetwork: every FP32 weight, rounded to nearest even as coremltools does, layer by layer,
/// because the weights of one layer share their precision. Only storage changes; how a layer computes is the system's choice.
/// </summary>
internal static class NetworkFloat16Planner
{
    // The first version with float16Value.
    private const int Float16Version = 2;

    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A NeuralNetwork of the plan's specification.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    public static void Plan(PlanBuilder builder, PipelineStage stage, CancellationToken cancellationToken = default)
    {
        PrecisionGroup[] groups = NetworkLayers.All(NetworkLayers.Of(stage.Model)!)
            .Select(layer => PrecisionGroup.Of(builder, stage, layer))
            .ToArray();
        string?[] obstacles = FindObstacles(builder, groups, cancellationToken);
        bool converted = false;
        for (int i = 0; i < groups.Length; i++)
        {
            foreach (GroupWeight weight in groups[i].Weights)
            {
                string? reason = weight.IsFloat32 ? groups[i].KeptBecause ?? obstacles[i] : AlreadySmall(weight);
                builder.Add(reason is null ? Convert(builder, weight) : WeightPlan.Skip(weight.Site, reason));
                converted |= reason is null;
            }
        }

        if (converted)
        {
            NetworkVersion.Raise(builder, stage, Float16Version, "FP16 weights need");
        }
    }

    /// <summary>
    /// Reads every weight that nothing else rules out, several at a time, and says of each group why it must stay FP32.
    /// Each weight is judged on its own and the first of a group speaks for it, so the order of reading does not matter.
    /// </summary>
    private static string?[] FindObstacles(PlanBuilder builder, PrecisionGroup[] groups, CancellationToken cancellationToken)
    {
        (int Group, GroupWeight Weight)[] candidates = groups
            .SelectMany((group, index) => group.Weights.Where(weight => group.KeptBecause is null && weight.IsFloat32).Select(weight => (index, weight)))
            .ToArray();
        string?[] found = new string?[candidates.Length];
        using (var work = ParallelWork<int>.Start(Enumerable.Range(0, candidates.Length).ToArray(), 0, Read, cancellationToken))
        {
            work.Join();
        }

        void Read(int index, CancellationToken stop) => found[index] = Float16Obstacle.Find(
            groups[candidates[index].Group].Layer.Message.LayerCase,
            candidates[index].Weight.Field.Name,
            candidates[index].Weight.Site.Name,
            new StoredValues(builder.Payloads.Resolve(candidates[index].Weight.Stored.Data), ElementType.Float32, candidates[index].Weight.Stored.ElementCount),
            stop);

        string?[] obstacles = new string?[groups.Length];
        for (int i = 0; i < candidates.Length; i++)
        {
            obstacles[candidates[i].Group] ??= found[i];
        }

        return obstacles;
    }

    // A quantized weight beside FP16 is as legal as beside FP32, so it holds nothing back and is not touched.
    private static string AlreadySmall(GroupWeight weight) => weight.Stored.Encoding == WeightEncoding.Plain
        ? $"is already {weight.Stored.ElementType}"
        : "is already compressed";

    private static WeightPlan Convert(PlanBuilder builder, GroupWeight weight)
    {
        var part = ValuesPart.Float16(builder.Payloads.Resolve(weight.Stored.Data), keepNonZero: false);
        WeightFieldWriter.SetFloats(weight.Field.Params, ElementType.Float16, builder.Payloads.Attach(part));
        WeightSite after = weight.Site with { ElementType = ElementType.Float16, StorageType = ElementType.Float16 };
        return new WeightPlan(weight.Site, WeightAction.Convert, WeightEncodings.Describe(after), part.Length, string.Empty) { Part = part };
    }
}
