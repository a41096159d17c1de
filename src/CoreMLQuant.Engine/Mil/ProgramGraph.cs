using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Specification.Schema;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

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
    public static IEnumerable<ProgramGraph> Of(Program program) =>
        from function in program.Functions
        from body in function.Value.BlockSpecializations
        select Build(function.Key, function.Value, body.Key, body.Value);

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
        ? function.BlockSpecializations.Select(body => Build(functionName, function, body.Key, body.Value))
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

    private static ProgramGraph Build(string name, Function function, string opset, Block body)
    {
        var graph = new ProgramGraph(name, function, opset, body);
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

/// <summary>A name that stands for nothing.</summary>
/// <param name="Name">The name.</param>
/// <param name="Consumer">The operation that uses it; <see langword="null"/> when a block gives it out.</param>
internal readonly record struct UnresolvedName(string Name, OperationNode? Consumer);

/// <summary>A value: an input of a function or block, or an output of an operation.</summary>
internal sealed class ValueNode(NamedValueType declaration, OperationNode? maker, Block block, int number)
{
    // Hardly any value is one.
    private List<Block>? _outputOf;

    /// <summary>Its place in <see cref="ProgramGraph.Values"/>.</summary>
    public int Number { get; } = number;

    /// <summary>Name and type as declared.</summary>
    public NamedValueType Declaration { get; } = declaration;

    /// <summary>The operation that makes it; <see langword="null"/> for an input.</summary>
    public OperationNode? Maker { get; } = maker;

    /// <summary>The block it is made in.</summary>
    public Block Block { get; } = block;

    /// <summary>The value's name.</summary>
    public string Name => Declaration.Name;

    /// <summary>Its element type; unknown for what is no tensor.</summary>
    public ElementType ElementType => MilTypes.ElementTypeOf(Declaration.Type);

    /// <summary>Who uses it, in program order.</summary>
    public List<ValueUse> Uses { get; } = [];

    /// <summary>The blocks that give it out.</summary>
    public IReadOnlyList<Block> OutputOf => _outputOf ?? (IReadOnlyList<Block>)[];

    /// <summary>Notes that a block gives it out.</summary>
    public void AddOutputOf(Block block) => (_outputOf ??= []).Add(block);

    /// <summary>Makes everything that uses the value use another name. The declaration keeps its own.</summary>
    public void Redirect(string name)
    {
        foreach (ValueUse use in Uses)
        {
            use.Binding.Name = name;
        }

        foreach (Block block in OutputOf)
        {
            for (int i = 0; i < block.Outputs.Count; i++)
            {
                block.Outputs[i] = block.Outputs[i] == Name ? name : block.Outputs[i];
            }
        }
    }
}

/// <summary>An operation with its values.</summary>
internal sealed class OperationNode(Operation message, Block block, int number)
{
    /// <summary>Its place in <see cref="ProgramGraph.Operations"/>.</summary>
    public int Number { get; } = number;

    /// <summary>The operation.</summary>
    public Operation Message { get; } = message;

    /// <summary>The block it stands in.</summary>
    public Block Block { get; } = block;

    /// <summary>The operation's type.</summary>
    public string Type => Message.Type;

    /// <summary>The operation's name.</summary>
    public string Name => MilTypes.NameOf(Message);

    /// <summary>Whether it is a constant.</summary>
    public bool IsConst { get; } = message.Type == "const";

    /// <summary>Whether it is a compressed constant.</summary>
    public bool IsConstexpr { get; } = message.Type.StartsWith("constexpr_", StringComparison.Ordinal);

    /// <summary>Its inputs, one for each binding.</summary>
    public List<ValueUse> Inputs { get; } = new(message.InputEntries.Count);

    /// <summary>Its outputs.</summary>
    public List<ValueNode> Outputs { get; } = new(message.Outputs.Count);

    /// <summary>The value of a constant; <see langword="null"/> where it is missing.</summary>
    public Value? ConstValue => Message.Attribute("val");

    /// <summary>Whether something is bound to a parameter, or it is an attribute.</summary>
    public bool Has(string name)
    {
        foreach (ValueUse use in Inputs)
        {
            if (use.Parameter == name)
            {
                return true;
            }
        }

        return Message.HasAttribute(name);
    }

    /// <summary>The value of a parameter that is an attribute, a literal or a constant; otherwise <see langword="null"/>.</summary>
    public Value? Parameter(string name)
    {
        if (Message.Attribute(name) is { } attribute)
        {
            return attribute;
        }

        foreach (ValueUse use in Inputs)
        {
            if (use.Parameter == name)
            {
                return use.Value is null ? use.Binding.Value : use.Value.Maker is { IsConst: true } maker ? maker.ConstValue : null;
            }
        }

        return null;
    }
}

/// <summary>A value bound to a parameter. An object, because the uses of a value that thousands share would otherwise be arrays of a megabyte.</summary>
internal sealed class ValueUse(OperationNode consumer, string parameter, Argument.Types.Binding binding, ValueNode? value)
{
    /// <summary>The operation that uses it.</summary>
    public OperationNode Consumer => consumer;

    /// <summary>The parameter.</summary>
    public string Parameter => parameter;

    /// <summary>The binding, by name or with a literal value.</summary>
    public Argument.Types.Binding Binding => binding;

    /// <summary>The value; <see langword="null"/> for a literal.</summary>
    public ValueNode? Value => value;

    /// <summary>Type of what is bound.</summary>
    public ValueType? Type => Value?.Declaration.Type ?? (Binding.BindingCase == Argument.Types.Binding.BindingOneofCase.Value ? Binding.Value.Type : null);
}
