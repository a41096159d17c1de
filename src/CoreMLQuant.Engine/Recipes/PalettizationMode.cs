namespace CoreMLQuant.Recipes;

/// <summary>How the entries of a lookup table are found.</summary>
public enum PalettizationMode
{
    /// <summary>With the least squared error: exact for single values, seeded k-means++ for vectors.</summary>
    KMeans,

    /// <summary>At even distances from the smallest value to the largest.</summary>
    Uniform,

    /// <summary>The values themselves, where there are at most 256; exact.</summary>
    Unique,

    /// <summary>By a function of the caller's.</summary>
    Custom,
}
