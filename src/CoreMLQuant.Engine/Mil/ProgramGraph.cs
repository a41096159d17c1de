using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil;

/// <summary>
/// One body of a function with names resolved: which operation makes a value and which ones use it. Names follow MIL's
/// scoping: a nested block sees the values above it. Everything is listed in the order of the program, which is
/// static single assignment: makers stand before users.
/// </summary>
internal sealed class ProgramGraph
{
    private readonly List<ValueNode> _values = [];
    private readonly List<OperationNode> _operations = [];
    private readonly List<UnresolvedName> _unresolved = [];
    private readonly List<ValueNode> _duplicates = [];

    private ProgramGraph(string functionName, Function function, string opset, Block body)
    {
        FunctionName = functionName;
        Function = function;
        Opset = opset;
        Body = body;
    }

    /// <summary>The function's name.</summary>
    public string FunctionName { get; }

    /// <summary>The function.</summary>
    public Function Function { get; }

    /// <summary>The opset that this body is written in, e.g. <c>CoreML7</c>.</summary>
    public string Opset { get; }

    /// <summary>The body.</summary>
    public Block Body { get; }

    /// <summary>All values, makers before users.</summary>
    public IReadOnlyList<ValueNode> Values => _values;

    /// <summary>All operations, nested ones after the operation that holds them.</summary>
    public IReadOnlyList<OperationNode> Operations => _operations;

    /// <summary>Names that are used but never made; a program that has any is broken.</summary>
    public IReadOnlyList<UnresolvedName> Unresolved => _unresolved;

    /// <summary>Values whose name is made before in the same block; a program that has any is broken.</summary>
    public IReadOnlyList<ValueNode> Duplicates => _duplicates;

    /// <summary>The graphs of a program, one for each body of each function.</summary>
    public static IEnumerable<ProgramGraph> Of(Program program)
    {
        foreach (KeyValuePair<string, Function> function in program.Functions)
        {
            foreach (KeyValuePair<string, Block> body in function.Value.BlockSpecializations)
            {
                yield return Of(function.Key, function.Value, body.Key, body.Value);
            }
        }
    }

    /// <summary>The graphs of a program that several read and nobody changes meanwhile, made once. For any thread.</summary>
    public static IReadOnlyList<ProgramGraph> Shared(Program program)
    {
        lock (program)
        {
            if (program.Note is not ProgramGraph[] graphs)
            {
                graphs = Of(program).ToArray();
                program.Note = graphs;
            }

            return graphs;
        }
    }

    /// <summary>The graphs of one function, one for each of its bodies; none when the program has no such function.</summary>
    public static IEnumerable<ProgramGraph> Of(Program program, string functionName) => program.Functions.TryGetValue(functionName, out Function? function)
        ? function.BlockSpecializations.Select(body => Of(functionName, function, body.Key, body.Value))
        : [];

    /// <summary>The body that is run: of a function by name, or of the default one; <see langword="null"/> when there is none.</summary>
    /// <param name="model">A model that is an ML Program.</param>
    /// <param name="wanted">Name of the function; <see langword="null"/> for the default one.</param>
    public static ProgramGraph? ToRun(Model model, string? wanted)
    {
        // Without a default it is the only function, which is called main where a program has one for everybody.
        string name = wanted ?? (model.Description?.DefaultFunctionName is { Length: > 0 } given ? given
            : model.MlProgram.Functions.Count == 1 ? model.MlProgram.Functions.Keys.Single()
            : "main");
        ProgramGraph[] graphs = Of(model.MlProgram, name).ToArray();

        // A body for each opset; the function says which one counts.
        return graphs.FirstOrDefault(graph => graph.Opset == graph.Function.Opset) ?? graphs.FirstOrDefault();
    }

    /// <summary>The graph of one body.</summary>
    /// <param name="functionName">The function's name.</param>
    /// <param name="function">The function.</param>
    /// <param name="opset">The opset that the body is written in.</param>
    /// <param name="body">The body.</param>
    public static ProgramGraph Of(string functionName, Function function, string opset, Block body)
    {
        var graph = new ProgramGraph(functionName, function, opset, body);
        var scope = new Scope(null, body);
        foreach (NamedValueType input in function.Inputs)
        {
            graph.Define(graph.AddValue(input, null, body), scope);
        }

        graph.AddBlock(body, scope);
        return graph;
    }

    private ValueNode AddValue(NamedValueType declaration, OperationNode? maker, Block block)
    {
        var value = new ValueNode(declaration, maker, block, _values.Count);
        _values.Add(value);
        return value;
    }

    private void AddBlock(Block block, Scope scope)
    {
        foreach (NamedValueType input in block.Inputs)
        {
            Define(AddValue(input, null, block), scope);
        }

        for (int i = 0; i < block.Operations.Count; i++)
        {
            AddOperation(block.Operations[i], block, scope);
        }

        foreach (string output in block.Outputs)
        {
            Resolve(output, scope, null)?.AddOutputOf(block);
        }
    }

    private void AddOperation(Operation operation, Block block, Scope scope)
    {
        var node = new OperationNode(operation, block, _operations.Count);
        _operations.Add(node);
        for (int i = 0; i < operation.InputEntries.Count; i++)
        {
            // A damaged file may name an input and give nothing for it.
            InputEntry input = operation.InputEntries[i];
            for (int j = 0; j < (input.Value?.Arguments.Count ?? 0); j++)
            {
                Argument.Types.Binding binding = input.Value!.Arguments[j];
                ValueNode? value = binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Name ? Resolve(binding.Name, scope, node) : null;
                var use = new ValueUse(node, input.Key, binding, value);
                node.Inputs.Add(use);
                value?.Uses.Add(use);
            }
        }

        for (int i = 0; i < operation.Blocks.Count; i++)
        {
            AddBlock(operation.Blocks[i], new Scope(scope, operation.Blocks[i]));
        }

        for (int i = 0; i < operation.Outputs.Count; i++)
        {
            ValueNode value = AddValue(operation.Outputs[i], node, block);
            node.Outputs.Add(value);
            Define(value, scope);
        }
    }

    private ValueNode? Resolve(string name, Scope scope, OperationNode? consumer)
    {
        ValueNode? value = scope.Find(name);
        if (value is null)
        {
            _unresolved.Add(new UnresolvedName(name, consumer));
        }

        return value;
    }

    private void Define(ValueNode value, Scope scope)
    {
        if (!scope.Define(value))
        {
            _duplicates.Add(value);
        }
    }

    private sealed class Scope(Scope? outer, Block block)
    {
        private readonly Dictionary<string, ValueNode> _values = new(block.Operations.Count, StringComparer.Ordinal);

        /// <summary>Names a value; <see langword="false"/> when the block has made the name before.</summary>
        public bool Define(ValueNode value)
        {
            int before = _values.Count;
            _values[value.Name] = value;
            return _values.Count > before;
        }

        public ValueNode? Find(string name)
        {
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._values.TryGetValue(name, out ValueNode? value))
                {
                    return value;
                }
            }

            return null;
        }

        private Scope? Outer { get; } = outer;
    }
}
