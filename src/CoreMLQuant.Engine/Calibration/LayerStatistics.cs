using System;
using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Calibration;

/// <summary>
/// What the samples of a calibration were like where they met one weight. The weight is a matrix to it, or one for each group of a convolution:
/// every element belongs to an output channel and multiplies one input, an element of the vectors x that its operation is applied to (for a
/// convolution, those are the patches under the kernel).
/// </summary>
public sealed record LayerStatistics
{
    private readonly BlockGrid _grid;

    /// <summary>Describes a weight without a figure yet.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="inputCounts">
    /// Dimensions of the inputs over the weight: [1, in] for a linear weight [out, in], [in, 1] for the second factor of a matmul [in, out],
    /// [matrices, in, 1] for one of several matrices [matrices, in, out], [groups, in / groups, kernel...] for a convolution [out, in / groups, kernel...]. Each divides the weight's.
    /// </param>
    /// <param name="outputAxis">The axis of the output channels; its inputs, if more than one, are the groups.</param>
    /// <exception cref="ArgumentException">The inputs do not divide the weight.</exception>
    public LayerStatistics(WeightKey weight, IReadOnlyList<long> shape, IReadOnlyList<long> inputCounts, int outputAxis)
    {
        Weight = weight;
        _grid = new BlockGrid(shape, inputCounts);
        OutputAxis = outputAxis;
        Groups = (int)inputCounts[outputAxis];
        Columns = (int)(_grid.BlockCount / Groups);
    }

    /// <summary>The weight.</summary>
    public WeightKey Weight { get; }

    /// <summary>Dimensions of the weight.</summary>
    public IReadOnlyList<long> Shape => _grid.Shape;

    /// <summary>Dimensions of the inputs over the weight.</summary>
    public IReadOnlyList<long> InputCounts => _grid.BlockCounts;

    /// <summary>The axis of the output channels.</summary>
    public int OutputAxis { get; }

    /// <summary>Groups of a convolution, each with inputs of its own; 1 elsewhere.</summary>
    public int Groups { get; }

    /// <summary>Inputs of a group: the length of the vectors x.</summary>
    public int Columns { get; }

    /// <summary>Samples that the vectors are of; those of one sample are alike, so the fewer there are, the less the figures tell of others.</summary>
    public required int SampleCount { get; init; }

    /// <summary>Vectors that were seen.</summary>
    public required long RowCount { get; init; }

    /// <summary>E[x] of each input, in the order of <see cref="InputCounts"/>.</summary>
    public required double[] Means { get; init; }

    /// <summary>E[x²] of each input, in the order of <see cref="InputCounts"/>; more where the weight is looked up by indices as well, or multiplied along other axes (docs/CALIBRATION.md).</summary>
    public required double[] SecondMoments { get; init; }

    /// <summary>
    /// E[x xᵀ] of each group, <see cref="Groups"/> x <see cref="Columns"/> x <see cref="Columns"/>, row-major; <see langword="null"/> where it was not
    /// asked for or would be too large. Its diagonal is <see cref="SecondMoments"/>. Where a weight's groups lie on the output axis, columns are in the order of the other axes.
    /// </summary>
    public GramSource? Gram { get; init; }

    /// <summary>Why there is no <see cref="Gram"/> although it was asked for; empty otherwise.</summary>
    public string GramReason { get; init; } = string.Empty;

    /// <summary>Which input an element of the weight meets.</summary>
    internal BlockGrid InputGrid => _grid;
}
