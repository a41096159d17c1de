using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>
/// Where the <c>quantize</c> and <c>dequantize</c> operations of a program are, with all their parameters: one line for each use of a dequantized value. Names of the
/// operations themselves do not count.
/// </summary>
internal static class PairSignature
{
    /// <summary>The lines, sorted.</summary>
    public static string[] Of(Program program) => ProgramGraph.Of(program)
        .SelectMany(graph => graph.Operations)
        .SelectMany(Lines)
        .OrderBy(line => line, System.StringComparer.Ordinal)
        .ToArray();

    private static IEnumerable<string> Lines(OperationNode operation) => operation.Type is "quantize" or "dequantize"
        ? []
        : operation.Inputs
            .Where(input => input.Value?.Maker?.Type == "dequantize")
            .Select(input => $"{operation.Outputs[0].Name}.{input.Parameter}[{operation.Inputs.Where(other => other.Parameter == input.Parameter).ToList().IndexOf(input)}] <- {Describe(input.Value!)}");

    private static string Describe(ValueNode value) => value.Maker switch
    {
        { Type: "quantize" or "dequantize" } pair => $"{pair.Type} {Type(value)} scale {Scalar(pair, "scale")} zero {Scalar(pair, "zero_point")} dtype {Text(pair)} ({Describe(Input(pair, "input"))})",
        { Type: "reshape" } reshape when Input(reshape, "x").Maker?.Type == "quantize" => $"reshape {Type(value)} ({Describe(Input(reshape, "x"))})",
        _ => value.Name,
    };

    private static ValueNode Input(OperationNode operation, string parameter) => operation.Inputs.First(input => input.Parameter == parameter).Value!;

    private static string Type(ValueNode value) => value.ElementType.ToString();

    private static string Text(OperationNode pair) => pair.Parameter("output_dtype") is { } text ? MilTypes.TextOf(text)! : "-";

    private static string Scalar(OperationNode pair, string parameter)
    {
        if (pair.Parameter(parameter) is not { } value)
        {
            return "-";
        }

        TensorValue tensor = value.ImmediateValue.Tensor;
        byte[] bytes = (tensor.ValueCase == TensorValue.ValueOneofCase.Floats ? tensor.Floats.Values : tensor.Bytes.Values).ToByteArray();
        return $"{MilTypes.ElementTypeOf(value.Type)} {System.BitConverter.ToString(bytes)}";
    }
}
