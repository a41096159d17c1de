namespace CoreMLQuant.Models;

/// <summary>How a weight's values are written down.</summary>
public enum WeightEncoding
{
    /// <summary>As they are, in the element type.</summary>
    Plain,

    /// <summary>In FP16, widened to the element type when the model is loaded (constexpr_cast).</summary>
    Cast,

    /// <summary>Integers with scale and offset, one of each per tensor, channel or block.</summary>
    Linear,

    /// <summary>Indices into a lookup table.</summary>
    Palettized,

    /// <summary>A mask and the non-zero values.</summary>
    Sparse,

    /// <summary>Several of these nested.</summary>
    Joint,

    /// <summary>Not at all: a value is missing, or is stored in a way that is not known. The model is broken.</summary>
    Broken,
}
