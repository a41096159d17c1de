using System;
using CoreMLQuant.Files;
using CoreMLQuant.Tensors.Statistics;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Sums over the vectors that weights are multiplied with. Their products can be parked in a file while others are summed.</summary>
/// <param name="key">What makes weights have the same inputs.</param>
/// <param name="sums">The sums.</param>
/// <param name="gramReason">Why products are not summed although they were asked for; empty otherwise.</param>
/// <param name="samplesDone">Samples that are in the sums.</param>
/// <param name="parked">The products, where they are in a file already.</param>
internal sealed class InputSums(string key, VectorSums sums, string gramReason, int samplesDone = 0, ParkedNumbers? parked = null)
{
    private WaitingTiles? _waiting;

    /// <summary>What makes weights have the same inputs.</summary>
    public string Key => key;

    /// <summary>The sums.</summary>
    public VectorSums Sums => sums;

    /// <summary>Why products are not summed although they were asked for; empty otherwise.</summary>
    public string GramReason => gramReason;

    /// <summary>Bytes of the products; 0 when they are not summed.</summary>
    public long ProductBytes => sums.HasProducts ? (long)sums.ProductCount * sizeof(double) : 0;

    /// <summary>Whether vectors wait for their products to be added.</summary>
    public bool IsWaiting => _waiting is { IsEmpty: false };

    /// <summary>Samples that are in the sums, or wait.</summary>
    public int SamplesDone { get; set; } = samplesDone;

    /// <summary>The products in a file; <see langword="null"/> when they have not been parked. Those in memory are newer.</summary>
    public ParkedNumbers? Parked { get; private set; } = parked;

    /// <summary>The products, from where they are; <see langword="null"/> when they are not summed.</summary>
    public double[]? ReadProducts() => !sums.HasProducts ? null : sums.Products ?? Parked?.Read() ?? new double[sums.ProductCount];

    /// <summary>Has the products in a file and not in memory.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void Park(ScratchFile file)
    {
        if (sums.Products is { } products)
        {
            Park(file, products);
            sums.Products = null;
        }
    }

    /// <summary>Has the products in memory, for more to be added.</summary>
    public void Unpark() => sums.Products ??= Parked?.Read();

    /// <summary>Has the vectors of the samples that follow wait for <see cref="AddWaiting"/>; the products are not in memory.</summary>
    /// <param name="file">Where they wait; <see langword="null"/> for none that wait any more.</param>
    public void Wait(ScratchFile? file) => sums.Waiting = _waiting = file is null ? null : new WaitingTiles(file);

    /// <summary>Adds the products of all vectors that wait. They are in a file before and after.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">Holds the products meanwhile.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public void AddWaiting(ScratchFile file, double[] buffer)
    {
        Span<double> products = buffer.AsSpan(0, sums.ProductCount);
        if (Parked is null)
        {
            products.Clear();
        }
        else
        {
            Parked.Read(products);
        }

        _waiting?.AddTo(sums, products);
        Park(file, products);
    }

    private void Park(ScratchFile file, ReadOnlySpan<double> products)
    {
        if (Parked is null)
        {
            Parked = new ParkedNumbers(file, products);
        }
        else
        {
            Parked.Write(products);
        }
    }
}
