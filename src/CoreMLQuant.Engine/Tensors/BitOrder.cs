namespace CoreMLQuant.Tensors;

/// <summary>Which bits of a byte the first of several packed values has.</summary>
internal enum BitOrder
{
    /// <summary>The lowest ones: ML Programs.</summary>
    LowestFirst,

    /// <summary>The highest ones: NeuralNetwork's rawValue.</summary>
    HighestFirst,
}
