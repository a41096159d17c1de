using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Shapes;
using CoreMLQuant.Mil.Weights;
using CoreMLQuant.Models;

namespace CoreMLQuant.Calibration.Inputs;

/// <summary>Finds the values that the weights of an ML Program are multiplied with.</summary>
internal sealed class ProgramInputFinder
{
    private readonly TensorCatalog _tensors;
    private readonly PipelineStage _stage;
    private readonly ProgramGraph _graph;
    private readonly ISet<string> _known;

    private ProgramInputFinder(ModelFile file, PipelineStage stage, ProgramGraph graph, ISet<string> known)
    {
        _tensors = new TensorCatalog(file, file.Payloads);
        _stage = stage;
        _graph = graph;
        _known = known;
    }

    /// <summary>Looks at all weights of the functions of a stage.</summary>
    /// <param name="file">The model.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="function">The function that is run; <see langword="null"/> for the default one.</param>
    /// <param name="known">The values that can be tapped.</param>
    public static WeightInputs Find(ModelFile file, PipelineStage stage, string? function, ISet<string> known)
    {
        ProgramGraph? run = ProgramGraph.ToRun(stage.Model, function);
        var found = new List<WeightInput>();
        var left = new List<LeftWeight>();
        foreach (ProgramGraph graph in ProgramGraph.Of(stage.Model.MlProgram))
        {
            var finder = new ProgramInputFinder(file, stage, graph, known);
            bool isRun = graph.FunctionName == run?.FunctionName && graph.Opset == run.Opset;
            foreach ((WeightSite site, ValueNode value) in finder.Weights())
            {
                string reason = $"belongs to the function '{graph.FunctionName}', which is not run";
                if (isRun && finder.InputOf(site, value, out reason) is { } input)
                {
                    found.Add(input);
                }
                else
                {
                    left.Add(new LeftWeight(site, reason));
                }
            }
        }

        return new WeightInputs(found, left);
    }

    private IEnumerable<(WeightSite Site, ValueNode Value)> Weights() =>
        from operation in _graph.Operations
        let site = MilWeights.SiteOf(_tensors, _stage.Name, _graph, operation)
        where site is { ElementType: ElementType.Float16 or ElementType.Float32, Shape.Count: >= 2 }
        select (site, operation.Outputs[0]);

    private WeightInput? InputOf(WeightSite site, ValueNode value, out string reason)
    {
        reason = "is not used";
        WeightInput? input = null;
        (OperationNode Consumer, ConsumedWeight Consumed)? first = null;
        foreach (ValueUse use in UsesOf(value))
        {
            // A weight is stored once: what makes good its errors for one operation makes them larger for one that multiplies it along other axes or looks values up in it.
            if (Consumed(use, site.Shape) is not { } consumed)
            {
                reason = $"is used by {NameOf(use.Consumer)}, which does not multiply vectors with it";
                return null;
            }

            first ??= (use.Consumer, consumed);
            if (!consumed.MeetsSameInputs(first.Value.Consumed))
            {
                reason = $"is multiplied by {NameOf(use.Consumer)} along other axes than by {NameOf(first.Value.Consumer)}";
                return null;
            }

            if (Tap(use, consumed) is not { } name)
            {
                reason = $"is multiplied by {NameOf(use.Consumer)} with a value that cannot be looked at while the model runs";
                continue;
            }

            var tapped = new TappedVectors(name, consumed.Vectors);
            input = input is null ? new WeightInput(site, consumed.InputCounts, consumed.OutputAxis, [tapped]) { Parts = consumed.Parts }
                : input with { Values = [.. input.Values, tapped] };
        }

        return input;
    }

    private static string NameOf(OperationNode operation) => $"{operation.Type} '{operation.Name}'";

    // A change of type between a weight and its operation changes nothing here.
    private static IEnumerable<ValueUse> UsesOf(ValueNode value)
    {
        var next = new Queue<ValueUse>(value.Uses);
        while (next.Count > 0)
        {
            ValueUse use = next.Dequeue();
            if (!KeepsValues(use.Consumer))
            {
                yield return use;
            }
            else
            {
                use.Consumer.Outputs[0].Uses.ForEach(next.Enqueue);
            }
        }
    }

    private ConsumedWeight? Consumed(ValueUse use, IReadOnlyList<long> shape)
    {
        var inputs = new OperationInputs(use.Consumer, Platform.OpsetNumber(_graph.Opset), one => InferredType.Of(one.Type), _tensors);
        return use.Consumer.Type == "einsum"
            ? inputs.Text("equation") is { } equation ? EinsumFactor.Find(equation, Values(use.Consumer).FindIndex(one => ReferenceEquals(one.Binding, use.Binding)), shape) : null
            : ProgramConsumers.Find(use.Consumer.Type, use.Parameter, shape, inputs);
    }

    private static List<ValueUse> Values(OperationNode einsum) => einsum.Inputs.Where(input => input.Parameter == "values").ToList();

    private string? Tap(ValueUse weight, ConsumedWeight consumed) => consumed.HiddenStatesOf(weight.Consumer.Name) is { } states
        ? ReferenceEquals(weight.Consumer.Block, _graph.Body) && _known.Contains(states) ? states : null
        : Factor(weight, consumed.Parameter) is { } factor ? Tap(factor) : null;

    private ValueNode? Factor(ValueUse weight, string parameter) => weight.Consumer.Inputs
        .FirstOrDefault(input => input.Parameter == parameter && !ReferenceEquals(input.Binding, weight.Binding))?.Value;

    // An operation that keeps the values may have none of its own in the running model; then what it is given is the same.
    private string? Tap(ValueNode factor)
    {
        ValueNode? value = factor;
        while (value is not null && ReferenceEquals(value.Block, _graph.Body))
        {
            if (_known.Contains(value.Name))
            {
                return value.Name;
            }

            value = value.Maker is { } maker && KeepsValues(maker) ? maker.Inputs.FirstOrDefault(input => input.Parameter == "x")?.Value : null;
        }

        return null;
    }

    private static bool KeepsValues(OperationNode operation) => operation.Type is "cast" or "identity" && operation.Outputs.Count == 1;
}
