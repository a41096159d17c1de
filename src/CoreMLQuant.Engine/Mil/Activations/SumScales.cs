using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Activations;

/// <summary>
/// Sums and differences of integers: systems scale one operand in the same step, so the scale of the other becomes 1, and those of the first operand
/// and the result are divided by it. The sum is that many times as large and quantized to the same integers.
/// </summary>
internal static class SumScales
{
    private const float SmallestHalf = 5.9604645e-8f;

    /// <summary>Divides the scales of every sum between pairs.</summary>
    public static void Divide(ActivationGraph graph)
    {
        foreach (ActivationNode sum in graph.Operations.Where(operation => operation.Type is "add" or "sub"))
        {
            ActivationNode last = sum.Output.OnlyUser is { Type: "relu" } relu ? relu : sum;
            if (sum.Input("x") is { Value.Maker: { IsDequantize: true, Parameters: not null } } x
                && sum.Input("y") is { Value.Maker: { IsDequantize: true, Parameters: not null } } y
                && last.Output.OnlyUser is { IsQuantize: true, Parameters: not null } result
                && !sum.Output.IsOutput && !last.Output.IsOutput
                && !TryDivide(graph, sum, x, y, result))
            {
                TryDivide(graph, sum, y, x, result);
            }
        }
    }

    private static bool TryDivide(ActivationGraph graph, ActivationNode sum, ActivationUse scaled, ActivationUse unit, ActivationNode result)
    {
        ActivationNode first = scaled.Value.Maker!, second = unit.Value.Maker!;
        PairParameters firstParameters = first.Parameters!.Value, secondParameters = second.Parameters!.Value, resultParameters = result.Parameters!.Value;
        float ratio = (float)(firstParameters.Scale / secondParameters.Scale), resultRatio = (float)(resultParameters.Scale / secondParameters.Scale);
        if (!IsHeld(ratio) || !IsHeld(resultRatio) || Overflows(ratio, firstParameters, secondParameters))
        {
            return false;
        }

        // Others may use the same integers by their own scale.
        scaled.Bind(graph.AddDequantize(first.Inputs[0].Value, firstParameters with { Scale = Rounded(ratio, firstParameters.ScaleType) }, sum).Output);
        unit.Bind(graph.AddDequantize(second.Inputs[0].Value, secondParameters with { Scale = 1 }, sum).Output);
        result.Parameters = resultParameters with { Scale = Rounded(resultRatio, resultParameters.ScaleType) };
        return true;
    }

    private static bool IsHeld(float ratio) => ratio is >= SmallestHalf and <= HalfConversion.MaxValue;

    // The sum of the largest integers must not become infinite in FP16, which coremltools does not look at.
    private static bool Overflows(float ratio, PairParameters scaled, PairParameters unit) =>
        scaled.ScaleType == ElementType.Float16 && (scaled.LargestDistance * (double)ratio) + unit.LargestDistance > HalfConversion.MaxValue;

    private static float Rounded(float scale, ElementType type) =>
        type == ElementType.Float16 ? HalfConversion.ToSingle(HalfConversion.FromSingleBits(SingleBits.ToBits(scale))) : scale;
}
