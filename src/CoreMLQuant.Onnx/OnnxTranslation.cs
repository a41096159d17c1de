using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Files;
using CoreMLQuant.Onnx.Graphs;
using CoreMLQuant.Onnx.Schema;
using Google.Protobuf;

namespace CoreMLQuant.Onnx;

/// <summary>
/// A model as an ONNX graph: the graph without its weights, where each weight is, and what the graph's inputs and outputs mean in
/// Core ML's words. Weights that must be decoded read from the model file, which stays open as long as they are wanted.
/// </summary>
public sealed class OnnxTranslation
{
    private const long NoPlace = 1L << 60;

    private readonly Lazy<Dictionary<string, OnnxValue>> _values;
    private readonly Lazy<GraphDependence> _dependence;
    private readonly ModelProto _model;
    private readonly IReadOnlyDictionary<string, string> _origins;
    private readonly IReadOnlyDictionary<string, OnnxInitializer> _initializers;

    internal OnnxTranslation(GraphBuilder graph, GraphWriter writer, ModelContainer container)
    {
        _values = new Lazy<Dictionary<string, OnnxValue>>(() => graph.Nodes.SelectMany(node => node.Outputs).OfType<OnnxValue>()
            .Where(value => value.Name.Length > 0).ToDictionary(value => value.Name, StringComparer.Ordinal));
        _dependence = new Lazy<GraphDependence>(() => new GraphDependence(graph));
        WeightFolder folder = Onnx.WeightFolder.Of(container, graph.Constants.Initializers.OfType<StoredInitializer>().Select(weight => weight.Path));
        WeightFolder = folder.Path;
        Opset = graph.Opset;
        _origins = writer.Origins;
        _model = new ModelProto { IrVersion = IrVersionOf(graph.Opset), ProducerName = "CoreMLQuant", Graph = writer.Graph };
        _model.OpsetImport.Add(new OperatorSetIdProto { Version = graph.Opset });
        _initializers = graph.Constants.Initializers.ToDictionary(initializer => initializer.Value.Name, StringComparer.Ordinal);
        foreach (OnnxInitializer initializer in graph.Constants.Initializers)
        {
            _model.Graph.Initializer.Add(Describe(initializer, folder));
        }

        StoredWeights = graph.Constants.Initializers.OfType<StoredInitializer>()
            .Select(weight => new StoredOnnxWeight(weight.Value.Name, weight.Value.Type, weight.Value.Shape!, folder.PathOf(weight.Path), weight.Offset, weight.Length))
            .ToArray();
        DecodedWeights = graph.Constants.Initializers.OfType<DecodedInitializer>().Select(weight => weight.ToWeight()).ToArray();
    }

    /// <summary>Version of ONNX's operators.</summary>
    public int Opset { get; }

    /// <summary>The inputs, in the model's order; states are apart.</summary>
    public required IReadOnlyList<OnnxFeature> Inputs { get; init; }

    /// <summary>The outputs, in the model's order; a classifier's label and dictionary are told by <see cref="Classifier"/> instead.</summary>
    public required IReadOnlyList<OnnxFeature> Outputs { get; init; }

    /// <summary>The states.</summary>
    public required IReadOnlyList<OnnxState> States { get; init; }

    /// <summary>What the probabilities mean; <see langword="null"/> for a model that is no classifier.</summary>
    public OnnxClassifier? Classifier { get; init; }

    /// <summary>The values that can be tapped, makers before users; those of nested blocks are in <see cref="NestedTaps"/>.</summary>
    public required IReadOnlyList<OnnxTap> Taps { get; init; }

    /// <summary>What inputs have become before the first operation sees them; those that it sees as they are given are not among them.</summary>
    public IReadOnlyList<OnnxTap> InputTaps { get; init; } = [];

