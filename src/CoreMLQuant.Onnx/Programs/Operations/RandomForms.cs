using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Programs.Operations;

/// <summary>Random numbers.</summary>
internal static class RandomForms
{
    /// <summary>The operations.</summary>
    public static IEnumerable<OperationForm> All => Drawing.Select(form => form with { Trap = RandomNodes.Trap });

    private static IEnumerable<OperationForm> Drawing =>
    [
        OperationForm.Of("random_uniform", context => context.Graph.Uniform(context.Sizes("shape"), context.Number("low", 0), context.Number("high", 1), Seed(context))),
        OperationForm.Of("random_normal", context => context.Graph.Normal(context.Sizes("shape"), context.Number("mean", 0), context.Number("stddev", 1), Seed(context))),
        OperationForm.Of("random_bernoulli", context => context.Graph.Bernoulli(context.Sizes("shape"), context.Number("prob", 0.5f), Seed(context))),
        OperationForm.Of("random_categorical", Categorical),
    ];

    private static OnnxValue Categorical(OperationContext context)
    {
        OnnxValue x = context.Input("x");
        OnnxValue logits = context.Text("mode", "logits") == "probs" ? context.Graph.Unary("Log", x) : x;
        return context.Graph.Categories(logits, context.Rank(x), context.Integer("size", 1), Seed(context));
    }

    private static long Seed(OperationContext context) => context.Integer("seed", -1);
}
