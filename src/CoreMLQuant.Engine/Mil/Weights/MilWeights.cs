using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Mil.Decoding;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Weights;

/// <summary>Lists the weights of an ML Program: constants worth the name, and compressed constants with all their parts.</summary>
internal static class MilWeights
{
    /// <summary>Constants with fewer elements stand in the specification and are settings, not weights (coremltools' own bound).</summary>
    public const int MinimumElements = 10;

    /// <summary>The weights of a stage in the order of the program, which nobody changes as long as they are asked for anything.</summary>
    public static IEnumerable<FoundWeight> Of(ModelFile file, PipelineStage stage) =>
        Of(new TensorCatalog(file, file.Payloads), stage.Name, ProgramGraph.Shared(stage.Model.MlProgram));

    private static IEnumerable<FoundWeight> Of(TensorCatalog tensors, string stage, IEnumerable<ProgramGraph> graphs) =>
        from graph in graphs
        let uses = new ConstantUses(graph)
        from operation in graph.Operations
        let site = SiteOf(tensors, stage, graph, operation)
        where site is not null
        select new FoundWeight(site, () => WeightDecoder.Of(tensors, operation))
        {
            Uses = () => uses.Of(operation.Outputs[0]),
            ChannelAxis = () => ConstantUses.ChannelAxis(operation.Outputs[0], site.Shape.Count),
        };

    /// <summary>The weight that an operation makes, or <see langword="null"/>.</summary>
    public static WeightSite? SiteOf(TensorCatalog tensors, string stage, ProgramGraph graph, OperationNode operation)
    {
        if (operation.Outputs.Count == 0 || !(operation.IsConst || operation.IsConstexpr) || IsPart(operation))
        {
            return null;
        }

        ValueNode output = operation.Outputs[0];
        TensorData? first;
        long length;
        if (operation.IsConst)
        {
            first = operation.ConstValue is { } constant && IsNumeric(constant) ? tensors.Find(constant, output.Name) : null;
            length = first?.Length ?? 0;
        }
        else
        {
            TensorData[] parts = Parts(operation).Select(value => tensors.Find(value, output.Name)).OfType<TensorData>().ToArray();
            (first, length) = (parts.FirstOrDefault(), parts.Sum(part => part.Length));
        }

        IReadOnlyList<long> shape = MilTypes.ShapeOf(output.Declaration.Type);
        bool isBroken = BrokenWeight.Why(operation) is not null;
        if ((first is null && !isBroken)
            || output.ElementType is ElementType.String or ElementType.Boolean or ElementType.Unknown
            || MilTypes.ElementCount(output.Declaration.Type) is not { } count
            || (operation.IsConst && first?.File is null && count < MinimumElements))
        {
            return null;
        }

        TensorData.CheckCount(tensors.File, output.ElementType, count, output.Name);
        TensorData? main = operation.IsConst ? first : MainValue(tensors, operation)?.Data ?? first;
        OperationNode? consumer = output.Uses.Count > 0 ? output.Uses[0].Consumer : null;
        return new WeightSite
        {
            ModelPath = tensors.File.Path,
            Stage = stage,
            Function = graph.FunctionName,
            Name = output.Name,
            OpType = consumer?.Type ?? string.Empty,
            OpName = consumer?.Name ?? string.Empty,
            Consumers = output.Uses.Count == 1 ? [consumer!.Type] : output.Uses.Select(use => use.Consumer.Type).Distinct().ToArray(),
            Shape = shape,
            ElementType = output.ElementType,
            Encoding = isBroken ? WeightEncoding.Broken : EncodingOf(operation),
            EncodingDetails = operation.IsConst || isBroken ? null : MilEncodings.Of(operation, shape),
            StorageType = main is null ? output.ElementType : StorageTypeOf(operation, main),
            ElementCount = count,
            ByteCount = length,
            File = main?.File?.RelativePath ?? tensors.File.Container.Specification,
            Offset = main?.Data is FileData data ? data.Offset : -1,
        };
    }

    /// <summary>Whether a constant only feeds compressed constants: then it is a part of one, not a weight.</summary>
    public static bool IsPart(OperationNode operation) =>
        operation.Outputs.Exists(output => output.Uses.Count > 0)
        && operation.Outputs.TrueForAll(output => output.Uses.TrueForAll(use => use.Consumer.IsConstexpr));

    /// <summary>The constants below a compressed constant, itself first; only itself for a plain one.</summary>
    public static IReadOnlyList<OperationNode> Nest(OperationNode operation)
    {
        // Not recursive, and each once: a damaged program may nest them by the thousand, or each twice in the next.
        var nest = new List<OperationNode>();
        var seen = new HashSet<OperationNode>();
        var next = new Stack<OperationNode>([operation]);
        while (next.Count > 0)
        {
            OperationNode node = next.Pop();
            if (!seen.Add(node))
            {
                continue;
            }

            nest.Add(node);
            if (node.IsConstexpr)
            {
                node.Inputs.Select(input => input.Value?.Maker).OfType<OperationNode>().Reverse().ToList().ForEach(next.Push);
            }
        }

        return nest;
    }

    /// <summary>The numeric values that a compressed constant is made of, those of its nest included.</summary>
    public static IEnumerable<Value> Parts(OperationNode operation) => Nest(operation)
        .SelectMany(node => node.IsConst ? (node.ConstValue is { } value ? [value] : []) : MilValues.Own(node.Message))
        .Where(IsNumeric);

    private static bool IsNumeric(Value value) => MilTypes.ElementTypeOf(value.Type) is not (ElementType.String or ElementType.Unknown);

    /// <summary>The tensor that holds the bulk of a weight, and the value that refers to it.</summary>
    public static (TensorData Data, Value Value)? MainValue(TensorCatalog tensors, OperationNode operation)
    {
        string[] names = ["quantized_data", "data", "indices", "indices_nonzero_data", "nonzero_data", "source_val"];
        foreach (OperationNode node in Nest(operation))
        {
            Value? value = node.IsConst ? node.ConstValue : names.Select(node.Parameter).OfType<Value>().FirstOrDefault();
            if (value is not null && tensors.Find(value, operation.Outputs[0].Name) is { } data)
            {
                return (data, value);
            }
        }

        return null;
    }

    private static WeightEncoding EncodingOf(OperationNode operation)
    {
        if (operation.IsConst)
        {
            return WeightEncoding.Plain;
        }

        WeightEncoding[] kinds = Nest(operation).Select(MilEncodings.KindOf).Where(kind => kind != WeightEncoding.Plain).Distinct().ToArray();
        return kinds.Length switch
        {
            0 => WeightEncoding.Plain,
            1 => kinds[0],
            _ => WeightEncoding.Joint,
        };
    }

    // Below CoreML8 the indices are bytes that hold a packed bit stream; the table's length tells the width.
    private static ElementType StorageTypeOf(OperationNode operation, TensorData main)
    {
        if (operation.Type != "constexpr_lut_to_dense" || !operation.Message.Attributes.TryGetValue("lut", out Value? table))
        {
            return main.ElementType;
        }

        return MilTypes.ElementCount(table.Type) switch
        {
            2 => ElementType.UInt1,
            4 => ElementType.UInt2,
            16 => ElementType.UInt4,
            64 => ElementType.UInt6,
            _ => main.ElementType,
        };
    }
}
