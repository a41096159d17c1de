using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Models;
using CoreMLQuant.NeuralNetworks;
using CoreMLQuant.Validation.Findings;
using LayerCase = CoreMLQuant.Specification.Schema.NeuralNetworkLayer.LayerOneofCase;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for the weights of one layer. Source: Apple's validator of layers.</summary>
internal sealed class LayerCheck
{
    private readonly ModelFile _file;
    private readonly PipelineStage _stage;
    private readonly NetworkLayer _layer;
    private readonly IReadOnlyList<(WeightField Field, StoredWeight? Stored)> _weights;
    private readonly FindingList _findings;

    private LayerCheck(ModelFile file, PipelineStage stage, NetworkLayer layer, IReadOnlyList<(WeightField, StoredWeight?)> weights, FindingList findings) =>
        (_file, _stage, _layer, _weights, _findings) = (file, stage, layer, weights, findings);

    /// <summary>Whether a weight is FP16.</summary>
    public bool HasFloat16 => _weights.Any(weight => weight.Stored is { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float16 });

    /// <summary>Whether a weight is quantized.</summary>
    public bool HasQuantized => _weights.Any(weight => IsQuantized(weight.Stored));

    /// <summary>Whether the layer multiplies integers.</summary>
    public bool IsDynamic => _layer.Message.LayerCase switch
    {
        LayerCase.InnerProduct => _layer.Message.InnerProduct.Int8DynamicQuantize,
        LayerCase.BatchedMatmul => _layer.Message.BatchedMatmul.Int8DynamicQuantize,
        _ => false,
    };

    /// <summary>Reads what a layer's weights say of themselves; a weight that cannot be read is a finding.</summary>
    public static LayerCheck Of(ModelFile file, PipelineStage stage, NetworkLayer layer, FindingList findings)
    {
        HashSet<string> needed = [.. LayerWeights.Needed(layer.Message)];
        var weights = new List<(WeightField, StoredWeight?)>();
        foreach (WeightField field in layer.Fields.Where(field => !(LayerWeights.MayBeEmpty(layer.Message, field) && LayerWeights.IsEmpty(field.Params))))
        {
            int before = findings.Findings.Count;
            StoredWeight? stored = findings.Read(() => StoredWeight.Read(field, file.Payloads, WeightPlace.Of(file, stage.Name, layer, field)));
            // A weight that cannot be read is not missing.
            if (stored is not null || findings.Findings.Count > before)
            {
                if (needed.Remove(field.Name) || LayerWeights.TakesAny(layer.Message))
                {
                    weights.Add((field, stored));
                }
            }
        }

        var check = new LayerCheck(file, stage, layer, weights, findings);
        foreach (string name in needed)
        {
            ValidationRule rule = LayerWeights.MayBeEmpty(layer.Message, layer.Fields.FirstOrDefault(field => field.Name == name)) ? ValidationRule.EmptyWeight : ValidationRule.MissingWeight;
            findings.Add(rule, check.Location(name), $"{layer.Type} needs the weight; it is empty.");
        }

        return check;
    }

    /// <summary>Checks the layer's weights.</summary>
    public void Run()
    {
        foreach ((WeightField field, StoredWeight? stored) in _weights)
        {
            if (stored is not null)
            {
                CheckForm(field, stored);
                CheckCount(field, stored);
                CheckScales(field, stored);
            }
        }

        ElementType[] precisions = _weights.Where(weight => weight.Stored is { Encoding: WeightEncoding.Plain }).Select(weight => weight.Stored!.ElementType).Distinct().ToArray();
        if (precisions.Length > 1 && _layer.Forms != WeightForms.Unknown)
        {
            // Not looked at where a matrix beside is quantized, and in both directions of an LSTM.
            bool isUnchecked = _layer.Message.LayerCase == LayerCase.BiDirectionalLSTM
                || (_layer.Message.LayerCase == LayerCase.SimpleRecurrent && _weights.Any(weight => weight.Field.Name != "biasVector" && IsQuantized(weight.Stored)));
            _findings.Add(isUnchecked ? ValidationRule.RecurrentPrecision : ValidationRule.MixedPrecision, new Place(_stage.Name, string.Empty).Of("layer", _layer.Path), $"the layer has weights of {string.Join(" and of ", precisions)}.");
        }
    }

