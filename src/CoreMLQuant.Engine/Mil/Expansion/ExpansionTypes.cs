using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Float16;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Models;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Mil.Expansion;

/// <summary>
/// Decides which weights of a body may be expanded to another type than the one they have today. A weight may when each user
/// admits the type for it, its other operands of the same domain have that type or get it too, and the user's own result
/// does not depend on it; and FP16 only when it can hold the values.
/// </summary>
/// <param name="graph">The body.</param>
/// <param name="target">The type that is asked for, FP16 or FP32.</param>
internal sealed class ExpansionTypes(ProgramGraph graph, ElementType target)
{
    private readonly int _opset = Platform.OpsetNumber(graph.Opset);
    private readonly string _spelling = target == ElementType.Float16 ? "fp16" : "fp32";

    /// <summary>Sets targets and remarks.</summary>
    public void Decide(IReadOnlyList<CompressedConstant> constants, CancellationToken cancellationToken)
    {
        var changing = constants
            .Where(constant => constant.Weight.ElementType is ElementType.Float16 or ElementType.Float32 && constant.Weight.ElementType != target)
            .ToDictionary(constant => constant.Node);
        foreach (CompressedConstant integers in constants.Where(constant => constant.Weight.ElementType is not (ElementType.Float16 or ElementType.Float32)))
        {
            integers.Remark = $"stays {integers.Weight.ElementType}because it is not floating-point";
        }

        Settle(changing);
        if (target == ElementType.Float16 && changing.Count > 0)
        {
            KeepWhatOverflows(changing, cancellationToken);
            Settle(changing);
        }

        foreach (CompressedConstant constant in changing.Values)
        {
            constant.Target = target;
        }
    }

    // One that may not change can hold back another, so this goes on until nothing changes.
    private void Settle(Dictionary<OperationNode, CompressedConstant> changing)
    {
        CompressedConstant[] held;
        do
        {
            held = changing.Values.Where(constant => WhyNot(constant, changing) is not null).ToArray();
            foreach (CompressedConstant constant in held)
            {
                Keep(constant, WhyNot(constant, changing)!);
            }

            foreach (CompressedConstant constant in held)
            {
                changing.Remove(constant.Node);
            }
        }
        while (held.Length > 0);
    }

    private static void Keep(CompressedConstant constant, string why) => constant.Remark = $"stays {constant.Weight.ElementType}: {why}";

    private string? WhyNot(CompressedConstant constant, IReadOnlyDictionary<OperationNode, CompressedConstant> changing)
    {
        ValueNode output = constant.Node.Outputs[0];
        return output.OutputOf.Count > 0
            ? "it is itself an output"
            : output.Uses.Select(use => WhyNot(use, changing)).FirstOrDefault(why => why is not null);
    }

    private string? WhyNot(ValueUse use, IReadOnlyDictionary<OperationNode, CompressedConstant> changing)
    {
        OperationNode consumer = use.Consumer;
        OperationSignature? signature = PrecisionRules.HasFixedInterface(consumer.Type) || consumer.IsConstexpr ? null : OperationSignatures.Find(consumer.Type, _opset);
        if (signature?.Parameter(use.Parameter) is not { } parameter || (parameter.Types.Count > 0 && !parameter.Types.Contains(_spelling)))
        {
            return $"{consumer.Type} does not accept {target} here";
        }

        if (PrecisionRules.DecidesOutput(signature, use.Parameter))
        {
            return $"the result of {consumer.Type} would change type";
        }

        ValueUse? other = consumer.Inputs.FirstOrDefault(input =>
            input.Parameter != use.Parameter
            && parameter.Domain.Length > 0
            && signature.Parameter(input.Parameter)?.Domain == parameter.Domain
            && !(input.Value?.Maker is { } maker && changing.ContainsKey(maker))
            && MilTypes.ElementTypeOf(input.Type) != target);
        return other is null ? null : $"{consumer.Type} requires the same type for {use.Parameter} and {other.Parameter}";
    }

    private static void KeepWhatOverflows(Dictionary<OperationNode, CompressedConstant> changing, CancellationToken cancellationToken)
    {
        CompressedConstant[] constants = changing.Values.ToArray();
        var scans = constants.Select(_ => new MagnitudeScan()).ToArray();
        using (var work = ParallelWork<int>.Start(Enumerable.Range(0, constants.Length).ToArray(), 0, Scan, cancellationToken))
        {
            work.Join();
        }

        void Scan(int index, CancellationToken stop) => ValueTiles.Visit(constants[index].Weight.Values, (_, tile) => scans[index].Add(tile), stop);

        for (int i = 0; i < constants.Length; i++)
        {
            if (scans[i].OverflowsFloat16 || scans[i].HasSentinel)
            {
                Keep(constants[i], scans[i].HasSentinel ? "it contains values beyond FP16's limit of 65504" : $"it contains {scans[i].MaxMagnitude.ToString("G6", CultureInfo.InvariantCulture)}, beyond FP16's limit of 65504");
                changing.Remove(constants[i].Node);
            }
        }
    }
}
