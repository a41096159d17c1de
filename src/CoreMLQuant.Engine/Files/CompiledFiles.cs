namespace CoreMLQuant.Files;

/// <summary>Names of the files in a compiled model.</summary>
internal static class CompiledFiles
{
    /// <summary>What an .mlmodelc folder has in any case: the model's type and its description.</summary>
    public const string Data = "coremldata.bin";

    /// <summary>The text of an ML Program.</summary>
    public const string Program = "model.mil";

    /// <summary>The description for people and tools.</summary>
    public const string Metadata = "metadata.json";

    /// <summary>The layers of a NeuralNetwork, in a form of their own.</summary>
    public const string Network = "model.espresso.net";

    /// <summary>The folder of a pipeline's stage.</summary>
    public static string Stage(int index) => System.FormattableString.Invariant($"model{index}");
}
