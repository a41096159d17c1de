using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>
/// Carries the decisions out on one function body: types, bindings, constants, and a cast exactly where a value is made
/// in one precision and taken in the other, once for each value. Names of inputs, outputs and values stay; order stays.
/// </summary>
internal sealed class Float16Rewriter
{
    private readonly PlanBuilder _builder;
    private readonly ProgramGraph _graph;
    private readonly OperationTable<OperationDecision> _decisions;
    private readonly ValueDemands _demands;
    private readonly InterfacePrecision _interface;
    private readonly ConstantRewriter _constants;
    private readonly UniqueNames _names;
    private readonly CastMaker _casts;
    private readonly Float16Types _types = new();
    private readonly ILookup<Block, OperationNode> _nodes;
    private readonly PrecisionNames _current;
    private readonly HashSet<OperationNode> _losers = [];

    public Float16Rewriter(
        PlanBuilder builder,
        TensorCatalog tensors,
        ProgramGraph graph,
        OperationTable<OperationDecision> decisions,
        ValueDemands demands,
        InterfacePrecision interfacePrecision)
    {
        _builder = builder;
        _graph = graph;
        _decisions = decisions;
        _demands = demands;
        _interface = interfacePrecision;
        _names = UniqueNames.WhenNeeded(graph);
        _current = new PrecisionNames(graph);
        _constants = new ConstantRewriter(builder, graph, new ConstantConverter(builder, tensors, _types), _types, demands, _names, _current, Platform.OpsetNumber(graph.Opset));
        _casts = new CastMaker(_names);
        _nodes = graph.Operations.ToLookup(node => node.Block, MessageIdentity<Block>.Instance);
    }

    /// <summary>What became of a constant; <see langword="null"/> when it did not become FP16.</summary>
    public Conversion? ConversionOf(ValueNode constant) => _constants.ConversionOf(constant);

    /// <summary>Rewrites the body.</summary>
    public void Rewrite()
    {
        foreach (ValueNode input in _graph.Values.Where(value => value.Maker is null && value.Block == _graph.Body))
        {
            if (_demands.For(input) is { Makes16: true })
            {
                input.Declaration.Type = _types.Of(input.Declaration.Type);
                _builder.Changed = true;
            }
        }

        RewriteBlock(_graph.Body, _graph.Values.Where(value => value.Maker is null && value.Block == _graph.Body));
        _casts.InsertTypeConstants(_graph.Body);
        UnusedConstants.Remove(_graph, _losers);
    }

    private void RewriteBlock(Block block, IEnumerable<ValueNode> inputs)
    {
        int count = block.Operations.Count;
        block.Operations.Clear();
        block.Operations.Capacity = count;
        foreach (ValueNode input in inputs)
        {
            Bridge(input, block);
        }

        foreach (OperationNode node in _nodes[block])
        {
            if (node.IsConst || node.IsConstexpr)
            {
                _constants.Rewrite(node, block);
            }
            else
            {
                RewriteOperation(node, block);
            }
        }

        ValueNode[] outputs = _graph.Values.Where(value => value.OutputOf.Contains(block)).ToArray();
        for (int i = 0; i < block.Outputs.Count; i++)
        {
            // An output of the function keeps its name: when Bridge renamed its maker, no value is found here and the
            // name is the cast's. An inner block's output may have been made under another name.
            string name = block.Outputs[i];
            ValueNode? value = Array.FindLast(outputs, candidate => candidate.Name == name);
            bool gives16 = block == _graph.Body && _interface.OutputIs16(name);
            block.Outputs[i] = value is null ? name : _current.Of(value, gives16);
        }
    }

    private void RewriteOperation(OperationNode node, Block block)
    {
        if (_demands.IsFreeIdentity(node) && TurnIntoCast(node))
        {
            _builder.Changed = true;
        }

        if (ValueDemands.IsCast(node) && IsSuperfluous(node, block))
        {
            _builder.Changed = true;
            LoseConstants(node);
            return;
        }

        foreach (ValueUse input in node.Inputs)
        {
            bool takes16 = Takes16(node, input);
            if (input.Value is null)
            {
                if (takes16 && _constants.RewriteLiteral(input.Binding.Value, node.Name))
                {
                    _builder.Changed = true;
                }
            }
            else
            {
                input.Binding.Name = _current.Of(input.Value, takes16);
            }
        }

        foreach (Block inner in node.Message.Blocks)
        {
            RewriteBlock(inner, _graph.Values.Where(value => value.Maker is null && value.Block == inner).ToArray());
        }

        block.Operations.Add(node.Message);
        foreach (ValueNode output in node.Outputs)
        {
            if (_demands.For(output) is { Makes16: true })
            {
                output.Declaration.Type = _types.Of(output.Declaration.Type);
                _builder.Changed = true;
                if (ValueDemands.IsCast(node))
                {
                    LoseConstants(node);
                    _casts.SetType(node.Message, DataType.Float16);
                }
            }

            Bridge(output, block);
        }
    }

