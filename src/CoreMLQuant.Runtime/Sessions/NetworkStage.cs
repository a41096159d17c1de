using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using CoreMLQuant.Elements;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using CoreMLQuant.Runtime.Features;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A network on ONNX Runtime.</summary>
internal sealed class NetworkStage : IModelStage
{
    private readonly string _path;
    private readonly OnnxTranslation _translation;
    private readonly StageTapNames _names;
    private readonly (OnnxTap Tap, string Name)[] _taps;
    private readonly OnnxFeature[] _givenInputs;
    private readonly GraphSessions _sessions;
    private readonly NetworkParts _parts = new();
    private readonly Dictionary<string, OrtValue> _replaced = new(StringComparer.Ordinal);
    private readonly RunSettings _settings;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly StateValues _states;
    private readonly TimeSpan _opening;
    private InferenceSession _session;

    /// <summary>Makes a session for a translation.</summary>
    /// <param name="path">The model, for errors.</param>
    /// <param name="translation">What it was translated to; its model file is open.</param>
    /// <param name="settings">How it is run.</param>
    /// <param name="names">What its values are called.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph, or its weights do not fit into memory.</exception>
    public NetworkStage(string path, OnnxTranslation translation, RunSettings settings, StageTapNames names, CancellationToken cancellationToken)
        : this(path, translation, settings, names)
    {
        Stopwatch time = Stopwatch.StartNew();
        _session = _sessions.Open(ToBytes(), cancellationToken);
        _opening = time.Elapsed;
    }

    /// <summary>Takes a session whose graph has the inputs and outputs of a translation, and its weights.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="translation">The translation that it was made from.</param>
    /// <param name="settings">How it is run; intermediate values are not among its outputs, and weights cannot be replaced.</param>
    /// <param name="open">Makes the session.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph.</exception>
    public NetworkStage(string path, OnnxTranslation translation, RunSettings settings, Func<SessionOptions, InferenceSession> open, CancellationToken cancellationToken)
        : this(path, translation, settings with { IntermediateValues = [], HasReplaceableWeights = false }, StageTapNames.Alone) => _session = _sessions.Open((options, _) => open(options), cancellationToken);

