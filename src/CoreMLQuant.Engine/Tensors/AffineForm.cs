namespace CoreMLQuant.Tensors;

/// <summary>How a NeuralNetwork's integers lie over the range of the values; <c>w = scale * q + bias</c>.</summary>
internal enum AffineForm
{
    /// <summary>From the smallest value to the largest: unsigned, the bias is the smallest value.</summary>
    Range,

    /// <summary>Zero in the middle of unsigned integers: the bias is minus half of their number times the scale.</summary>
    Centred,

    /// <summary>Signed integers around zero, no bias, as many below it as above.</summary>
    Signed,
}
