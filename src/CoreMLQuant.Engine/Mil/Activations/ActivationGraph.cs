using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Mil.Activations;

/// <summary>
/// A function body while pairs of <c>quantize</c> and <c>dequantize</c> are placed in it. The program does not change before <see cref="PairWriter"/>
/// writes what has become of the graph.
/// </summary>
internal sealed class ActivationGraph
{
    private readonly HashSet<ActivationNode> _added = [];
    private int _sequence;

    /// <summary>Takes over a body as it is.</summary>
    public ActivationGraph(ProgramGraph program)
    {
        Program = program;
        var values = program.Values.Where(value => value.Maker is null).ToDictionary(value => value, value => new ActivationValue(null, value));
        var operations = new List<ActivationNode>(program.Operations.Count);
        foreach (OperationNode operation in program.Operations)
        {
            // What is looked for has one output; in a damaged program, it may not.
            string type = operation.Outputs.Count == 1 ? operation.Type : string.Empty;
            var node = new ActivationNode(type, operation.Block, new ProgramPlace(operations.Count, 0, 0)) { Source = operation };
            operations.Add(node);
            foreach (ValueNode output in operation.Outputs)
            {
                var value = new ActivationValue(node, output);
                node.Outputs.Add(value);
                values.Add(output, value);
            }
        }

        foreach (ActivationNode node in operations)
        {
            foreach (ValueUse input in node.Source!.Inputs.Where(input => input.Value is not null))
            {
                _ = new ActivationUse(node, input.Parameter, values[input.Value!], input.Binding);
            }
        }

        Operations = operations;
    }

    /// <summary>The body.</summary>
    public ProgramGraph Program { get; }

    /// <summary>The operations of the program in its order.</summary>
    public IReadOnlyList<ActivationNode> Operations { get; }

    /// <summary>What is to be added, in the order of the program.</summary>
    public IReadOnlyList<ActivationNode> Added => [.. _added.OrderBy(node => node.Place)];

    /// <summary>Adds a pair in front of an operation and binds one of its inputs to it.</summary>
    public void AddBefore(ActivationUse input, PairParameters parameters)
    {
        ActivationNode quantize = Add("quantize", input.Value, parameters, input.Consumer, -1);
        input.Bind(Add("dequantize", quantize.Output, parameters, input.Consumer, -1).Output);
    }

    /// <summary>Adds a pair in front of an operation that nothing uses.</summary>
    public void AddUnused(ActivationUse input, PairParameters parameters)
    {
        ActivationNode quantize = Add("quantize", input.Value, parameters, input.Consumer, -1);
        Add("dequantize", quantize.Output, parameters, input.Consumer, -1);
    }

    /// <summary>Adds a <c>dequantize</c> in front of an operation.</summary>
    public ActivationNode AddDequantize(ActivationValue codes, PairParameters parameters, ActivationNode before) => Add("dequantize", codes, parameters, before, -1);

    /// <summary>Adds a pair behind an operation, which takes the place of its output wherever that is used; an output of a block stays what it is.</summary>
    public void AddBehind(ActivationNode operation, PairParameters parameters)
    {
        ActivationUse[] uses = [.. operation.Output.Uses];
        ActivationNode quantize = Add("quantize", operation.Output, parameters, operation, 1);
        ReplaceUses(uses, Add("dequantize", quantize.Output, parameters, operation, 1).Output);
    }

    /// <summary>Removes what has been added and is not used any more.</summary>
    public void Remove(ActivationNode node)
    {
        node.Inputs[0].Release();
        _added.Remove(node);
    }

    /// <summary>Binds uses of a value to another one. In coremltools' graph, an operation whose input changes binds all of its inputs anew.</summary>
    public static void ReplaceUses(IEnumerable<ActivationUse> uses, ActivationValue by)
    {
        var changed = new HashSet<ActivationUse>(uses);
        foreach (ActivationNode consumer in changed.Select(use => use.Consumer).Distinct().OrderBy(consumer => consumer.Place).ToArray())
        {
            foreach (ActivationUse input in consumer.Inputs)
            {
                input.Bind(changed.Contains(input) ? by : input.Value);
            }
        }
    }

    /// <summary>Binds all inputs of an operation anew, as coremltools does when it makes the operation again.</summary>
    public static void Renew(ActivationNode operation) => operation.Inputs.ForEach(input => input.Bind(input.Value));

    private ActivationNode Add(string type, ActivationValue input, PairParameters parameters, ActivationNode beside, int side)
    {
        var node = new ActivationNode(type, beside.Block, new ProgramPlace(beside.Place.Index, side, _sequence++)) { Parameters = parameters };
        node.Outputs.Add(new ActivationValue(node, null));
        _ = new ActivationUse(node, "input", input, null);
        _added.Add(node);
        return node;
    }
}
