namespace CoreMLQuant.Tensors.Clustering;

/// <summary>Some points that are looked for together, and what is found for each. For one thread.</summary>
/// <param name="rows">Values a point takes.</param>
internal sealed class VectorTile(int rows)
{
    /// <summary>Most points of a tile; any number of lanes divides it.</summary>
    public const int Length = 64;

    /// <summary>The points, by number.</summary>
    public int[] Points { get; } = new int[Length];

    /// <summary>Number of points.</summary>
    public int Count { get; private set; }

    /// <summary>First all points' first values, then all second values ...; of as many rows as was told.</summary>
    public float[] Values { get; } = new float[rows * Length];

    /// <summary>Each point's nearest centre, of equally near ones the first.</summary>
    public float[] Nearest { get; } = new float[Length];

    /// <summary>Distances, in the search's scale: the nearest centre is not farther.</summary>
    public float[] Own { get; } = new float[Length];

    /// <summary>The other centres are not nearer.</summary>
    public float[] Others { get; } = new float[Length];

    /// <summary>Adds a point.</summary>
    /// <returns>Whether the tile is full.</returns>
    public bool Add(int point)
    {
        Points[Count++] = point;
        return Count == Length;
    }

    /// <summary>Makes it empty.</summary>
    public void Clear() => Count = 0;
}
