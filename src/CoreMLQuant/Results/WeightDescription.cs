using System.Collections.Generic;
using CoreMLQuant.Formatting;
using CoreMLQuant.Models;

namespace CoreMLQuant.Results;

/// <summary>A weight of a model as Get-CoreMLWeight returns it: text and numbers, which can be sorted, filtered and exported.</summary>
public abstract record WeightDescription
{
    private protected WeightDescription(WeightSite site)
    {
        Name = site.Name;
        ModelPath = site.ModelPath;
        Stage = site.Stage;
        Function = site.Function;
        OpType = site.OpType;
        OpName = site.OpName;
        Consumers = DescribedList<string>.Of(site.Consumers);
        Shape = DescribedList<long>.Of(site.Shape);
        ElementType = site.ElementType.ToString();
        Encoding = site.EncodingName;
        StorageType = site.StorageType.ToString();
        Granularity = site.EncodingDetails?.Granularity?.ToString();
        BlockShape = DescribedList<long>.Of(site.EncodingDetails?.BlockShape ?? []);
        LookupTableSize = site.EncodingDetails?.LookupTableSize ?? 0;
        LookupTableCount = site.EncodingDetails?.LookupTableCount ?? 0;
        VectorSize = site.EncodingDetails?.VectorSize ?? 0;
        Sparsity = site.EncodingDetails?.Sparsity;
        ElementCount = site.ElementCount;
        Size = site.ByteCount;
        BitsPerWeight = site.BitsPerWeight;
        File = site.File;
        Offset = site.Offset;
    }

    /// <inheritdoc cref="WeightSite.Name"/>
    public string Name { get; }

    /// <inheritdoc cref="WeightSite.ModelPath"/>
    public string ModelPath { get; }

    /// <inheritdoc cref="WeightSite.Stage"/>
    public string Stage { get; }

    /// <inheritdoc cref="WeightSite.Function"/>
    public string Function { get; }

    /// <inheritdoc cref="WeightSite.OpType"/>
    public string OpType { get; }

    /// <inheritdoc cref="WeightSite.OpName"/>
    public string OpName { get; }

    /// <inheritdoc cref="WeightSite.Consumers"/>
    public IReadOnlyList<string> Consumers { get; }

    /// <inheritdoc cref="WeightSite.Shape"/>
    public IReadOnlyList<long> Shape { get; }

    /// <inheritdoc cref="WeightSite.ElementType"/>
    public string ElementType { get; }

    /// <inheritdoc cref="WeightSite.EncodingName"/>
    public string Encoding { get; }

    /// <inheritdoc cref="WeightSite.StorageType"/>
    public string StorageType { get; }

    /// <inheritdoc cref="EncodingDetails.Granularity"/>
    public string? Granularity { get; }

    /// <inheritdoc cref="EncodingDetails.BlockShape"/>
    public IReadOnlyList<long> BlockShape { get; }

    /// <inheritdoc cref="EncodingDetails.LookupTableSize"/>
    public int LookupTableSize { get; }

    /// <inheritdoc cref="EncodingDetails.LookupTableCount"/>
    public long LookupTableCount { get; }

    /// <inheritdoc cref="EncodingDetails.VectorSize"/>
    public int VectorSize { get; }

    /// <inheritdoc cref="EncodingDetails.Sparsity"/>
    public double? Sparsity { get; }

    /// <inheritdoc cref="WeightSite.ElementCount"/>
    public long ElementCount { get; }

    /// <summary>Bytes of data, lookup tables, scales and masks included, alignment not.</summary>
    public long Size { get; }

    /// <inheritdoc cref="WeightSite.BitsPerWeight"/>
    public double BitsPerWeight { get; }

    /// <inheritdoc cref="WeightSite.File"/>
    public string File { get; }

    /// <inheritdoc cref="WeightSite.Offset"/>
    public long Offset { get; }

    /// <summary>Name and shape.</summary>
    public sealed override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
