using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Mil;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Onnx.Programs;

/// <summary>
/// A program's classify operation: its label and its dictionary are no tensors, so the graph gives out the probabilities and whoever runs
/// it picks the label.
/// </summary>
internal sealed class ClassifierOutputs
{
    private readonly OperationNode _operation;
    private readonly OnnxValue _probabilities;
    private readonly FunctionInterface _description;
    private OnnxValue? _output;

    private ClassifierOutputs(OperationNode operation, OnnxValue probabilities, FunctionInterface description)
    {
        _operation = operation;
        _probabilities = probabilities;
        _description = description;
    }

    /// <summary>The classify operation whose results a program gives out; <see langword="null"/> when there is none.</summary>
    public static ClassifierOutputs? Of(ProgramGraph program, FunctionInterface description, BlockTranslator blocks, ProgramScope scope)
    {
        OperationNode? operation = program.Operations.FirstOrDefault(
            node => node.Type == "classify" && node.Outputs.Exists(output => output.OutputOf.Contains(program.Body, MessageIdentity<Block>.Instance)));
        return operation is null
            ? null
            : new ClassifierOutputs(operation, new OperationContext(operation, scope, blocks).Input("probabilities"), description);
    }

    /// <summary>Whether an output is the label or the dictionary.</summary>
    public bool Gives(ValueNode output) => _operation.Outputs.Contains(output);

    /// <summary>Makes the probabilities an output of the graph.</summary>
    public void AddOutput(GraphBuilder graph, TensorNames names)
    {
        string label = _operation.Outputs[0].Name, dictionary = _operation.Outputs.Count > 1 ? _operation.Outputs[1].Name : label + "_probs";
        _output = graph.AddOutput(_probabilities, dictionary);
        names.Give(_output, dictionary);
    }

    /// <summary>What the probabilities mean, once all tensors have names.</summary>
    public OnnxClassifier Describe()
    {
        (IReadOnlyList<string> labels, bool areNumbers) = LabelsOf(_operation.Parameter("classes"));
        return new OnnxClassifier(
            labels,
            areNumbers,
            _description.PredictedFeatureName.Length > 0 ? _description.PredictedFeatureName : _operation.Outputs[0].Name,
            _description.ProbabilitiesFeatureName,
            _output!.Name);
    }

    private static (IReadOnlyList<string> Labels, bool AreNumbers) LabelsOf(Value? classes) => classes?.ImmediateValue switch
    {
        { List: { } list } => Joined(list.Values.Select(LabelsOf).ToArray()),
        { Tensor.Strings: { } strings } => (strings.Values.ToArray(), false),
        { Tensor.LongInts: { } longs } => (longs.Values.Select(number => number.ToString(CultureInfo.InvariantCulture)).ToArray(), true),
        { Tensor.Ints: { } ints } => (ints.Values.Select(number => number.ToString(CultureInfo.InvariantCulture)).ToArray(), true),
        _ => throw new NotTranslatableException("the classes of its classify operation are no list of texts or integers."),
    };

    private static (IReadOnlyList<string> Labels, bool AreNumbers) Joined(IReadOnlyList<(IReadOnlyList<string> Labels, bool AreNumbers)> parts) =>
        (parts.SelectMany(part => part.Labels).ToArray(), parts.Any(part => part.AreNumbers));
}
