namespace CoreMLQuant.Onnx.Graphs;

/// <summary>Which places of an axis of <c>n</c> elements a resize to <c>m</c> looks at, for <c>i</c> from 0 to <c>m - 1</c>.</summary>
internal enum SamplingMode
{
    /// <summary>i * n / m.</summary>
    Asymmetric,

    /// <summary>i * (n - 1) / (m - 1); 0 when m is 1.</summary>
    StrictAlignCorners,

    /// <summary>i * (n - 1) / (m - 1); the middle when m is 1.</summary>
    AlignCorners,

    /// <summary>(i + 1/2) * max(1, n - 1) / m.</summary>
    OffsetCorners,

    /// <summary>(i + 1/2) * n / m - 1/2.</summary>
    HalfPixel,
}
