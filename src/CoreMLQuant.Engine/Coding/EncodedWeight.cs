using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Collections;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Pruning;

namespace CoreMLQuant.Coding;

/// <summary>
/// One weight on its way into the output: the parts that it is written as, which may stand in different places and be
/// written in any order, share what was found out by looking at the whole weight.
/// </summary>
internal sealed class EncodedWeight : IMeasuredPart
{
    // A weight this small is read once and kept for both looks; output of this size is gathered with its neighbours anyway.
    private const long ResidentElements = 1 << 20;

    private readonly TensorCoder? _coder;
    private readonly Pruner? _pruner;
    private readonly bool _isSparse;
    private readonly object _gate = new();
    private readonly List<ErrorMeter> _meters = [];
    private readonly EncodingRecord? _record;
    private bool _isPrepared;
    private int _unwritten;

    private EncodedWeight(TensorValues values, long sourceLength, TensorCoder? coder, Pruner? pruner, bool isSparse = false)
    {
        _isSparse = isSparse;
        Values = values;
        SourceLength = sourceLength;
        _coder = coder;
        _pruner = pruner;
        Compensates = coder is { Compensates: true } || pruner is CompensatedPruner;
    }

    private EncodedWeight(EncodedWeight planned, EncodingRecord record)
    {
        _record = record;
        _isPrepared = true;
        Values = planned.Values;
        SourceLength = planned.SourceLength;
        Compensates = planned.Compensates;
        (Shifts, LayerError, Remark) = (record.Shifts, record.LayerError, record.Remark);
        Parts = planned.Parts.Zip(record.Parts, (part, data) => part with { Data = new CopiedPart(data) }).ToArray();
    }

    /// <summary>The parts: the codes, or mask and codes, then the tables that decode them.</summary>
    public IReadOnlyList<EncodedPart> Parts { get; private set; } = [];

    /// <summary>The weight as it is.</summary>
    public TensorValues Values { get; }

    /// <summary>Bytes that it takes today.</summary>
    public long SourceLength { get; }

    public WeightError Error => _record?.Error ?? ErrorMeter.Total(_meters.ToArray());

    /// <summary>Whether values make good the errors of others, those of pruning or of coding.</summary>
    public bool Compensates { get; }

    /// <summary>What is known of the inputs of its layer; <see langword="null"/> when nothing is.</summary>
    public WeightLayer? Layer { get; set; }

    /// <summary>How much each output channel has to be raised so that its mean stays, as far as its error is mean; <see langword="null"/> when that is not known. After preparing.</summary>
    public double[]? Shifts { get; private set; }

    public LayerError? LayerError { get; private set; }

    public string Remark { get; private set; } = string.Empty;

    /// <summary>Bytes of all parts.</summary>
    public long Length => Parts.Sum(part => part.Data.Length);

    /// <summary>Whether its codes can be computed range by range, in any order, before the whole weight has been looked at.</summary>
    public bool EncodesOnDemand => _coder is { EncodesOnDemand: true } && _pruner is null && Layer is null && !_isSparse;

    /// <summary>Plans a weight whose every value gets a code.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="sourceLength">Bytes that it takes today, for progress.</param>
    /// <param name="coder">Makes the codes.</param>
    /// <param name="order">How codes of less than a byte are packed.</param>
    public static EncodedWeight Dense(TensorValues values, long sourceLength, TensorCoder coder, BitOrder order = BitOrder.LowestFirst)
    {
        var weight = new EncodedWeight(values, sourceLength, coder, null);
        weight.SetParts([new EncodedPart("data", coder.CodeType, coder.CodeShape, new CodesPart(weight, coder, order))]);
        return weight;
    }

    /// <summary>Plans a weight of which only the values other than zero are stored, and a mask that tells where they are.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="sourceLength">Bytes that it takes today, for progress.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="elementType">FP32 or FP16, as which values without a coder are stored.</param>
    /// <param name="pruner">Makes zeros; <see langword="null"/> when those that are there are all.</param>
    /// <param name="coder">Makes codes of the other values; <see langword="null"/> to store them as they are.</param>
    /// <param name="nonZeroCount">Number of values that are not zero after pruning.</param>
    public static EncodedWeight Sparse(
        TensorValues values,
        long sourceLength,
        IReadOnlyList<long> shape,
        ElementType elementType,
        Pruner? pruner,
        ScalarCoder? coder,
        long nonZeroCount)
    {
        var weight = new EncodedWeight(values, sourceLength, coder, pruner, isSparse: true);
        var nonZero = new NonZeroPart(weight, coder, elementType, nonZeroCount);
        weight.SetParts(
        [
            new EncodedPart("mask", ElementType.UInt1, shape, new MaskPart(weight, values.Count, storesFirst: nonZeroCount == 0)),
            new EncodedPart("nonzero_data", nonZero.Type, [nonZero.StoredCount], nonZero),
        ]);
        return weight;
    }

