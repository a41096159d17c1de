using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>A use of a weight, directly or behind operations that give its values in another layout.</summary>
/// <param name="Use">The use.</param>
/// <param name="Shape">The weight's dimensions there.</param>
/// <param name="Layouts">The operations between, from the weight on.</param>
internal sealed record ReachedUse(ValueUse Use, IReadOnlyList<long> Shape, IReadOnlyList<StoredLayout> Layouts)
{
    /// <summary>The operation.</summary>
    public OperationNode Consumer => Use.Consumer;

    /// <summary>Whether indices say which of its vectors are read: as a table, such as one of embeddings.</summary>
    public bool IsLookup => Use is { Parameter: "x", Consumer.Type: "gather" or "gather_nd" or "gather_along_axis" };

    /// <summary>How the weight is multiplied, told of the layout that it is stored in; <see langword="null"/> where its inputs do not lie over axes there.</summary>
    /// <param name="consumed">How it is multiplied here.</param>
    public ConsumedWeight? AsStored(ConsumedWeight consumed) => Layouts.Reverse().Aggregate((ConsumedWeight?)consumed, (behind, layout) => behind is null ? null : layout.Before(behind));
}
