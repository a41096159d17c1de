using System.Linq;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Mil.Float16;

/// <summary>In which precisions a value of FP32 will be wanted, and in which one its maker will give it.</summary>
internal sealed class ValueDemand
{
    /// <summary>Somebody takes it as FP16.</summary>
    public bool Wants16 { get; set; }

    /// <summary>Somebody takes it as FP32.</summary>
    public bool Wants32 { get; set; }

    /// <summary>Its maker gives FP16.</summary>
    public bool Makes16 { get; set; }
}

/// <summary>
/// Decides precision value by value. Users are looked at before makers, so that makers that can give either -
/// constants, casts, identities - give what is asked for. A cast or identity that can take either asks for nothing.
/// </summary>
internal sealed class ValueDemands
{
    private readonly ValueTable<ValueDemand> _demands;
    private readonly OperationTable<OperationDecision> _decisions;
    private readonly ProgramGraph _graph;
    private readonly InterfacePrecision _interface;

    public ValueDemands(
        ProgramGraph graph,
        OperationTable<OperationDecision> decisions,
        InterfacePrecision interfacePrecision)
    {
        _graph = graph;
        _decisions = decisions;
        _interface = interfacePrecision;
        _demands = new ValueTable<ValueDemand>(graph);
        for (int i = graph.Values.Count - 1; i >= 0; i--)
        {
            if (MilTypes.IsFloat32(graph.Values[i].Declaration.Type))
            {
                _demands[graph.Values[i]] = Of(graph.Values[i]);
            }
        }
    }

    /// <summary>The demand for a value; <see langword="null"/> for what is not FP32.</summary>
    public ValueDemand? For(ValueNode value) => _demands[value];

    /// <summary>Whether a cast takes its input in whatever precision there is.</summary>
    public static bool IsCast(OperationNode operation) => operation.Type == "cast";

    /// <summary>Whether an identity is free to stand on either side of, or be, the border between FP16 and FP32.</summary>
    public bool IsFreeIdentity(OperationNode operation) =>
        operation.Type == "identity" && operation.Outputs.Count == 1 && _decisions[operation] is { Converts: true };

    private ValueDemand Of(ValueNode value)
    {
        var demand = new ValueDemand();
        foreach (ValueUse use in value.Uses)
        {
            Ask(demand, use);
        }

        foreach (Block block in value.OutputOf)
        {
            bool gives16 = block == _graph.Body && _interface.OutputIs16(value.Name);
            demand.Wants16 |= gives16;
            demand.Wants32 |= !gives16;
        }

        demand.Makes16 = Makes16(value, demand);
        return demand;
    }

    private void Ask(ValueDemand demand, ValueUse use)
    {
        OperationNode consumer = use.Consumer;
        if (IsCast(consumer))
        {
            return;
        }

        if (consumer.IsConstexpr)
        {
            foreach (ValueDemand output in consumer.Outputs.Select(For).OfType<ValueDemand>())
            {
                demand.Wants16 |= output.Wants16;
                demand.Wants32 |= output.Wants32 || !output.Wants16;
            }
        }
        else if (IsFreeIdentity(consumer))
        {
            demand.Wants16 |= For(consumer.Outputs[0])?.Wants16 ?? false;
        }
        else if (_decisions[consumer] is { } decision && decision.Takes16(use.Parameter))
        {
            demand.Wants16 = true;
        }
        else
        {
            demand.Wants32 = true;
        }
    }

    private bool Makes16(ValueNode value, ValueDemand demand)
    {
        if (value.Maker is not { } maker)
        {
            return value.Block == _graph.Body && _interface.InputIs16(value.Name);
        }

        return maker.IsConst || maker.IsConstexpr || IsCast(maker)
            ? demand is { Wants16: true, Wants32: false }
            : IsFreeIdentity(maker)
                ? demand.Wants16
                : _decisions[maker]!.ConvertsOutputs;
    }
}
