namespace CoreMLQuant.Files;

/// <summary>A part that wants to know in how many places of the output it will be written, to let go of what it holds after the last.</summary>
internal interface IPlacedPart
{
    /// <summary>It will be written in one more place.</summary>
    void Place();
}
