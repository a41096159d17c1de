namespace CoreMLQuant.Running;

/// <summary>What becomes of an image whose size is not the feature's.</summary>
public enum ImageResize
{
    /// <summary>It is refused.</summary>
    None,

    /// <summary>It is scaled to the size, whatever becomes of its proportions.</summary>
    Stretch,

    /// <summary>It is scaled until all of it fits; the rest of the frame is black.</summary>
    Fit,

    /// <summary>It is scaled until it fills the frame, and what stands out is cut off evenly at both sides.</summary>
    Crop,
}
