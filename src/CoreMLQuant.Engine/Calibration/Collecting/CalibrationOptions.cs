using System.Collections.Generic;
using System.IO;
using CoreMLQuant.Calibration.Files;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>What is collected, and from which samples.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Most samples that are used; <see langword="null"/> for all.</summary>
    public int? Count { get; init; }

    /// <summary>Which samples are used where there are more: the same seed chooses the same.</summary>
    public int Seed { get; init; }

    /// <summary>Whether products of inputs with each other are summed: the Gram matrices that error compensation goes by.</summary>
    public bool WithGram { get; init; }

    /// <summary>Whether errors are compensated where there is a Gram matrix; a file can hold some, and the error of a layer be measured by one, without that.</summary>
    public bool Compensates { get; init; } = true;

    /// <summary>Values whose ranges are wanted, by the model's own names.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>File that statistics are read from when it is there, and written to; <see langword="null"/> for none.</summary>
    public string? StatisticsPath { get; init; }

    /// <summary>Where Gram matrices are while others are summed, if all together are more than memory is for; nothing is left there.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>Bytes of Gram matrices that are in memory at a time, and most that one may have.</summary>
    internal long MaxHeldGramBytes { get; init; } = GramMemory.UsualHeldBytes;

    /// <summary>Elements of values that a model gives at a time: they are in memory twice, as the runtime's and as arrays.</summary>
    internal long MaxTappedElements { get; init; } = 48L << 20;

    /// <summary>Bytes of vectors that wait in a file for Gram matrices that are not in memory, before these are read and get them.</summary>
    internal long MaxWaitingBytes { get; init; } = 2L << 30;

    /// <summary>Whether the file is only read: nothing is written when a conversion is only planned.</summary>
    public bool IsReadOnly { get; init; }
}