    /// <summary>The hidden states of recurrent operations, by <see cref="Running.HiddenStateNames"/>; none unless the options ask for them.</summary>
    public IReadOnlyList<OnnxTap> HiddenStateTaps { get; init; } = [];

    /// <summary>
    /// Values inside of branches and loops, of all times that their block ran, and inputs of the layers of a NeuralNetwork; only those that the options want have a tensor, and there are none unless
    /// the options offer them.
    /// </summary>
    public IReadOnlyList<OnnxTap> NestedTaps { get; init; } = [];

    /// <summary>Folder that the paths of <see cref="StoredWeights"/> begin at; a session is told it as the folder of external initializers.</summary>
    public string WeightFolder { get; }

    /// <summary>Weights that stay in the model's files.</summary>
    public IReadOnlyList<StoredOnnxWeight> StoredWeights { get; }

    /// <summary>Weights that are to be decoded into memory and given to the session.</summary>
    public IReadOnlyList<DecodedOnnxWeight> DecodedWeights { get; }

    /// <summary>
    /// The weights that stand outside of the graph, by Core ML's names, each with the initializers that hold its values in its own order. Two weights may share one.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<ReplaceableOnnxWeight>> Weights { get; init; }

    /// <summary>Name of the Core ML operation or layer behind a node of the graph; <see langword="null"/> for a name that no node has.</summary>
    public string? OperationOf(string nodeName) => _origins.TryGetValue(nodeName, out string? origin) ? origin : null;

    /// <summary>The graph as bytes, its weights only referred to.</summary>
    /// <param name="tensors">Names of tensors that become outputs as well.</param>
    /// <param name="replaceable">Weights that become inputs as well; who runs the graph may give them or not.</param>
    public byte[] ToBytes(IEnumerable<string>? tensors = null, IEnumerable<ReplaceableOnnxWeight>? replaceable = null) =>
        With(tensors ?? [], replaceable ?? []).ToByteArray();

    /// <summary>The part of the graph that depends on weights, directly or through other values.</summary>
    /// <param name="weights">The weights.</param>
    public OnnxSubgraph DependentsOf(IEnumerable<ReplaceableOnnxWeight> weights) =>
        new(this, _dependence.Value, _dependence.Value.DependentsOf(weights.Select(weight => _initializers[weight.TensorName].Value)));

    /// <summary>A part of the graph as bytes.</summary>
    internal byte[] ToBytes(OnnxSubgraph part, IEnumerable<OnnxValue> outputs, Func<string, IReadOnlyList<long>?> shapeOf)
    {
        var constants = new HashSet<string>(part.Constants, StringComparer.Ordinal);
        var graph = new GraphProto { Name = _model.Graph.Name };
        graph.Node.AddRange(part.Nodes.Select(node => _model.Graph.Node[node]));
        graph.Initializer.AddRange(_model.Graph.Initializer.Where(constant => constants.Contains(constant.Name)));
        graph.Input.AddRange(part.Crossing.Select(value => Describe(value, shapeOf(value.Name))));
        graph.Input.AddRange(InputsFor(Weights.Values.SelectMany(tensors => tensors).Where(weight => constants.Contains(weight.TensorName))));
        graph.Output.AddRange(outputs.Select(value => Describe(value, null)));
        return ModelOf(graph).ToByteArray();
    }

    /// <summary>The message itself, to be changed by nobody.</summary>
    internal ModelProto Model => _model;

    /// <summary>The replaceable weights among values of the graph.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<ReplaceableOnnxWeight>> WeightsOf(GraphBuilder graph, IEnumerable<(string Name, OnnxValue Value)> constants)
    {
        var outside = new HashSet<string>(
            graph.Constants.Initializers.Where(initializer => initializer is not InlineInitializer).Select(initializer => initializer.Value.Name), StringComparer.Ordinal);
        return constants.Where(constant => constant.Value.Type == OnnxTensorType.Float && outside.Contains(constant.Value.Name))
            .GroupBy(constant => constant.Name, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => (IReadOnlyList<ReplaceableOnnxWeight>)group.Select(constant => new ReplaceableOnnxWeight(constant.Value.Name, constant.Value.Shape!)).Distinct().ToArray(),
                StringComparer.Ordinal);
    }

