using System.Linq;

namespace CoreMLQuant.Mil.Activations;

/// <summary>Brings pairs into the form that systems compute fastest. coremltools has the same steps in its passes.</summary>
internal static class IntegerForms
{
    /// <summary>
    /// A <c>reshape</c> between a <c>dequantize</c> and a <c>quantize</c> works on the integers. The scale behind it is that of its own output, which is the
    /// same where the ranges were measured, because both have the same values.
    /// </summary>
    public static void ReshapeIntegers(ActivationGraph graph)
    {
        foreach (ActivationNode reshape in graph.Operations.Where(operation => operation.Type == "reshape"))
        {
            if (reshape.Input("x") is { Value.Maker: { IsDequantize: true, Parameters: not null } dequantize } input
                && reshape.Output is { IsOutput: false, OnlyUser: { IsQuantize: true, Parameters: not null } quantize })
            {
                input.Bind(dequantize.Inputs[0].Value);
                ActivationGraph.ReplaceUses([.. quantize.Output.Uses], reshape.Output);
                graph.Remove(quantize);
            }
        }
    }

    /// <summary>A pair whose zero point is in the middle of its type is the same pair of the other type without one.</summary>
    public static void OmitZeroPoints(ActivationGraph graph)
    {
        foreach (ActivationNode quantize in graph.Added.Where(node => node.IsQuantize))
        {
            if (quantize.Parameters?.WithoutZeroPoint is { } parameters
                && quantize.Output.OnlyUser is { IsDequantize: true, Parameters: { } other } dequantize
                && other.ZeroPoint == quantize.Parameters?.ZeroPoint)
            {
                quantize.Parameters = parameters;
                dequantize.Parameters = other with { Type = parameters.Type, ZeroPoint = 0 };
            }
        }
    }
}