    /// <summary>Gives a value its names in both precisions and puts a cast where both are wanted.</summary>
    private void Bridge(ValueNode value, Block block)
    {
        if (_current.IsKnown(value))
        {
            return;
        }

        string name = value.Name;
        _current.Set(value, name, name);
        if (_demands.For(value) is not { } demand || !(demand.Makes16 ? demand.Wants32 : demand.Wants16))
        {
            return;
        }

        bool makes16 = demand.Makes16;
        _builder.Changed = true;
        bool isOutput = value.OutputOf.Contains(_graph.Body) && value.Maker is not null;
        bool outputIs16 = isOutput && _interface.OutputIs16(name);
        string made = name;
        string other = _names.Make(name + (makes16 ? "_to_fp32" : "_to_fp16"));
        if (isOutput && outputIs16 != makes16)
        {
            // The caller knows the output by its name, so the cast gets the name and the operation a new one.
            (made, other) = (_names.Make(name + (makes16 ? "_cast_fp16" : "_cast_fp32")), name);
            value.Declaration.Name = made;
        }

        block.Operations.Add(_casts.Make(made, other, value.Declaration.Type, makes16 ? DataType.Float32 : DataType.Float16));
        _current.Set(value, makes16 ? made : other, makes16 ? other : made);
    }

    /// <summary>An identity from FP16 to FP32 is the border itself: it becomes the cast.</summary>
    private bool TurnIntoCast(OperationNode node)
    {
        ValueNode output = node.Outputs[0];
        if (node.Inputs.FirstOrDefault()?.Value is not { } input
            || _demands.For(output) is not { Makes16: false }
            || !Has16Only(input))
        {
            return false;
        }

        node.Message.Type = "cast";
        _casts.SetType(node.Message, DataType.Float32);
        return true;
    }

    /// <summary>
    /// Whether a cast's result exists already: FP16 to FP32 for users that now take FP16 (widening and narrowing again
    /// is exact), or FP32 to FP16 of a value that exists in FP16. Its users then take the input. A result that is still
    /// wanted in FP32 stays; one that a block gives out by name in FP16 becomes an identity.
    /// </summary>
    private bool IsSuperfluous(OperationNode node, Block block)
    {
        ValueNode? input = node.Inputs.FirstOrDefault(use => use.Parameter == "x")?.Value;
        ValueNode output = node.Outputs[0];
        bool widens = input is { ElementType: ElementType.Float16 } && _demands.For(input) is null && _demands.For(output) is { Wants16: true };
        bool narrows = output.ElementType == ElementType.Float16 && _demands.For(output) is null
            && input is not null && _demands.For(input) is { } demand && (demand.Makes16 || demand.Wants16);
        if (!(widens || narrows))
        {
            return false;
        }

        string exists = _current.Of(input!, true);
        if (_demands.For(output) is { Wants32: true })
        {
            _current.Set(output, exists, output.Name);
            return false;
        }

        if (output.OutputOf.Count == 0)
        {
            _current.Set(output, exists, exists);
            return true;
        }

        node.Message.Type = "identity";
        node.Message.Inputs.Remove("dtype");
        node.Message.Inputs["x"].Arguments[0].Name = exists;
        output.Declaration.Type = _types.Of(output.Declaration.Type);
        block.Operations.Add(node.Message);
        return true;
    }

    private bool Takes16(OperationNode node, ValueUse input)
    {
        // A cast takes what there is; an identity gives what it takes.
        ValueNode? decides = ValueDemands.IsCast(node) ? input.Value : _demands.IsFreeIdentity(node) ? node.Outputs[0] : null;
        return decides is null ? _decisions[node]!.Takes16(input.Parameter) : _demands.For(decides) is { Makes16: true };
    }

    /// <summary>Notes the constants that a cast lets go of: its type's name, and its input if it goes itself.</summary>
    private void LoseConstants(OperationNode node) =>
        _losers.UnionWith(node.Inputs.Select(input => input.Value?.Maker).OfType<OperationNode>().Where(maker => maker.IsConst));

    private bool Has16Only(ValueNode value) => _demands.For(value) is { Makes16: true, Wants32: false };
}
