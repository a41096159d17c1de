using System;
using System.Linq;
using CoreMLQuant.Calibration;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Coding;

/// <summary>
/// How much an error of each value of a weight counts: the second moment E[x²] of the input x that it multiplies, since an error e of the value is an
/// error e x of the output. Where inputs depend on each other, this is their Gram matrix without what is off the diagonal.
/// </summary>
/// <remarks>
/// As whole numbers from 1 to 2^20, which sum up exactly in any order. So an input that was always zero still counts a little, and its values get an entry nearby.
/// </remarks>
internal sealed class InputImportance : TensorValues
{
    private const int Most = 1 << 20;

    private readonly BlockGrid _inputs;
    private readonly float[] _importances;

    private InputImportance(BlockGrid inputs, float[] importances)
    {
        _inputs = inputs;
        _importances = importances;
    }

    public override long Count => _inputs.ElementCount;

    /// <summary>The importance that a calibration found; <see langword="null"/> where no input was ever other than zero, or one was not finite.</summary>
    public static InputImportance? Of(LayerStatistics statistics)
    {
        double most = statistics.SecondMoments.Max();
        return most > 0 && statistics.SecondMoments.All(moment => moment >= 0 && moment <= double.MaxValue)
            ? new InputImportance(statistics.InputGrid, Array.ConvertAll(statistics.SecondMoments, moment => (float)Math.Max(1, Math.Round(moment / most * Most))))
            : null;
    }

    public override void Read(long start, Span<float> destination)
    {
        foreach ((int offset, int length, long input) in _inputs.Runs(start, destination.Length))
        {
            destination.Slice(offset, length).Fill(_importances[(int)input]);
        }
    }
}
