using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>Which axes of a weight run over the output and the input channels of the operation that uses it.</summary>
/// <param name="Output">Axis of the output channels.</param>
/// <param name="Input">Axis of the input channels.</param>
/// <param name="Disagreement">What users with other axes were overruled; empty when all agree.</param>
internal readonly record struct ChannelAxes(int Output, int Input, string Disagreement)
{
    /// <summary>
    /// The axes as the first user in the program has them. A scale or a table along any axis is legal for every user,
    /// since each sees the decoded values; only the error may differ.
    /// </summary>
    /// <param name="value">The weight.</param>
    /// <param name="rank">Its rank, at least 2.</param>
    public static ChannelAxes Of(ValueNode value, int rank)
    {
        (int Output, int Input, string Type)[] users = value.Uses.Select(use => Of(use, rank)).ToArray();
        (int output, int input, string first) = users.Length > 0 ? users[0] : (0, 1, string.Empty);
        string[] others = users.Where(user => user.Output != output).Select(user => user.Type).Distinct().ToArray();
        return new ChannelAxes(output, input, others.Length == 0 ? string.Empty
            : $"the channel axis is {output}, as for {first}; it differs for {string.Join(", ", others)}");
    }

    // Weights are [out, in, ...], except those of conv_transpose, [in, out, ...], and the factors of a matmul.
    private static (int Output, int Input, string Type) Of(ValueUse use, int rank) => (use.Consumer.Type, use.Parameter) switch
    {
        ("conv_transpose", _) => (1, 0, "conv_transpose"),
        ("matmul", "y") => IsTrue(use.Consumer.Parameter("transpose_y")) ? (rank - 2, rank - 1, "matmul") : (rank - 1, rank - 2, "matmul"),
        ("matmul", _) => IsTrue(use.Consumer.Parameter("transpose_x")) ? (rank - 1, rank - 2, "matmul") : (rank - 2, rank - 1, "matmul"),
        _ => (0, 1, use.Consumer.Type),
    };

    private static bool IsTrue(Value? value) => value?.ImmediateValue?.Tensor?.Bools is { Values.Count: 1 } flag && flag.Values[0];
}
