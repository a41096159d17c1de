using System;
using System.Collections.Generic;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Files;

/// <summary>The arrays of a statistics file by name, while they are read.</summary>
/// <param name="scratch">Takes the products instead of memory; <see langword="null"/> when memory does.</param>
internal sealed class StatisticsReader(ScratchFile? scratch)
{
    private readonly Dictionary<string, MultiArray> _arrays = [];
    private readonly Dictionary<string, ParkedNumbers> _parked = [];
    private readonly ArraysDigest _digest = new();

    /// <summary>Takes an array. Of two with one name, the last one counts.</summary>
    public void Add(string name, MultiArray array)
    {
        if (name != StatisticsNames.Digest)
        {
            _digest.Add(name, array);
        }

        if (scratch is not null && name.EndsWith("." + StatisticsNames.Products, StringComparison.Ordinal) && array.Values is double[] products)
        {
            _parked[name] = new ParkedNumbers(scratch, products);
            DroppedArrays.Add(products.LongLength * sizeof(double));
        }
        else
        {
            _arrays[name] = array;
        }
    }

    /// <summary>Whether the arrays are those that were written, as far as the file says which.</summary>
    public bool IsWhole => !Has(StatisticsNames.Digest) || Texts(StatisticsNames.Digest)[0] == _digest.ToString();

    /// <summary>Whether there is an array.</summary>
    public bool Has(string name) => _arrays.ContainsKey(name) || _parked.ContainsKey(name);

    /// <summary>The numbers of an array that is in memory.</summary>
    public T[] Numbers<T>(string name)
        where T : struct => (T[])_arrays[name].Values;

    /// <summary>The texts of an array.</summary>
    public string[] Texts(string name) => (string[])_arrays[name].Values;

    /// <summary>The numbers of an array that is parked; <see langword="null"/> when it is in memory, or there is none.</summary>
    public ParkedNumbers? Parked(string name) => _parked.TryGetValue(name, out ParkedNumbers? parked) ? parked : null;
}
