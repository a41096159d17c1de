using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Onnx;
using CoreMLQuant.Running;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Sessions of one network: of its whole graph, and of parts of it over the same weights.</summary>
/// <param name="path">The model, for errors.</param>
/// <param name="translation">The network.</param>
/// <param name="settings">How it is run.</param>
internal sealed class GraphSessions(string path, OnnxTranslation translation, RunSettings settings) : IDisposable
{
    private readonly WeightMemory _weights = new();

    /// <summary>Makes the first session of a graph; the model file is open, and its weights are decoded now.</summary>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph, or its weights do not fit into memory.</exception>
    public InferenceSession Open(byte[] graph, CancellationToken cancellationToken)
    {
        SessionFactory.RequireMemory(translation, path);
        return Open(
            (options, token) =>
            {
                _weights.Decode(translation.DecodedWeights, token);
                return New(graph, options, null);
            },
            cancellationToken);
    }

    /// <summary>Makes a session in a way of the caller's.</summary>
    /// <exception cref="ModelRunException">ONNX Runtime refuses the graph.</exception>
    public InferenceSession Open(Func<SessionOptions, CancellationToken, InferenceSession> open, CancellationToken cancellationToken)
    {
        try
        {
            using SessionOptions options = SessionFactory.Options(translation, settings);
            return OpeningLimit.Open(path, options, settings.Timeout, open, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            _weights.Dispose();
            throw RuntimeErrors.Wrap(e, translation, path);
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    /// <summary>Makes a further session of the network or a part of it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="isConstant">Which constants it has; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Stops before it is opened.</param>
    /// <returns><see langword="null"/> where ONNX Runtime refuses it.</returns>
    public InferenceSession? TryOpen(byte[] graph, Func<string, bool>? isConstant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using SessionOptions options = SessionFactory.Options(translation, settings);
            return New(graph, options, isConstant);
        }
        catch (OnnxRuntimeException)
        {
            return null;
        }
    }

    /// <summary>Runs a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="inputs">What it takes.</param>
    /// <param name="outputs">What it is asked for.</param>
    /// <param name="cancellationToken">Stops the run; the reason is the caller's.</param>
    /// <exception cref="ModelRunException">It stopped with an error.</exception>
    public IEnumerable<KeyValuePair<string, OrtValue>> Run(
        InferenceSession session, KeyValuePair<string, OrtValue>[] inputs, string[] outputs, CancellationToken cancellationToken)
    {
        try
        {
            using var options = new RunOptions();
            using CancellationTokenRegistration stop = cancellationToken.Register(() => options.Terminate = true);
            return outputs.Zip(
                session.Run(options, Array.ConvertAll(inputs, pair => pair.Key), Array.ConvertAll(inputs, pair => pair.Value), outputs),
                KeyValuePair.Create);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw RuntimeErrors.Wrap(e, translation, path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private InferenceSession New(byte[] graph, SessionOptions options, Func<string, bool>? isConstant)
    {
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", translation.WeightFolder);
        _weights.Give(options, SessionFactory.SharesDecoded(translation), isConstant);
        return new InferenceSession(graph, options);
    }
}