    /// <summary>Plans a weight that is pruned and stored with its zeros.</summary>
    /// <param name="values">The weight.</param>
    /// <param name="sourceLength">Bytes that it takes today, for progress.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="elementType">FP32 or FP16, as which it is stored.</param>
    /// <param name="pruner">Makes zeros.</param>
    public static EncodedWeight WithZeros(TensorValues values, long sourceLength, IReadOnlyList<long> shape, ElementType elementType, Pruner pruner)
    {
        var weight = new EncodedWeight(values, sourceLength, null, pruner);
        weight.SetParts([new EncodedPart("data", elementType, shape, new PrunedPart(weight, elementType, values.Count))]);
        return weight;
    }

    /// <summary>The same weight, of which nothing is computed any more.</summary>
    /// <param name="record">What was computed; it fits.</param>
    public EncodedWeight As(EncodingRecord record) => new(this, record);

    /// <summary>Sets the pruned values of a range to zero.</summary>
    public void Prune(long start, Span<float> values) => _pruner?.Apply(start, values);

    /// <summary>Looks at the whole weight, unless that has happened.</summary>
    /// <param name="resident">The weight in memory, where the caller has it.</param>
    /// <param name="cancellationToken">Stops between tiles.</param>
    public void EnsurePrepared(TensorValues? resident, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isPrepared)
            {
                return;
            }

            // Of what was encoded on demand, nothing is left to read.
            if (resident is null && Values.Count <= ResidentElements && !EncodesOnDemand)
            {
                using var loaded = ResidentValues.Load(Values);
                Prepare(loaded, cancellationToken);
            }
            else
            {
                Prepare(resident ?? Values, cancellationToken);
            }

            _isPrepared = true;
        }
    }

    /// <summary>A meter for one job; meters are added up in the order in which they were asked for, which is that of the values.</summary>
    public ErrorMeter NewMeter()
    {
        var meter = new ErrorMeter();
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Notes that one of the parts will be written in one more place.</summary>
    public void AddPlace() => _unwritten++;

    /// <summary>Notes that a part has been written; after the last one, what was prepared is let go.</summary>
    public void Finish()
    {
        if (Interlocked.Decrement(ref _unwritten) == 0)
        {
            Release();
        }
    }

    /// <summary>Encodes without writing, to know what the encoding would cost. Leaves nothing prepared.</summary>
    public WeightError Measure(CancellationToken cancellationToken)
    {
        EnsurePrepared(null, cancellationToken);
        var meter = new ErrorMeter();
        foreach (IMeasuringPart part in Parts.Select(part => part.Data).OfType<IMeasuringPart>())
        {
            part.Measure(meter, cancellationToken);
        }

        Release();
        return ErrorMeter.Total([meter]);
    }

    private void Release()
    {
        lock (_gate)
        {
            _coder?.Release();
            _pruner?.Release();
            _isPrepared = _record is not null;
        }
    }

    private void Prepare(TensorValues values, CancellationToken cancellationToken)
    {
        _pruner?.Prepare(values, cancellationToken);
        _coder?.Prepare(Pruned(values), cancellationToken);
        Remark = (_coder is ChosenCoder choice ? choice.Chosen : _coder) is ICompensating quantized ? CompensationRemarks.Of(quantized.Outcome, "rounded to nearest")
            : _pruner is CompensatedPruner pruned ? CompensationRemarks.Of(pruned.Outcome, "pruned by magnitude alone")
            : string.Empty;
        if (Layer is not null)
        {
            MeasureLayer(Layer, values, cancellationToken);
        }
    }

    private void MeasureLayer(WeightLayer layer, TensorValues values, CancellationToken cancellationToken)
    {
        float[] source = new float[checked((int)values.Count)], stored = new float[source.Length];
        values.Read(0, source);
        for (int start = 0; start < stored.Length; start += ValueTiles.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Decode(values, start, stored.AsSpan(start, Math.Min(ValueTiles.Length, stored.Length - start)));
        }

        LayerDifference difference = layer.Measure(source, stored, cancellationToken);
        Shifts = difference.Shifts;
        LayerError = difference.Error;
        DroppedArrays.Add(2 * sizeof(float) * values.Count);
    }

    /// <summary>The values as they are written.</summary>
    private void Decode(TensorValues values, long start, Span<float> decoded)
    {
        TensorValues pruned = Pruned(values);
        if (_coder is null)
        {
            pruned.Read(start, decoded);
            return;
        }

        _coder.Decode(pruned, start, decoded);
        if (_isSparse)
        {
            float[] kept = new float[decoded.Length];
            pruned.Read(start, kept);
            SparseKernel.ClearZeros(kept, decoded);
        }
    }

    private TensorValues Pruned(TensorValues values) => _pruner is null ? values : new PrunedValues(values, _pruner);

    private void SetParts(IEnumerable<EncodedPart> codes)
    {
        IEnumerable<EncodedPart> tables = _coder?.Tables.Select((table, index) =>
            new EncodedPart(table.Name, table.Type, table.Shape, new TablePart(this, _coder, index))) ?? [];
        Parts = codes.Concat(tables).ToArray();
    }
}