    /// <summary>Has the floats of the weights, or the scales and tables of quantized ones, read.</summary>
    public void AddValues(StoredFloats floats)
    {
        foreach ((WeightField field, StoredWeight? stored) in _weights)
        {
            if (stored is null)
            {
                continue;
            }

            string location = Location(field.Name);
            if (stored.Encoding == WeightEncoding.Plain)
            {
                Add(_file.Payloads.Resolve(stored.Data), stored.StorageType, false);
                continue;
            }

            if (field.Params.Quantization.LinearQuantization is { } linear)
            {
                Add(_file.Payloads.Resolve(linear.Scale), ElementType.Float32, true);
                Add(_file.Payloads.Resolve(linear.Bias), ElementType.Float32, false);
            }
            else
            {
                Add(_file.Payloads.Resolve(field.Params.Quantization.LookupTableQuantization.FloatValue), ElementType.Float32, false);
            }

            void Add(WeightData data, ElementType type, bool isScale) => floats.Add(data, type, data.Length * 8 / type.BitWidth(), isScale, location, _file.Container.SpecificationPath);
        }
    }

    private void CheckForm(WeightField field, StoredWeight stored)
    {
        bool isInt8 = stored.StorageType == ElementType.Int8;
        bool takesInt8 = _layer.Forms == WeightForms.Unknown || (field.Name == "weights" && (_layer.Message.LayerCase is LayerCase.InnerProduct or LayerCase.BatchedMatmul));
        string? problem = _layer.Forms switch
        {
            WeightForms.Float32 when stored is not { Encoding: WeightEncoding.Plain, ElementType: ElementType.Float32 } => $"{_layer.Type} takes FP32 weights only.",
            WeightForms.Floats when IsQuantized(stored) => $"{_layer.Type} takes no quantized weights.",
            _ when isInt8 && !takesInt8 => $"{_layer.Type} takes no int8RawValue here.",
            _ when IsDynamic && field.Name == "weights" && !IsDynamicForm(field, stored) => "int8DynamicQuantize needs int8RawValue with one scale and no bias.",
            _ => null,
        };
        if (problem is not null)
        {
            _findings.Add(ValidationRule.WeightForm, Location(field.Name), problem);
        }

        if (_stage.Model.IsUpdatable && _layer.Message.IsUpdatable && field.Params.Quantization is not null)
        {
            _findings.Add(ValidationRule.QuantizedUpdatableWeight, Location(field.Name), "the layer is updatable; only floats can be trained.");
        }
    }

    private bool IsDynamicForm(WeightField field, StoredWeight stored) =>
        stored.StorageType == ElementType.Int8
        && _file.Payloads.LengthOf(field.Params.Quantization.LinearQuantization.Scale) == sizeof(float)
        && _file.Payloads.LengthOf(field.Params.Quantization.LinearQuantization.Bias) == 0;

    private void CheckCount(WeightField field, StoredWeight stored)
    {
        // Packed values have as many as they are asked for, when there are bytes enough.
        bool fits = field.ExpectedCount is not { } expected
            || (stored.StorageType.BitWidth() <= 8 && stored.StorageType != ElementType.Int8
                ? (ulong)_file.Payloads.LengthOf(stored.Data) * 8 / (ulong)stored.StorageType.BitWidth() >= expected
                : (ulong)stored.ElementCount == expected);
        if (!fits)
        {
            _findings.Add(ValidationRule.WeightCount, Location(field.Name), $"there are {stored.ElementCount} values; [{string.Join(", ", field.Claim)}] asks for {field.ExpectedCount}.");
        }
    }

    private void CheckScales(WeightField field, StoredWeight stored)
    {
        if (stored.Encoding != WeightEncoding.Linear || _layer.Forms == WeightForms.Unknown)
        {
            return;
        }

        // Biases and constants of three dimensions have channels as well.
        long channels = field.ChannelAxis is not null ? field.ChannelCount
            : (_layer.Message.LayerCase is LayerCase.Bias or LayerCase.Scale or LayerCase.LoadConstant) && field.Claim.Count == 3 ? (long)System.Math.Min(field.Claim[0], int.MaxValue)
            : 1;
        long scales = _file.Payloads.LengthOf(field.Params.Quantization.LinearQuantization.Scale) / sizeof(float);
        if (scales != 1 && scales != channels && _layer.Message.LayerCase != LayerCase.Activation)
        {
            _findings.Add(ValidationRule.ScaleCount, Location(field.Name), $"there are {scales} scales; the layer takes {(channels > 1 ? $"1 or {channels}" : "1")}.");
        }
    }

    private string Location(string field) => new Place(_stage.Name, string.Empty).Of("layer", _layer.Path) + $" field '{field}'";

    private static bool IsQuantized(StoredWeight? stored) => stored is not null && stored.Encoding != WeightEncoding.Plain;
}
