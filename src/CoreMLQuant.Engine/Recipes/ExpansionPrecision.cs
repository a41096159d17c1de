namespace CoreMLQuant.Recipes;

/// <summary>Type that compressed weights are expanded to.</summary>
public enum ExpansionPrecision
{
    /// <summary>The type that the operation uses now.</summary>
    Source,

    /// <summary>FP16.</summary>
    Float16,

    /// <summary>FP32.</summary>
    Float32,
}
