using System;
using CoreMLQuant.Tensors;
using CoreMLQuant.Tensors.Decoding;

namespace CoreMLQuant.Coding;

/// <summary>
/// How much an error of each integer of a quantized weight counts where one lookup table serves integers of different scales: that of its value, times the square of its scale.
/// </summary>
/// <remarks>As whole numbers from 1 to those of the values.</remarks>
internal sealed class IntegerImportance : TensorValues
{
    private readonly InputImportance _values;
    private readonly BlockGrid _grid;
    private readonly double[] _factors;

    /// <summary>Weighs.</summary>
    /// <param name="values">How much an error of each value counts.</param>
    /// <param name="linear">The quantized weight.</param>
    public IntegerImportance(InputImportance values, LinearValues linear)
    {
        _values = values;
        _grid = linear.Grid;
        float[] scales = new float[_grid.BlockCount];
        linear.Scale.Read(0, scales);
        double most = 0;
        foreach (float scale in scales)
        {
            most = Math.Max(most, Math.Abs(scale));
        }

        _factors = Array.ConvertAll(scales, scale => most > 0 ? scale / most * (scale / most) : 1);
    }

    public override long Count => _values.Count;

    public override void Read(long start, Span<float> destination)
    {
        _values.Read(start, destination);
        foreach ((int offset, int length, long block) in _grid.Runs(start, destination.Length))
        {
            foreach (ref float importance in destination.Slice(offset, length))
            {
                importance = (float)Math.Max(1, Math.Round(importance * _factors[block]));
            }
        }
    }
}
