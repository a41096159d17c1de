using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CoreMLQuant.Onnx.Tests;

/// <summary>Runs a translation: one thread, weights where the translation says they are.</summary>
internal sealed partial class OnnxSession : IDisposable
{
    private readonly OnnxTranslation _translation;
    private readonly SessionOptions _options = new();
    private readonly List<IDisposable> _owned = [];
    private readonly InferenceSession _session;
    private readonly Dictionary<string, NamedOnnxValue> _states;

    static OnnxSession()
    {
        // Must be in the native environment before the first native call.
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1");
        }
        else
        {
            _ = SetEnvironment("ORT_DISABLE_TELEMETRY", "1", 1);
        }
    }

    public OnnxSession(OnnxTranslation translation, IEnumerable<OnnxTap>? taps = null)
    {
        _translation = translation;
        _options.IntraOpNumThreads = 1;
        _options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        _options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", translation.WeightFolder);
        DecodedInitializers.Add(translation.DecodedWeights, _options, _owned);
        try
        {
            _session = new InferenceSession(translation.ToBytes(taps?.Select(tap => tap.TensorName)), _options);
        }
        catch
        {
            Dispose();
            throw;
        }

        _states = translation.States.ToDictionary(
            state => state.InputTensor,
            state => Tensor(state.InputTensor, state.TensorType, state.Shape, new double[state.Shape.Aggregate(1L, (product, size) => product * size)]));
    }

    /// <summary>Runs once; states go on from the run before.</summary>
    /// <param name="inputs">Values by feature name.</param>
    /// <returns>Shape and values of each output of the graph, by tensor name.</returns>
    public Dictionary<string, (long[] Shape, double[] Values)> Run(IReadOnlyDictionary<string, NpyArray> inputs)
    {
        List<NamedOnnxValue> values = [.. _states.Values];
        foreach (OnnxFeature feature in _translation.Inputs)
        {
            NpyArray array = inputs[feature.Name];
            values.Add(Tensor(feature.TensorName, feature.TensorType, array.Shape.Length == 0 && feature.Shape.Count == 1 ? [1] : array.Shape, array.Values));
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(values);
        var outputs = results.ToDictionary(result => result.Name, result => Values(result));
        foreach (OnnxState state in _translation.States.Where(state => state.OutputTensor is not null))
        {
            (long[] shape, double[] numbers) = outputs[state.OutputTensor!];
            _states[state.InputTensor] = Tensor(state.InputTensor, state.TensorType, shape, numbers);
        }

        return outputs;
    }

    public void Dispose()
    {
        _session?.Dispose();
        _options.Dispose();
        _owned.ForEach(value => value.Dispose());
    }

    private static NamedOnnxValue Tensor(string name, OnnxTensorType type, IReadOnlyList<long> shape, double[] values)
    {
        int[] dimensions = shape.Select(size => checked((int)size)).ToArray();
        return type switch
        {
            OnnxTensorType.Float => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(values.Select(value => (float)value).ToArray(), dimensions)),
            OnnxTensorType.Int32 => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<int>(values.Select(value => (int)value).ToArray(), dimensions)),
            OnnxTensorType.Bool => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<bool>(values.Select(value => value != 0).ToArray(), dimensions)),
            _ => throw new NotSupportedException($"No input has the type {type}."),
        };
    }

    private static (long[] Shape, double[] Values) Values(DisposableNamedOnnxValue result) => result.Value switch
    {
        Tensor<float> floats => (Shape(floats.Dimensions), floats.Select(value => (double)value).ToArray()),
        Tensor<int> integers => (Shape(integers.Dimensions), integers.Select(value => (double)value).ToArray()),
        Tensor<long> longs => (Shape(longs.Dimensions), longs.Select(value => (double)value).ToArray()),
        Tensor<bool> truths => (Shape(truths.Dimensions), truths.Select(value => value ? 1.0 : 0).ToArray()),
        var other => throw new NotSupportedException($"No output is a {other?.GetType().Name}."),
    };

    private static long[] Shape(ReadOnlySpan<int> dimensions)
    {
        var shape = new long[dimensions.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = dimensions[i];
        }

        return shape;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
