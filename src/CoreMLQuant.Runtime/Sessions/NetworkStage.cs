using System;
using System.Collections.Generic;
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
    private readonly OnnxTap[] _taps;
    private readonly OnnxFeature[] _givenInputs;
    private readonly WeightMemory _weights = new();
    private readonly Dictionary<string, OrtValue> _replaced = new(StringComparer.Ordinal);
    private readonly RunSettings _settings;
    private readonly InferenceSession _session;
    private readonly string[] _outputNames;
    private readonly StateValues _states;

    /// <summary>Makes a session for a translation.</summary>
    /// <param name="path">The model, for errors.</param>
    /// <param name="translation">What it was translated to; its model file is open.</param>
    /// <param name="settings">How it is run.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph, or its weights do not fit into memory.</exception>
    public NetworkStage(string path, OnnxTranslation translation, RunSettings settings, CancellationToken cancellationToken)
        : this(path, translation, settings)
    {
        SessionFactory.RequireMemory(translation, path);
        _session = Create(
            (options, token) =>
            {
                options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", translation.WeightFolder);
                _weights.Add(translation.DecodedWeights, options, token);
                return new InferenceSession(translation.ToBytes(_taps, settings.HasReplaceableWeights ? translation.Weights.Values.SelectMany(tensors => tensors) : null), options);
            },
            cancellationToken);
    }

    /// <summary>Takes a session whose graph has the inputs and outputs of a translation, and its weights.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="translation">The translation that it was made from.</param>
    /// <param name="settings">How it is run; intermediate values are not among its outputs.</param>
    /// <param name="open">Makes the session.</param>
    /// <param name="cancellationToken">Stops opening it.</param>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph.</exception>
    public NetworkStage(string path, OnnxTranslation translation, RunSettings settings, Func<SessionOptions, InferenceSession> open, CancellationToken cancellationToken)
        : this(path, translation, settings with { IntermediateValues = [] }) => _session = Create((options, _) => open(options), cancellationToken);

    private NetworkStage(string path, OnnxTranslation translation, RunSettings settings)
    {
        _path = path;
        _translation = translation;
        _settings = settings;
        var wanted = settings.IntermediateValues.ToHashSet(StringComparer.Ordinal);
        _taps = translation.InputTaps.Concat(translation.Taps).Concat(translation.HiddenStateTaps).Where(tap => wanted.Contains(tap.Name)).ToArray();
        _givenInputs = InputsAsGiven(translation).Where(input => wanted.Contains(input.Name)).ToArray();
        _states = new StateValues(translation.States);
        _outputNames = translation.Outputs.Select(output => output.TensorName)
            .Concat(translation.Classifier is { } classifier ? [classifier.ProbabilitiesTensor] : [])
            .Concat(translation.States.Select(state => state.OutputTensor).OfType<string>())
            .Concat(_taps.Select(tap => tap.TensorName))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        _session = null!;
    }

    /// <inheritdoc/>
    public IReadOnlyList<IntermediateValue> IntermediateValues =>
    [
        .. InputsAsGiven(_translation).Select(input => new IntermediateValue(input.Name, input.Shape.Select(dimension => dimension.IsFlexible ? -1 : dimension.Size).ToArray(), IsInput: true)),
        .. _translation.InputTaps.Select(tap => new IntermediateValue(tap.Name, tap.Shape, IsInput: true)),
        .. _translation.Taps.Select(tap => new IntermediateValue(tap.Name, tap.Shape)),
        .. _translation.HiddenStateTaps.Select(tap => new IntermediateValue(tap.Name, tap.Shape, IsHiddenState: true)),
    ];

    /// <inheritdoc/>
    public void Run(IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate, CancellationToken cancellationToken)
    {
        Dictionary<string, OrtValue> inputs = Inputs(values);
        foreach (OnnxFeature input in _givenInputs)
        {
            intermediate[input.Name] = Tensors.ToArray(inputs[input.TensorName], input.ElementType);
        }

        try
        {
            using var options = new RunOptions();
            using CancellationTokenRegistration stop = cancellationToken.Register(() => options.Terminate = true);
            Dictionary<string, OrtValue> outputs = Compute(options, inputs);
            try
            {
                Take(outputs, values, intermediate);
                _states.Keep(outputs);
            }
            finally
            {
                foreach (OrtValue output in outputs.Values)
                {
                    output.Dispose();
                }
            }
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw RuntimeErrors.Wrap(e, _translation, _path);
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> ReplaceableWeights => _settings.HasReplaceableWeights ? [.. _translation.Weights.Keys] : [];

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
        _states.Reset();
        foreach (OrtValue value in _replaced.Values)
        {
            value.Dispose();
        }

        _weights.Dispose();
    }

    // A graph's input that goes into an operation as it is, is no value that the graph can give.
    private static IEnumerable<OnnxFeature> InputsAsGiven(OnnxTranslation translation)
    {
        var changed = translation.InputTaps.Concat(translation.Taps).Select(tap => tap.Name).ToHashSet(StringComparer.Ordinal);
        return translation.Inputs.Where(input => !changed.Contains(input.Name));
    }

    private InferenceSession Create(Func<SessionOptions, CancellationToken, InferenceSession> open, CancellationToken cancellationToken)
    {
        try
        {
            using SessionOptions options = SessionFactory.Options(_translation, _settings);
            return OpeningLimit.Open(_path, options, _settings.Timeout, open, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            _weights.Dispose();
            throw RuntimeErrors.Wrap(e, _translation, _path);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    private Dictionary<string, OrtValue> Compute(RunOptions options, Dictionary<string, OrtValue> inputs)
    {
        // States belong to this stage for longer than the run; they are not among what is disposed of after it.
        KeyValuePair<string, OrtValue>[] all = [.. inputs, .. _states.Current(), .. _replaced];
        IDisposableReadOnlyCollection<OrtValue> results = _session.Run(
            options, Array.ConvertAll(all, pair => pair.Key), Array.ConvertAll(all, pair => pair.Value), _outputNames);
        return _outputNames.Zip(results).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private Dictionary<string, OrtValue> Inputs(IDictionary<string, object> values)
    {
        var tensors = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        foreach (OnnxFeature input in _translation.Inputs)
        {
            tensors.Add(input.TensorName, values.TryGetValue(input.Name, out object? value)
                ? Feed(input, value)
                : Tensors.Filled(input.DefaultValue, input.TensorType, input.Shape.Select(dimension => Math.Max(1, dimension.Size)).ToArray()));
        }

        return tensors;
    }

    private OrtValue Feed(OnnxFeature input, object value)
    {
        MultiArray array = value switch
        {
            MultiArray given => given,
            long number => new MultiArray(new[] { number }, []),
            double number => new MultiArray(new[] { number }, []),
            _ => throw new ModelRunException($"'{_path}': input '{input.Name}' takes a multi-array, and the stage before gives a {value.GetType().Name}."),
        };
        return Tensors.From(array, input.TensorType, TensorShape.Of(array.Shape, input.Shape));
    }

    private void Take(Dictionary<string, OrtValue> outputs, IDictionary<string, object> values, IDictionary<string, MultiArray> intermediate)
    {
        foreach (OnnxFeature output in _translation.Outputs)
        {
            values[output.Name] = Tensors.ToArray(outputs[output.TensorName], output.ElementType);
        }

        if (_translation.Classifier is { } classifier)
        {
            double[] probabilities = ArrayConversion.ToDouble(Tensors.ToArray(outputs[classifier.ProbabilitiesTensor], ElementType.Float32).Values);
            ClassOutputs.Add(values, classifier, probabilities, _path);
        }

        foreach (OnnxTap tap in _taps)
        {
            intermediate[tap.Name] = Tensors.ToArray(outputs[tap.TensorName], tap.ElementType);
        }
    }
}
