namespace CoreMLQuant.Models;

/// <summary>What tells one weight of a model from all others.</summary>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">Function of an ML Program; empty for a NeuralNetwork.</param>
/// <param name="Name">The weight's name.</param>
public readonly record struct WeightKey(string Stage, string Function, string Name)
{
    /// <summary>The key of a weight.</summary>
    public static WeightKey Of(WeightSite site) => new(site.Stage, site.Function, site.Name);

    /// <summary>The parts that are not empty, joined with <c>/</c>.</summary>
    public override string ToString() => (Stage.Length > 0 ? Stage + "/" : string.Empty) + (Function.Length > 0 ? Function + "/" : string.Empty) + Name;
}
