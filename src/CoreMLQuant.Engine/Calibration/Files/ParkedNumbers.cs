using System;
using CoreMLQuant.Collections;
using CoreMLQuant.Files;

namespace CoreMLQuant.Calibration.Files;

/// <summary>Numbers that are in a scratch file, because those of all layers together are more than memory is for.</summary>
internal sealed class ParkedNumbers
{
    private readonly ScratchFile _file;
    private readonly long _at;

    /// <summary>Writes numbers to a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="numbers">The numbers.</param>
    /// <exception cref="System.IO.IOException">There is no room.</exception>
    public ParkedNumbers(ScratchFile file, ReadOnlySpan<double> numbers)
    {
        _file = file;
        _at = file.Append(numbers);
        Count = numbers.Length;
    }

    /// <summary>The file that they are in.</summary>
    public ScratchFile File => _file;

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Replaces them by as many others.</summary>
    public void Write(ReadOnlySpan<double> numbers) => _file.Write(_at, numbers.Slice(0, Count));

    /// <summary>Reads them.</summary>
    public double[] Read()
    {
        // One after the other is read and dropped, so the one before is garbage by now.
        DroppedArrays.Add((long)Count * sizeof(double));
        double[] numbers = new double[Count];
        Read(numbers);
        return numbers;
    }

    /// <summary>Reads them.</summary>
    /// <param name="numbers">Takes as many.</param>
    public void Read(Span<double> numbers) => _file.Read(_at, numbers.Slice(0, Count));
}
