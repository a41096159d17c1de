using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Formatting;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;

namespace CoreMLQuant.Editing.Splitting;

/// <summary>A cut behind one operation of a body: what is handed on, and why it may be impossible.</summary>
internal sealed class ProgramCut
{
    private readonly BodyOrder _order;
    private readonly ValueNode[] _handedOn;

    /// <param name="order">The body.</param>
    /// <param name="position">Position of the last operation of the first part.</param>
    public ProgramCut(BodyOrder order, int position)
    {
        _order = order;
        Position = position;
        int opset = Platform.OpsetNumber(order.Graph.Opset);
        _handedOn = order.Steps.Take(position + 1).SelectMany(step => step.Outputs).Where(value => order.SpanOf(value).Last > position).ToArray();
        Values = _handedOn.Select(value => CrossingValue.Of(value, opset)).OfType<CrossingValue>().ToArray();
    }

    /// <summary>Position of the last operation of the first part.</summary>
    public int Position { get; }

    /// <summary>What is handed on.</summary>
    public IReadOnlyList<CrossingValue> Values { get; }

    /// <summary>Whether a use is in the first part, or a value that nothing uses is to be there.</summary>
    public bool IsFirst((int First, int Last) span) => span.First <= Position || span.Last < 0;

    /// <summary>Whether a use is in the second part.</summary>
    public bool IsSecond((int First, int Last) span) => span.Last > Position;

    /// <summary>Why a body cannot be cut here; <see langword="null"/> when it can.</summary>
    public string? WhyNot()
    {
        ValueNode? stuck = _handedOn.FirstOrDefault(value => Values.All(crossing => crossing.Value != value));
        ValueNode[] inputs = _order.Inputs.ToArray();
        ValueNode? state = inputs.FirstOrDefault(input => input.Declaration.Type?.StateType is not null && IsFirst(_order.SpanOf(input)) && IsSecond(_order.SpanOf(input)));
        ValueNode[] made = _order.Graph.Values.Where(value => ReferenceEquals(value.Block, _order.Graph.Body) && _order.IsOutput(value)).ToArray();
        return Position >= _order.Steps.Count - 1 || made.All(value => _order.MadeAt(value) <= Position) ? "no output is computed after it"
            : stuck is not null ? $"'{stuck.Name}' would have to be passed on, and a model cannot give or take {Describe(stuck)}"
            : state is not null ? $"the state '{state.Name}' is used before and after it, and two models cannot share a state"
            : _handedOn.Length == 0 && made.All(value => _order.MadeAt(value) > Position) ? "nothing that is computed before it is used"
            : !inputs.Any(input => IsData(input) && IsFirst(_order.SpanOf(input))) ? "no input is used before it"
            : null;
    }

    private static bool IsData(ValueNode input) => input.Declaration.Type?.StateType is null;

    private static string Describe(ValueNode value) => value.Declaration.Type?.TensorType is not { } tensor ? "what is no tensor"
        : tensor.Dimensions.Count == 0 ? "a scalar"
        : tensor.Dimensions.Any(dimension => dimension.Unknown is { Variadic: true }) ? "a tensor of any rank"
        : $"{MilTypes.ElementTypeOf(value.Declaration.Type)}";

    /// <summary>Where it is: <c>after conv 'conv1'</c>.</summary>
    public string Place => $"after {_order.Steps[Position].Type} '{_order.Steps[Position].Name}'";

    /// <summary>The cut as a person reads it.</summary>
    public override string ToString() => $"split {Place}; "
        + (Values.Count == 0 ? "nothing is passed on" : $"{Figures.Size(Values.Sum(value => value.ByteCount))} passed on: {string.Join(", ", Values.Select(value => $"'{value.Value.Name}'"))}");
}
