namespace CoreMLQuant.Planning;

/// <summary>What is decided about one activation: the <c>quantize</c> that it gets.</summary>
/// <param name="Stage">Stage of a pipeline; empty outside pipelines.</param>
/// <param name="Function">The function.</param>
/// <param name="Name">Name of the value.</param>
/// <param name="Type">Type of the integers: Int8 or UInt8.</param>
/// <param name="Minimum">Smallest value of its range.</param>
/// <param name="Maximum">Largest value of its range.</param>
/// <param name="Scale">The scale that it is quantized with.</param>
/// <param name="ZeroPoint">The integer that stands for 0.</param>
public sealed record ActivationPlan(string Stage, string Function, string Name, string Type, double Minimum, double Maximum, float Scale, int ZeroPoint)
{
    /// <summary>The parts of the name that are not empty, joined with <c>/</c>.</summary>
    public override string ToString() => Stage.Length > 0 ? $"{Stage}/{Function}/{Name}" : $"{Function}/{Name}";
}