    /// <summary>The hidden states that a graph offers, once its values have their names.</summary>
    internal static IReadOnlyList<OnnxTap> HiddenStatesOf(GraphBuilder graph) => (graph.HiddenStates ?? new Dictionary<string, OnnxValue>())
        .Select(states => new OnnxTap(states.Key, states.Value.Name, states.Value.Maker!.Origin, string.Empty, ElementType.Float32, states.Value.Type, states.Value.Shape ?? []))
        .ToArray();

    private ModelProto With(IEnumerable<string> taps, IEnumerable<ReplaceableOnnxWeight> replaceable)
    {
        var outputs = new HashSet<string>(_model.Graph.Output.Select(output => output.Name), StringComparer.Ordinal);
        ValueInfoProto[] added = taps.Where(outputs.Add).Select(name => Describe(_values.Value[name], null)).ToArray();
        ValueInfoProto[] inputs = InputsFor(replaceable).ToArray();
        if (added.Length + inputs.Length == 0)
        {
            return _model;
        }

        // A shallow copy: nodes and constants are shared, only the list of outputs is another one.
        var graph = new GraphProto { Name = _model.Graph.Name };
        graph.Node.AddRange(_model.Graph.Node);
        graph.Initializer.AddRange(_model.Graph.Initializer);
        graph.Input.AddRange(_model.Graph.Input);
        graph.Input.AddRange(inputs);
        graph.Output.AddRange(_model.Graph.Output);
        graph.Output.AddRange(added);
        return ModelOf(graph);
    }

    private IEnumerable<ValueInfoProto> InputsFor(IEnumerable<ReplaceableOnnxWeight> weights) => weights.Select(weight => weight.TensorName)
        .Distinct(StringComparer.Ordinal).Select(name => GraphWriter.Describe(_initializers[name].Value, withShape: true));

    private static ValueInfoProto Describe(OnnxValue value, IReadOnlyList<long>? shape) =>
        GraphWriter.Describe(new OnnxValue(value.Type, shape) { Name = value.Name }, withShape: shape is not null);

    private ModelProto ModelOf(GraphProto graph)
    {
        var model = new ModelProto { IrVersion = _model.IrVersion, ProducerName = _model.ProducerName, Graph = graph };
        model.OpsetImport.AddRange(_model.OpsetImport);
        model.MetadataProps.AddRange(_model.MetadataProps);
        return model;
    }

    // The version of the format that came with a version of the operators.
    private static long IrVersionOf(int opset) => opset switch { <= 18 => 8, <= 20 => 9, <= 22 => 10, _ => 11 };

    private static TensorProto Describe(OnnxInitializer initializer, WeightFolder folder)
    {
        OnnxValue value = initializer.Value;
        var tensor = new TensorProto { Name = value.Name, DataType = (int)value.Type };
        tensor.Dims.AddRange(value.Shape!);
        switch (initializer)
        {
            case InlineInitializer inline:
                tensor.RawData = UnsafeByteOperations.UnsafeWrap(inline.Bytes);
                break;
            case StoredInitializer stored:
                Refer(tensor, folder.PathOf(stored.Path), stored.Offset, stored.Length);
                break;
            case DecodedInitializer decoded:
                // The session gets the values as an initializer of its own. The file must be there; the place in it is none, so that nothing else is read by mistake.
                Refer(tensor, folder.Specification, NoPlace, decoded.ToWeight().ByteCount);
                break;
        }

        return tensor;
    }

    private static void Refer(TensorProto tensor, string path, long offset, long length)
    {
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = path });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length.ToString(CultureInfo.InvariantCulture) });
    }
}
