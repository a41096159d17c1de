using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Errors;
using CoreMLQuant.Mil;
using CoreMLQuant.Models;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Programs.Compression;
using CoreMLQuant.Specification.Schema;
using ValueType = CoreMLQuant.Specification.Schema.ValueType;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>Translates one function of an ML Program.</summary>
internal static class ProgramTranslator
{
    /// <summary>Translates the function that the options name, or says what of it has no translation.</summary>
    public static (OnnxTranslation? Translation, RunnabilityReport Report) Translate(
        ModelFile file, Model model, TranslationOptions options, CancellationToken cancellationToken)
    {
        ProgramGraph program = FunctionOf(file, model, options.Function);
        FunctionInterface description = FunctionInterface.Of(model.Description, program);
        var graph = new GraphBuilder(options.Opset) { HiddenStates = options.HasHiddenStates ? new Dictionary<string, OnnxValue>(StringComparer.Ordinal) : null };
        var names = new TensorNames();
        program.Function.Inputs.Select(input => input.Name).ToList().ForEach(names.Reserve);
        KeptWeights? kept = options.KeepsCompressed ? new KeptWeights(graph, names) : null;
        var constants = new ProgramConstants(new TensorCatalog(file, file.Payloads), graph.Constants, names, kept);
        var blocks = new BlockTranslator(file.Path, program, constants, names, options, cancellationToken);
        var scope = new ProgramScope(null, graph);
        var refused = new List<NotRunnableOperation>(program.Unresolved.Select(name => new NotRunnableOperation(
            name.Consumer?.Name ?? string.Empty, name.Consumer?.Type ?? "block", $"function '{program.FunctionName}'", $"it uses '{name.Name}', which nothing before it makes.")));
        try
        {
            IReadOnlyList<(ValueNode Value, OnnxValue Tensor)> inputs = FunctionInputs.Define(program, options, scope);
            blocks.Translate(program.Body, scope);
            refused.AddRange(blocks.NotRunnable);
            if (kept?.NeededOpset > options.Opset)
            {
                // Known only now, and the operators that are there were chosen for the older one.
                return Translate(file, model, options with { Opset = kept.NeededOpset }, cancellationToken);
            }

            return refused.Count > 0
                ? (null, new RunnabilityReport(refused))
                : (Finished(file, program, description, inputs, blocks, scope, names), new RunnabilityReport([]));
        }
        catch (NotTranslatableException exception)
        {
            refused.Add(new NotRunnableOperation(program.FunctionName, "function", "the program", exception.Message));
            return (null, new RunnabilityReport(refused));
        }
    }

    private static OnnxTranslation Finished(
        ModelFile file,
        ProgramGraph program,
        FunctionInterface description,
        IReadOnlyList<(ValueNode Value, OnnxValue Tensor)> inputs,
        BlockTranslator blocks,
        ProgramScope scope,
        TensorNames names)
    {
        GraphBuilder graph = scope.Graph;
        graph.Origin = string.Empty;
        ClassifierOutputs? classifier = ClassifierOutputs.Of(program, description, blocks, scope);
        var outputs = new List<(ValueNode Value, OnnxValue Tensor)>();
        foreach (ValueNode output in blocks.OutputsOf(program.Body))
        {
            if (classifier?.Gives(output) != true)
            {
                OnnxValue tensor = graph.AddOutput(blocks.Tensor(output, scope), output.Name);
                names.Give(tensor, output.Name);
                outputs.Add((output, tensor));
            }
        }

        classifier?.AddOutput(graph, names);
        var states = inputs.Where(input => FunctionInputs.IsState(input.Value))
            .Select(input => (input.Value, Input: input.Tensor, Output: StateOutput(input.Value, input.Tensor, scope))).ToList();
        var writer = new GraphWriter(graph, names.Taken);
        return new OnnxTranslation(graph, writer, file.Container)
        {
            Inputs = inputs.Where(input => !FunctionInputs.IsState(input.Value)).Select(input => description.Input(input.Value, input.Tensor)).ToArray(),
            Outputs = outputs.Select(output => description.Output(output.Value, output.Tensor)).ToArray(),
            States = states.Select(state => StateOf(state.Value, state.Input, state.Output)).ToArray(),
            Classifier = classifier?.Describe(),
            Weights = OnnxTranslation.WeightsOf(graph, blocks.Constants.Made.Select(made => (made.Key.Name, made.Value))),
            Taps = TapsOf(program, scope),
            HiddenStateTaps = OnnxTranslation.HiddenStatesOf(graph),
            NestedTaps = blocks.NestedTaps.In(graph),
            InputTaps = program.Values.Take(program.Function.Inputs.Count).Where(input => !FunctionInputs.IsState(input))
                .Select(input => (Value: input, Tensor: scope.Find(input)))
                .Where(pair => pair.Tensor is { Maker: not null, Name.Length: > 0 })
                .Select(pair => new OnnxTap(
                    pair.Value.Name, pair.Tensor!.Name, string.Empty, "input", pair.Value.ElementType, pair.Tensor.Type, MilTypes.ShapeOf(pair.Value.Declaration.Type)))
                .ToArray(),
        };
    }

    private static ProgramGraph FunctionOf(ModelFile file, Model model, string? wanted) => ProgramGraph.ToRun(model, wanted)
        ?? (wanted is null
            ? throw new CoreMLFormatException(FormatRule.InvalidOperation, file.Container.SpecificationPath, "the program has no function to run.")
            : throw new ArgumentException(
                $"'{file.Path}' has no function '{wanted}'; it has {string.Join(", ", model.MlProgram.Functions.Keys.Select(one => $"'{one}'"))}.", nameof(wanted)));

    private static OnnxValue? StateOutput(ValueNode state, OnnxValue input, ProgramScope scope) =>
        scope.State(state) is { } current && !ReferenceEquals(input, current) ? scope.Graph.AddOutput(current) : null;

    private static OnnxState StateOf(ValueNode state, OnnxValue input, OnnxValue? output)
    {
        ValueType? type = FunctionInputs.TypeOf(state);
        return new OnnxState(state.Name, input.Name, output?.Name, MilTypes.ElementTypeOf(type), input.Type, MilTypes.ShapeOf(type));
    }

    private static OnnxTap[] TapsOf(ProgramGraph program, ProgramScope scope) => program.Values
        .Where(value => value.Maker is { IsConst: false, IsConstexpr: false } && ReferenceEquals(value.Block, program.Body))
        .Select(value => (Value: value, Tensor: scope.Find(value)))
        .Where(pair => pair.Tensor is { Maker: not null })
        .Select(pair => new OnnxTap(
            pair.Value.Name, pair.Tensor!.Name, pair.Value.Maker!.Name, pair.Value.Maker.Type, pair.Value.ElementType, pair.Tensor.Type, MilTypes.ShapeOf(pair.Value.Declaration.Type)))
        .ToArray();
}
