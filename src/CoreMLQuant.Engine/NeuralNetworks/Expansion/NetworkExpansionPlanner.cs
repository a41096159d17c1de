using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Coding;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks.Decoding;
using CoreMLQuant.NeuralNetworks.Float16;
using CoreMLQuant.NeuralNetworks.Weights;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.NeuralNetworks.Expansion;

/// <summary>
/// Plans a NeuralNetwork whose quantized weights are floats again. The weights of one layer share their precision: without another
/// wish it is that of the layer's weights that are floats already, FP32 where there is none.
/// </summary>
internal static class NetworkExpansionPlanner
{
    /// <summary>Edits a stage of the plan's specification and records what becomes of each weight.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="stage">A NeuralNetwork of the plan's specification.</param>
    /// <param name="precision">Type of the floats.</param>
    /// <param name="cancellationToken">Stops planning.</param>
    /// <exception cref="Errors.CoreMLFormatException">A weight breaks a rule of the format.</exception>
    public static void Plan(PlanBuilder builder, PipelineStage stage, ExpansionPrecision precision, CancellationToken cancellationToken)
    {
        LayerExpansion[] layers = NetworkLayers.All(NetworkLayers.Of(stage.Model)!)
            .Select(layer => new LayerExpansion(builder, stage, PrecisionGroup.Of(builder, stage, layer), precision))
            .ToArray();
        LayerExpansion[] halved = layers.Where(layer => layer.Target == ElementType.Float16).ToArray();
        using (var work = ParallelWork<LayerExpansion>.Start(halved, 0, (layer, stop) => layer.KeepWhatOverflows(stop), cancellationToken))
        {
            work.Join();
        }

        foreach (LayerExpansion layer in layers)
        {
            layer.Apply(builder);
        }
    }

    /// <summary>What becomes of one layer.</summary>
    private sealed class LayerExpansion
    {
        private readonly PrecisionGroup _group;
        private readonly TensorValues[] _values;
        private readonly string? _misfit;
        private string _remark = string.Empty;

        public LayerExpansion(PlanBuilder builder, PipelineStage stage, PrecisionGroup group, ExpansionPrecision precision)
        {
            _group = group;
            bool isCompressed = group.Weights.Any(IsCompressed);
            ElementType current = group.Weights.Any(IsFloat16) ? ElementType.Float16 : ElementType.Float32;
            ElementType wanted = precision switch
            {
                ExpansionPrecision.Float32 => ElementType.Float32,
                ExpansionPrecision.Float16 when isCompressed => ElementType.Float16,
                _ => current,
            };
            _misfit = group.Weights.Select(Misfit).FirstOrDefault(reason => reason is not null);
            if (group.Pattern is not null || _misfit is not null || group.Layer.Forms == WeightForms.Unknown)
            {
                wanted = ElementType.Unknown;
            }
            else if (wanted == ElementType.Float16 && current == ElementType.Float32 && group.Rule is not null)
            {
                (wanted, _remark) = (ElementType.Float32, group.Rule);
            }

            Target = wanted;
            _values = _misfit is not null ? [] : group.Weights.Select(weight =>
                NetworkWeightDecoder.Decode(weight.Field, weight.Stored, builder.Payloads, WeightPlace.Of(builder.Source, stage.Name, group.Layer, weight.Field))).ToArray();
        }

        /// <summary>Type that the layer's weights get; unknown when they are left alone.</summary>
        public ElementType Target { get; private set; }

        /// <summary>Falls back to FP32 when FP16 cannot hold a value.</summary>
        public void KeepWhatOverflows(CancellationToken cancellationToken)
        {
            for (int i = 0; i < _values.Length && Target == ElementType.Float16; i++)
            {
                if (Converts(_group.Weights[i])
                    && Float16Obstacle.Find(_group.Layer.Message.LayerCase, _group.Weights[i].Field.Name, _group.Weights[i].Site.Name, _values[i], cancellationToken) is { } obstacle)
                {
                    (Target, _remark) = (ElementType.Float32, "stays Float32: " + obstacle);
                }
            }
        }

        /// <summary>Edits the layer and records what becomes of each weight.</summary>
        public void Apply(PlanBuilder builder)
        {
            for (int i = 0; i < _group.Weights.Count; i++)
            {
                GroupWeight weight = _group.Weights[i];
                builder.Add(Converts(weight)
                    ? Convert(builder, weight, _values[i])
                    : WeightPlan.Skip(weight.Site, WhyNot(weight)));
            }
        }

        private WeightPlan Convert(PlanBuilder builder, GroupWeight weight, TensorValues values)
        {
            var part = new ValuesPart(values, Target, weight.Site.ByteCount);
            WeightFieldWriter.SetFloats(weight.Field.Params, Target, builder.Payloads.Attach(part));
            Int8Product.Set(_group.Layer.Message, false);
            WeightSite after = weight.Site with { ElementType = Target, StorageType = Target, Encoding = WeightEncoding.Plain };
            return new WeightPlan(weight.Site, WeightAction.Convert, WeightEncodings.Describe(after), part.Length, _remark) { Part = part };
        }

        private string WhyNot(GroupWeight weight) => _group.Pattern
            ?? (_group.Layer.Forms == WeightForms.Unknown ? _group.Rule! : null)
            ?? _misfit
            ?? (IsCompressed(weight) ? "is compressed" : $"is already {weight.Stored.ElementType}");

        // Codes only have to be enough for a layer; floats have to be as many as it declares.
        private static string? Misfit(GroupWeight weight) =>
            IsCompressed(weight) && weight.Field.ExpectedCount is { } declared && (ulong)weight.Stored.ElementCount != declared
                ? string.Format(CultureInfo.InvariantCulture, "{0} has {1} values, and the layer declares {2}", weight.Field.Name, weight.Stored.ElementCount, declared)
                : null;

        private bool Converts(GroupWeight weight) =>
            Target != ElementType.Unknown && (IsCompressed(weight) || weight.Stored.ElementType != Target);

        private static bool IsCompressed(GroupWeight weight) => weight.Stored.Encoding != WeightEncoding.Plain;

        private static bool IsFloat16(GroupWeight weight) => weight.Stored is { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float16 };
    }
}
