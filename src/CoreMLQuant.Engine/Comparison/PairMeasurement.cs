using System;
using System.Buffers;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Comparison;

/// <summary>
/// Measures one pair of weights in jobs at fixed places, which may be done in any order; they are added up in theirs. What is held is
/// the sums of the jobs that wait for one before them.
/// </summary>
internal sealed class PairMeasurement
{
    private const long JobElements = 1 << 20;

    private readonly WeightPair _pair;
    private readonly TensorValues _reference;
    private readonly TensorValues _difference;
    private readonly AxisLayout? _layout;
    private readonly (DifferenceMeter Total, ChannelErrors? Channels)[] _waiting;
    private readonly DifferenceMeter _total = new();
    private readonly ChannelErrors? _channels;
    private int _next;

    private PairMeasurement(WeightPair pair, TensorValues reference, TensorValues difference)
    {
        (_pair, _reference, _difference) = (pair, reference, difference);
        WeightSite site = pair.Reference.Site;
        ChannelAxis = pair.Reference.ChannelAxis() is { } axis && site.Shape[axis] is > 0 and <= ChannelErrors.MaxChannels ? axis : null;
        _layout = ChannelAxis is { } channelAxis && site.ElementCount > 0 ? AxisLayout.Of(site.Shape, channelAxis) : null;
        _channels = _layout is { } layout ? ChannelErrors.Of(layout) : null;
        JobCount = (int)((reference.Count + JobElements - 1) / JobElements);
        _waiting = new (DifferenceMeter, ChannelErrors?)[JobCount];
    }

    /// <summary>Number of jobs.</summary>
    public int JobCount { get; }

    /// <summary>Bytes that stand for one job when progress is told.</summary>
    public long JobBytes => (_pair.Reference.Site.ByteCount + _pair.Difference.Site.ByteCount) / Math.Max(1, JobCount);

    private int? ChannelAxis { get; }

    /// <summary>Prepares a pair; <see langword="null"/> when the values of one of the two cannot be decoded.</summary>
    public static PairMeasurement? Of(WeightPair pair) =>
        pair.Reference.Decode() is { } reference && pair.Difference.Decode() is { } difference && reference.Count == difference.Count
            ? new PairMeasurement(pair, reference, difference)
            : null;

    /// <summary>Does one job; from any thread.</summary>
    public void Run(int job, CancellationToken cancellationToken)
    {
        long start = job * JobElements, end = Math.Min(_reference.Count, start + JobElements);
        var total = new DifferenceMeter();
        ChannelErrors? channels = _layout is { } layout ? ChannelErrors.Of(layout, start, end - start) : null;
        int length = (int)Math.Min(ValueTiles.Length, end - start);
        float[] reference = ArrayPool<float>.Shared.Rent(length), difference = ArrayPool<float>.Shared.Rent(length);
        try
        {
            for (long at = start; at < end; at += length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int count = (int)Math.Min(length, end - at);
                _reference.Read(at, reference.AsSpan(0, count));
                _difference.Read(at, difference.AsSpan(0, count));
                if (channels is not null)
                {
                    channels.Add(total, at, reference.AsSpan(0, count), difference.AsSpan(0, count));
                }
                else
                {
                    total.Add(reference.AsSpan(0, count), difference.AsSpan(0, count));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(reference);
            ArrayPool<float>.Shared.Return(difference);
        }

        lock (_waiting)
        {
            _waiting[job] = (total, channels);
            for (; _next < JobCount && _waiting[_next].Total is not null; _next++)
            {
                _total.Add(_waiting[_next].Total);
                _channels?.Add(_waiting[_next].Channels!);
                _waiting[_next] = default;
            }
        }
    }

    /// <summary>The figures, once all jobs are done.</summary>
    public WeightComparison Result()
    {
        WeightSite site = _pair.Reference.Site, other = _pair.Difference.Site;
        DifferenceMeter total = _total;
        (int Channel, double Signal, double Noise)? worst = _channels?.Worst();
        bool isFloat16 = other.ElementType == ElementType.Float16 || other.StorageType == ElementType.Float16;
        return new WeightComparison
        {
            Name = site.Name,
            DifferenceName = other.Name,
            Stage = site.Stage,
            Function = site.Function,
            OpType = site.OpType,
            OpName = site.OpName,
            PairedBy = _pair.PairedBy.ToString(),
            Shape = site.Shape,
            ElementCount = site.ElementCount,
            ReferenceEncoding = site.EncodingName,
            DifferenceEncoding = other.EncodingName,
            ReferenceSize = site.ByteCount,
            DifferenceSize = other.ByteCount,
            SignalEnergy = total.Signal,
            NoiseEnergy = total.Noise,
            Psnr = ErrorFigures.Decibel((double)total.Peak * total.Peak * (total.Count - total.ReferenceNonFinite), total.Noise),
            MaxError = total.MaxAbsoluteError,
            Cosine = Cosine(total),
            ReferenceSparsity = Share(total.ReferenceZeros, total.Count),
            DifferenceSparsity = Share(total.DifferenceZeros, total.Count),
            ChannelAxis = ChannelAxis,
            WorstChannel = worst?.Channel,
            WorstChannelSnr = worst is { } channel ? ErrorFigures.Decibel(channel.Signal, channel.Noise) : null,
            Float16OverflowCount = isFloat16 ? total.Overflowed : 0,
            Float16UnderflowCount = isFloat16 ? total.Underflowed : 0,
            ReferenceNonFiniteCount = total.ReferenceNonFinite,
            DifferenceNonFiniteCount = total.DifferenceNonFinite,
        };
    }

    // The same values have the cosine 1, however the roots round.
    private static double? Cosine(DifferenceMeter total) =>
        total.Signal == 0 || total.Other == 0 || double.IsPositiveInfinity(total.Noise) ? null
        : total.Noise == 0 ? 1
        : Math.Max(-1, Math.Min(1, total.Dot / (Math.Sqrt(total.Signal) * Math.Sqrt(total.Other))));

    private static double Share(long part, long count) => count == 0 ? 0 : (double)part / count;
}
