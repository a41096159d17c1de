using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Formatting;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Tensors;
using CoreMLQuant.WeightBlobs;

namespace CoreMLQuant.Mil.Float16;

/// <summary>
/// Largest magnitudes of a program's FP32 constants: whether FP16 can hold them. The big ones are read in the
/// background from the start, data shared by several constants once.
/// </summary>
internal sealed class ConstantRanges : IDisposable
{
    // Below this, FP16 has fewer than eleven bits left, and a scale multiplies every value of its channel.
    private const float SmallestNormalFloat16 = 6.103515625e-5f;

    private readonly TensorCatalog _tensors;
    private readonly Dictionary<BlobPlace, BlobScan> _blobScans = [];
    private readonly ParallelWork<BlobScan> _work;

    private ConstantRanges(TensorCatalog tensors, IReadOnlyList<ProgramGraph> graphs, CancellationToken cancellationToken)
    {
        _tensors = tensors;
        foreach (OperationNode operation in graphs.SelectMany(graph => graph.Operations).Where(operation => operation.IsConst && operation.Outputs.Count > 0))
        {
            if (operation.ConstValue is { ValueCase: Value.ValueOneofCase.BlobFileValue } value
                && MilTypes.IsFloat32(value.Type)
                && tensors.Find(value, operation.Outputs[0].Name) is { File: { } file, Data: { } data } tensor
                && !_blobScans.ContainsKey(new BlobPlace(file, tensor.RecordOffset)))
            {
                _blobScans.Add(new BlobPlace(file, tensor.RecordOffset), new BlobScan(data));
            }
        }

        _work = ParallelWork<BlobScan>.Start(_blobScans.Values.ToArray(), 0, (scan, stop) => scan.Run(stop), cancellationToken);
    }

    /// <summary>Starts reading the big constants of a program.</summary>
    public static ConstantRanges StartScan(TensorCatalog tensors, IReadOnlyList<ProgramGraph> graphs, CancellationToken cancellationToken) =>
        new(tensors, graphs, cancellationToken);

    /// <summary>Helps with the reading until all is read. To be called before any question is asked.</summary>
    public void Join() => _work.Join();

    /// <summary>Stops reading.</summary>
    public void Dispose() => _work.Dispose();

    /// <summary>Why an FP32 input's constant cannot be FP16; <see langword="null"/> when it can, or is no constant.</summary>
    public string? WhyNotFloat16(ValueUse input)
    {
        if (input.Value is null)
        {
            return WhyNot(input.Binding.Value, input.Parameter, input);
        }

        return input.Value.Maker switch
        {
            { IsConst: true } or { IsConstexpr: true } when BrokenWeight.Why(input.Value.Maker) is { } broken => $"'{input.Value.Name}' {broken}",
            { IsConst: true, ConstValue: { } value } => WhyNot(value, input.Value.Name, input),
            { IsConstexpr: true } maker => MilWeights.Nest(maker).Select(WhyNotCompressed).FirstOrDefault(why => why is not null),
            _ => null,
        };
    }

    /// <summary>
    /// Why a constant whose users go on in FP32 cannot be stored in FP16. Unlike an operation that computes in FP16,
    /// those would notice when a sentinel is saturated, so sentinels count as well.
    /// </summary>
    public string? WhyNotStored(Value value, ValueNode constant) => constant.Uses.Select(use => WhyNot(value, constant.Name, use)).FirstOrDefault(why => why is not null)
        ?? (Scan(value, constant.Name) is { HasSentinel: true } ? $"'{constant.Name}' contains finite values beyond FP16's limit of 65504" : null);

    private string? WhyNot(Value? value, string name, ValueUse? use = null)
    {
        if (value is null || !MilTypes.IsFloat32(value.Type))
        {
            return null;
        }

        return Scan(value, name) switch
        {
            null => $"'{name}' has no readable data",
            { OverflowsFloat16: true } scan => $"'{name}' contains {scan.MaxMagnitude.ToString("G6", CultureInfo.InvariantCulture)}, beyond FP16's limit of 65504",
            { } scan => Underflow(value, name, use, scan),
        };
    }

    // What stands for a small constant's values is never 0 (ConstantConverter), so that these are as in coremltools.
    private string? Underflow(Value value, string name, ValueUse? use, MagnitudeScan scan)
    {
        if (_tensors.Find(value, name) is not { Data: { } data, ElementCount: >= ConstantConverter.KeepNonZeroBelow } tensor)
        {
            return null;
        }

        var values = new StoredValues(data, ElementType.Float32, tensor.ElementCount);
        if (use is { } input && PrecisionRules.Divides(input.Consumer.Type, input.Parameter) && Float16Underflow.FindWiped(values, default) is { } wiped)
        {
            return $"'{name}' contains {wiped.ToString("G6", CultureInfo.InvariantCulture)}, which becomes 0 in FP16";
        }

        return !scan.HasSentinel && Float16Underflow.MayMatter(scan.MaxMagnitude, tensor.ElementCount) && Float16Underflow.FindLoss(values, default) is { } snr
            ? $"'{name}' has a signal-to-noise ratio of {Figures.Decibels(snr)} in FP16, because its values are too small"
            : null;
    }

    private string? WhyNotCompressed(OperationNode operation)
    {
        string name = operation.Outputs.FirstOrDefault()?.Name ?? string.Empty;
        foreach (string parameter in new[] { "lut", "nonzero_data", "source_val", "data" })
        {
            if (WhyNot(operation.Parameter(parameter), name) is { } why)
            {
                return why;
            }
        }

        if (operation.Parameter("scale") is not { } scale || !MilTypes.IsFloat32(scale.Type) || Scan(scale, name) is not { } range)
        {
            return null;
        }

        // Integers of up to 8 bits are at most 255 steps from their offset.
        return range.MaxMagnitude * 255 > HalfConversion.MaxValue ? $"the scale of '{name}' may exceed FP16's limit of 65504"
            : SmallestMagnitude(scale, name) < SmallestNormalFloat16 ? $"the scale of '{name}' is too small for FP16"
            : null;
    }

    private MagnitudeScan? Scan(Value value, string location)
    {
        if (_tensors.Find(value, location) is not { ElementType: ElementType.Float32, Data: { } data } tensor)
        {
            return null;
        }

        return tensor.File is not null && _blobScans.TryGetValue(new BlobPlace(tensor.File, tensor.RecordOffset), out BlobScan? scan)
            ? scan.Result
            : Scan(data);
    }

    /// <summary>Smallest magnitude that is not zero. For scales, which are few.</summary>
    private float SmallestMagnitude(Value value, string location)
    {
        byte[] bytes = _tensors.Find(value, location)!.Data!.ToArray();
        float smallest = float.PositiveInfinity;
        foreach (float scale in MemoryMarshal.Cast<byte, float>(bytes))
        {
            smallest = scale != 0 ? Math.Min(smallest, Math.Abs(scale)) : smallest;
        }

        return smallest;
    }

    private static MagnitudeScan Scan(WeightData data, CancellationToken cancellationToken = default)
    {
        var scan = new MagnitudeScan();
        var values = new StoredValues(data, ElementType.Float32, data.Length / sizeof(float));
        ValueTiles.Visit(values, (_, tile) => scan.Add(tile), cancellationToken);
        return scan;
    }

    /// <summary>One blob's scan; written by one worker, read after joining.</summary>
    private sealed class BlobScan(WeightData data)
    {
        public MagnitudeScan Result { get; private set; } = new();

        public void Run(CancellationToken cancellationToken) => Result = Scan(data, cancellationToken);
    }

    private sealed record BlobPlace(BlobFile File, long Offset);
}
