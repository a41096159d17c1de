using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>
/// What a network needs to run one sample again with other weights: the tensors of the first run, and sessions for parts of the network, so that what comes before the weights is not
/// computed again. A part is used only if it gives the same bits as the whole network.
/// </summary>
internal sealed class NetworkParts : IDisposable
{
    private readonly List<NetworkPart> _open = [];
    private IReadOnlyList<PartChoice> _chosen = [];
    private HeldTensors? _held;

    /// <summary>Number of parts that are open.</summary>
    public int Count => _open.Count;

    /// <summary>The tensors of the last whole run; <see langword="null"/> before the first.</summary>
    public HeldTensors? Held
    {
        get => _held;
        set
        {
            _held?.Dispose();
            _held = value;
        }
    }

    /// <summary>Tensors that parts take and the whole network has to give.</summary>
    public string[] Taps { get; private set; } = [];

    /// <summary>The smallest part that some weights need; <see langword="null"/> when it is the whole network.</summary>
    /// <param name="replaced">The tensors of the weights.</param>
    public NetworkPart? Find(IEnumerable<string> replaced) => _open.Where(part => part.Holds(replaced)).MinBy(part => part.Share);

    /// <summary>Says which parts are to be opened; the next whole run has to give <see cref="Taps"/>.</summary>
    public void Choose(IReadOnlyList<PartChoice> parts)
    {
        _chosen = parts;
        Taps = TapsOf(parts);
    }

    /// <summary>Opens the parts that were chosen, after a whole run that gave what they take.</summary>
    /// <param name="hasFixedShapes">Whether all samples have the same shapes.</param>
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="open">Makes a session of a graph, given its constants; <see langword="null"/> where ONNX Runtime refuses it.</param>
    /// <param name="run">Runs a part with its own weights.</param>
    public void Open(bool hasFixedShapes, string[] outputs, Func<byte[], HashSet<string>, InferenceSession?> open, Func<NetworkPart, HeldTensors> run)
    {
        HeldTensors held = Held ?? throw new InvalidOperationException("Nothing has run yet.");
        var used = new List<PartChoice>();
        foreach (PartChoice choice in _chosen.Where(choice => IsSmall([.. used, choice], held)))
        {
            // What other parts take is an output here as well, as it is in the whole network: so both are optimized alike.
            string[] made = outputs.Where(choice.Graph.Makes).ToArray();
            byte[] graph = choice.Graph.ToBytes(
                made.Concat(Taps.Where(choice.Graph.Makes)).Distinct(StringComparer.Ordinal),
                name => hasFixedShapes ? held[name].GetTensorTypeAndShape().Shape : null);
            if (open(graph, [.. choice.Graph.Constants]) is not { } session)
            {
                continue;
            }

            var part = new NetworkPart(choice, session, made);
            _open.Add(part);
            using HeldTensors again = run(part);
            if (made.All(name => again[name].GetTensorMutableRawData().SequenceEqual(held[name].GetTensorMutableRawData())))
            {
                used.Add(choice);
            }
            else
            {
                _open.Remove(part);
                part.Dispose();
            }
        }

        Taps = TapsOf(used);
    }

    /// <summary>Does without parts.</summary>
    public void Close()
    {
        _open.ForEach(part => part.Dispose());
        _open.Clear();
        Choose([]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        Held = null;
    }

    private static bool IsSmall(IEnumerable<PartChoice> parts, HeldTensors held) => TapsOf(parts).Sum(name => (long)held[name].GetTensorMutableRawData().Length) <= PartChoice.HeldBytes;

    private static string[] TapsOf(IEnumerable<PartChoice> parts) => parts.SelectMany(part => part.Graph.ComputedInputs).Distinct(StringComparer.Ordinal).ToArray();
}
