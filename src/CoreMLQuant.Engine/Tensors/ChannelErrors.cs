using System;
using System.Runtime.CompilerServices;

namespace CoreMLQuant.Tensors;

/// <summary>
/// Signal and noise of each channel of two tensors, or of the channels that a range of them touches. Adds to a
/// <see cref="DifferenceMeter"/> on the way, since both need the same values.
/// </summary>
internal sealed class ChannelErrors
{
    /// <summary>Channels beyond which they are not told apart: sums of more would take more memory than tiles do, and no vocabulary has as many.</summary>
    public const long MaxChannels = 1 << 20;

    // Shorter runs of one channel are not worth a call of the vectorised kernel.
    private const int MinimumRun = 32;

    private readonly AxisLayout _layout;
    private readonly long _first;
    private readonly double[] _signal;
    private readonly double[] _noise;

    private ChannelErrors(AxisLayout layout, long first, long channels)
    {
        _layout = layout;
        _first = first;
        _signal = new double[channels];
        _noise = new double[channels];
    }

    /// <summary>All channels.</summary>
    public static ChannelErrors Of(AxisLayout layout) => new(layout, 0, layout.Length);

    /// <summary>The channels that a range of values touches.</summary>
    public static ChannelErrors Of(AxisLayout layout, long start, long count)
    {
        long first = start / layout.Inner, last = (start + count - 1) / layout.Inner;
        return first / layout.Length == last / layout.Length
            ? new ChannelErrors(layout, first % layout.Length, last - first + 1)
            : Of(layout);
    }

    /// <summary>Adds the next values of both.</summary>
    /// <param name="total">Is added to as well.</param>
    /// <param name="start">Index of the first value.</param>
    /// <param name="reference">Values of the reference.</param>
    /// <param name="difference">Values of the other.</param>
    public void Add(DifferenceMeter total, long start, ReadOnlySpan<float> reference, ReadOnlySpan<float> difference)
    {
        if (_layout.Inner < MinimumRun)
        {
            total.Add(reference, difference);
            AddEach(start, reference, difference);
            return;
        }

        for (int done = 0; done < reference.Length;)
        {
            long position = start + done;
            int run = (int)Math.Min(_layout.Inner - (position % _layout.Inner), reference.Length - done);
            (double signal, double noise) = total.Add(reference.Slice(done, run), difference.Slice(done, run));
            long channel = (position / _layout.Inner % _layout.Length) - _first;
            _signal[channel] += signal;
            _noise[channel] += noise;
            done += run;
        }
    }

    /// <summary>Adds what was seen of the values that follow.</summary>
    public void Add(ChannelErrors next)
    {
        for (int i = 0; i < next._signal.Length; i++)
        {
            _signal[next._first - _first + i] += next._signal[i];
            _noise[next._first - _first + i] += next._noise[i];
        }
    }

    /// <summary>The channel whose signal stands out least from its noise, the first of several; <see langword="null"/> when none has noise.</summary>
    public (int Channel, double Signal, double Noise)? Worst()
    {
        int worst = -1;
        for (int i = 0; i < _signal.Length; i++)
        {
            if (_noise[i] > 0 && (worst < 0 || _signal[i] / _noise[i] < _signal[worst] / _noise[worst]))
            {
                worst = i;
            }
        }

        return worst < 0 ? null : (worst, _signal[worst], _noise[worst]);
    }

    [MethodImpl(HotLoop.Optimized)]
    private void AddEach(long start, ReadOnlySpan<float> reference, ReadOnlySpan<float> difference)
    {
        double[] signals = _signal, noises = _noise;
        int inner = (int)_layout.Inner, length = (int)_layout.Length, first = (int)_first;
        int channel = (int)(start / inner % length), left = inner - (int)(start % inner);
        for (int i = 0; i < reference.Length; i++)
        {
            double value = reference[i], error = value - difference[i];
            if (Math.Abs(value) <= float.MaxValue)
            {
                signals[channel - first] += value * value;
                noises[channel - first] += Math.Abs(error) <= double.MaxValue ? error * error : double.PositiveInfinity;
            }

            if (--left == 0)
            {
                left = inner;
                channel = channel + 1 == length ? 0 : channel + 1;
            }
        }
    }
}
