using System.Management.Automation;
using CoreMLQuant.Recipes.Files;

namespace CoreMLQuant.Abstractions;

/// <summary>Lets a number of bytes be given as text, too: <c>'60 MB'</c>, <c>'1.5GB'</c>. What PowerShell reads as a number already stays one.</summary>
internal sealed class ByteSizeArgumentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text ? inputData
            : ByteSize.TryParse(text, out long bytes) ? bytes
            : throw new ArgumentTransformationMetadataException($"'{text}' is not a size. Specify bytes, or add KB, MB or GB to the number, such as 60MB.");
}
