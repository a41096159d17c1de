namespace CoreMLQuant.Recipes;

/// <summary>The range of an activation.</summary>
/// <param name="Minimum">Its smallest value.</param>
/// <param name="Maximum">Its largest value, at least <paramref name="Minimum"/>.</param>
public readonly record struct ActivationRange(double Minimum, double Maximum)
{
    /// <summary>The range that covers both.</summary>
    public ActivationRange With(ActivationRange other) => new(System.Math.Min(Minimum, other.Minimum), System.Math.Max(Maximum, other.Maximum));
}
