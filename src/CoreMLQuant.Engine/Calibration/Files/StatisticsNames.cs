namespace CoreMLQuant.Calibration.Files;

/// <summary>Names of arrays in a statistics file.</summary>
internal static class StatisticsNames
{
    /// <summary>Version of the format.</summary>
    public const string Format = "format";

    /// <summary>Digest of the model.</summary>
    public const string Model = "model";

    /// <summary>Names of the samples.</summary>
    public const string Samples = "samples";

    /// <summary>How images were given the size of their input.</summary>
    public const string Resize = "resize";

    /// <summary>Digest of the samples' values.</summary>
    public const string Contents = "contents";

    /// <summary>Digest of all other arrays.</summary>
    public const string Digest = "digest";

    /// <summary>Names of values that the running model does not give.</summary>
    public const string UnseenValues = "values.unseen";

    /// <summary>Products of the inputs of a weight, behind the prefix of the inputs.</summary>
    public const string Products = "products";

    /// <summary>What a weight is used for beside its inputs, behind the prefix of the weight; only where it is.</summary>
    public const string OtherUses = "otherUses";
}
