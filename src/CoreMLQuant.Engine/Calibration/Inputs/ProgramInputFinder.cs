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
    private readonly IReadOnlyDictionary<ValueNode, string> _nested;

    private ProgramInputFinder(ModelFile file, PipelineStage stage, ProgramGraph graph, ISet<string> known)
    {
        _tensors = new TensorCatalog(file, file.Payloads);
        _stage = stage;
        _graph = graph;
        _known = known;
        _nested = NestedValues.NamesIn(graph);
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
        var products = new List<(ConsumedWeight Consumed, string? Tap)>();
        int others = 0;
        foreach (ReachedUse use in UsesOf(value, site.Shape))
        {
            string name = $"{use.Consumer.Type} '{use.Consumer.Name}'";
            ConsumedWeight? consumed = Consumed(use), stored = consumed is null ? null : use.AsStored(consumed);
            string? tap = stored is null ? null : Tap(use.Use, stored);
            reason = consumed is null ? $"is used by {name}, which does not multiply vectors with it"
                : stored is null ? $"is multiplied by {name} in another layout, in which its inputs are not along axes of its own"
                : tap is null ? $"is multiplied by {name} with a value that cannot be looked at while the model runs"
                : reason;
            if (stored is not null)
            {
                products.Add((stored, tap));
            }
            else if (consumed is not null || use.IsLookup)
            {
                others++;
            }
            else
            {
                // Its errors may cost anything there.
                return null;
            }
        }

        if (products.Find(product => product.Tap is not null).Consumed is not { } first)
        {
            return null;
        }

        ILookup<bool, (ConsumedWeight Consumed, string? Tap)> along = products.ToLookup(product => product.Consumed.MeetsSameInputs(first));
        TappedVectors[] tapped = along[true].Where(product => product.Tap is not null).Select(product => new TappedVectors(product.Tap!, product.Consumed.Vectors)).ToArray();
        return new WeightInput(site, first.InputCounts, first.OutputAxis, tapped)
        {
            Parts = first.Parts,
            OtherUses = (double)(others + along[false].Count()) / tapped.Length,
        };
    }

    // What gives its values in another type or layout hands its uses on.
    private IEnumerable<ReachedUse> UsesOf(ValueNode weight, IReadOnlyList<long> shape)
    {
        var next = new Queue<ReachedUse>(weight.Uses.Select(use => new ReachedUse(use, shape, [])));
        while (next.Count > 0)
        {
            ReachedUse use = next.Dequeue();
            if (StoredLayout.Of(use.Use, InputsOf(use.Consumer), use.Shape) is { } layout)
            {
                use.Consumer.Outputs[0].Uses.ForEach(behind => next.Enqueue(new ReachedUse(behind, layout.Shape, [.. use.Layouts, layout])));
            }
            else
            {
                yield return use;
            }
        }
    }

    private ConsumedWeight? Consumed(ReachedUse use)
    {
        OperationInputs inputs = InputsOf(use.Consumer);
        return use.Shape.Count < 2 ? null
            : use.Consumer.Type == "einsum"
                ? inputs.Text("equation") is { } equation ? EinsumFactor.Find(equation, Values(use.Consumer).FindIndex(one => ReferenceEquals(one.Binding, use.Use.Binding)), use.Shape) : null
            : ProgramConsumers.Find(use.Consumer.Type, use.Use.Parameter, use.Shape, inputs);
    }

    private OperationInputs InputsOf(OperationNode operation) => new(operation, Platform.OpsetNumber(_graph.Opset), one => InferredType.Of(one.Type), _tensors);

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
        while (value is not null)
        {
            string? name = ReferenceEquals(value.Block, _graph.Body) ? value.Name : _nested.TryGetValue(value, out string? nested) ? nested : null;
            if (name is not null && _known.Contains(name))
            {
                return name;
            }

            value = value.Maker is { } maker && StoredLayout.KeepsValues(maker) ? maker.Inputs.FirstOrDefault(input => input.Parameter == "x")?.Value : null;
        }

        return null;
    }
}
