namespace CoreMLQuant.Recipes;

/// <summary>How the range of the integers is laid over the range of the values.</summary>
public enum QuantizationMode
{
    /// <summary>Zero in the middle, no offset: <c>w = scale * q</c>.</summary>
    Symmetric,

    /// <summary>From the smallest value to the largest, with an offset: <c>w = scale * (q - offset)</c>.</summary>
    Affine,
}