    private NetworkStage(string path, OnnxTranslation translation, RunSettings settings, StageTapNames names)
    {
        _names = names;
        _path = path;
        _translation = translation;
        _settings = settings;
        _sessions = new GraphSessions(path, translation, settings);
        var wanted = settings.IntermediateValues.ToHashSet(StringComparer.Ordinal);
        _taps = translation.InputTaps.Select(tap => (Tap: tap, Name: tap.Name))
            .Concat(translation.Taps.Concat(translation.HiddenStateTaps).Concat(translation.NestedTaps.Where(tap => tap.TensorName.Length > 0)).Select(tap => (Tap: tap, Name: names.Of(tap.Name))))
            .Where(tap => wanted.Contains(tap.Name)).ToArray();
        _givenInputs = InputsAsGiven(translation).Where(input => wanted.Contains(input.Name)).ToArray();
        _states = new StateValues(translation.States);
        _inputNames = translation.Inputs.Select(input => input.TensorName).ToArray();
        _outputNames = translation.Outputs.Select(output => output.TensorName)
            .Concat(translation.Classifier is { } classifier ? [classifier.ProbabilitiesTensor] : [])
            .Concat(translation.States.Select(state => state.OutputTensor).OfType<string>())
            .Concat(_taps.Select(tap => tap.Tap.TensorName))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        _session = null!;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IntermediateValue> IntermediateValues =>
    [
        .. InputsAsGiven(_translation).Select(input => new IntermediateValue(input.Name, input.Shape.Select(dimension => dimension.IsFlexible ? -1 : dimension.Size).ToArray(), IsInput: true)),
        .. _translation.InputTaps.Select(tap => new IntermediateValue(tap.Name, tap.Shape, IsInput: true)),
        .. _translation.Taps.Select(tap => new IntermediateValue(_names.Of(tap.Name), tap.Shape)),
        .. _translation.HiddenStateTaps.Concat(_translation.NestedTaps).Select(tap => new IntermediateValue(_names.Of(tap.Name), tap.Shape, IsInner: true)),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> ReplaceableWeights => _settings.HasReplaceableWeights ? [.. _translation.Weights.Keys] : [];

    /// <summary>Whether weights are replaced.</summary>
    public bool HasReplacements => _replaced.Count > 0;

    /// <summary>Whether the tensors of a run without replacements are kept for <see cref="RunAgain"/>.</summary>
    public bool IsRepeatable => _settings.HasReplaceableWeights && _translation.States.Count == 0;

    /// <summary>Number of parts of the network that have sessions of their own.</summary>
    public int PartCount => _parts.Count;

    /// <inheritdoc/>
    public void Run(IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate, CancellationToken cancellationToken)
    {
        var run = new HeldTensors();
        bool isKept = false;
        try
        {
            run.Add(InputTensors.Of(_path, _translation, values));
            string[] outputs = [.. _outputNames.Union(_parts.Taps, StringComparer.Ordinal)];
            run.Add(_sessions.Run(_session, [.. run.Of(_inputNames), .. _states.Current(), .. _replaced], outputs, cancellationToken));
            Take(name => run[name], values, intermediate);
            _states.Keep(run);
            isKept = IsRepeatable && !HasReplacements;
            if (isKept)
            {
                _parts.Held = run;
            }
        }
        finally
        {
            if (!isKept)
            {
                run.Dispose();
            }
        }
    }

    /// <summary>Runs the sample of the last run without replacements again: as much of the network as depends on the weights that are replaced now.</summary>
    /// <param name="values">Takes what is computed.</param>
    /// <param name="intermediate">Takes the intermediate values that the stage was opened for.</param>
    /// <param name="cancellationToken">Stops the run; the reason is the caller's.</param>
    public void RunAgain(IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate, CancellationToken cancellationToken)
    {
        HeldTensors held = _parts.Held!;
        using HeldTensors run = _parts.Find(_replaced.Keys) is { } part ? Run(part, cancellationToken) : Run(_session, _inputNames, _outputNames, cancellationToken);
        Take(name => run.Contains(name) ? run[name] : held[name], values, intermediate);
    }

    /// <summary>Chooses the parts of the network that are to be opened on their own for <see cref="RunAgain"/>.</summary>
    /// <param name="runs">For each further run of a sample: names of the weights that are replaced in it.</param>
    /// <param name="sampleCount">Number of samples.</param>
    /// <param name="elapsed">Time of a run.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>Whether there are any; <see cref="OpenParts"/> opens them after a further run without replacements.</returns>
    public bool ChooseParts(IReadOnlyList<IReadOnlyCollection<string>> runs, int sampleCount, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        CloseParts();
        ReplaceableOnnxWeight[][] tensors = runs.Select(run => run.SelectMany(name => _translation.Weights[name]).ToArray()).ToArray();
        _parts.Choose(PartChoice.Choose(_translation, tensors, sampleCount, _opening / elapsed));
        if (_parts.Taps.Length == 0)
        {
            return false;
        }

        if (_sessions.TryOpen(ToBytes(_parts.Taps), null, cancellationToken) is not { } session)
        {
            CloseParts();
            return false;
        }

        _session.Dispose();
        _session = session;
        return true;
    }

    /// <summary>Opens the parts that were chosen.</summary>
    public void OpenParts(CancellationToken cancellationToken) => _parts.Open(
        _translation.Inputs.All(input => input.EnumeratedShapes.Count == 0 && !input.Shape.Any(dimension => dimension.IsFlexible)),
        _outputNames,
        (graph, constants) => _sessions.TryOpen(graph, constants.Contains, cancellationToken),
        part => Run(part, cancellationToken));

    /// <summary>Does without parts: every run is one of the whole network.</summary>
    public void CloseParts() => _parts.Close();

    /// <inheritdoc/>
    public void ReplaceWeight(string name, float[]? values)
    {
        foreach (ReplaceableOnnxWeight tensor in _translation.Weights[name])
        {
            if (_replaced.Remove(tensor.TensorName, out OrtValue? before))
            {
                before.Dispose();
            }

            if (values is not null)
            {
                _replaced.Add(tensor.TensorName, OrtValue.CreateTensorValueFromMemory(values, [.. tensor.Shape]));
            }
        }
    }

    /// <inheritdoc/>
    public void ResetStates() => _states.Reset();

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _parts.Dispose();
        _states.Reset();
        foreach (OrtValue value in _replaced.Values)
        {
            value.Dispose();
        }

        _sessions.Dispose();
    }

    // A graph's input that goes into an operation as it is, is no value that the graph can give.
    private static IEnumerable<OnnxFeature> InputsAsGiven(OnnxTranslation translation)
    {
        var changed = translation.InputTaps.Concat(translation.Taps).Select(tap => tap.Name).ToHashSet(StringComparer.Ordinal);
        return translation.Inputs.Where(input => !changed.Contains(input.Name));
    }

    private byte[] ToBytes(params string[] taps) => _translation.ToBytes(
        _taps.Select(tap => tap.Tap.TensorName).Concat(taps), _settings.HasReplaceableWeights ? _translation.Weights.Values.SelectMany(tensors => tensors) : null);

    private HeldTensors Run(NetworkPart part, CancellationToken cancellationToken) => Run(part.Session, part.Inputs, part.Outputs, cancellationToken);

    private HeldTensors Run(InferenceSession session, string[] inputs, string[] outputs, CancellationToken cancellationToken)
    {
        var run = new HeldTensors();
        run.Add(_sessions.Run(session, [.. _parts.Held!.Of(inputs), .. _replaced], outputs, cancellationToken));
        return run;
    }

    private void Take(Func<string, OrtValue> tensor, IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate)
    {
        foreach (OnnxFeature input in _givenInputs)
        {
            intermediate[input.Name] = Tensors.ToArray(tensor(input.TensorName), input.ElementType);
        }

        foreach (OnnxFeature output in _translation.Outputs)
        {
            values[output.Name] = Tensors.ToArray(tensor(output.TensorName), output.ElementType);
        }

        if (_translation.Classifier is { } classifier)
        {
            double[] probabilities = ArrayConversion.ToDouble(Tensors.ToArray(tensor(classifier.ProbabilitiesTensor), ElementType.Float32).Values);
            ClassOutputs.Add(values, classifier, probabilities, _path);
        }

        foreach ((OnnxTap tap, string name) in _taps)
        {
            intermediate[name] = Tensors.ToArray(tensor(tap.TensorName), tap.ElementType);
        }
    }
}
