using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.OnnxRuntime;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>A part of a network with a session of its own.</summary>
/// <param name="choice">What it is for.</param>
/// <param name="session">The session; it goes with the part.</param>
/// <param name="outputs">The tensors that it computes again.</param>
internal sealed class NetworkPart(PartChoice choice, InferenceSession session, string[] outputs) : IDisposable
{
    /// <summary>The session.</summary>
    public InferenceSession Session => session;

    /// <summary>The tensors that it takes.</summary>
    public string[] Inputs { get; } = [.. choice.Graph.Inputs];

    /// <summary>The tensors that it computes again.</summary>
    public string[] Outputs => outputs;

    /// <summary>Share of the network that it computes.</summary>
    public double Share => choice.Graph.Share;

    /// <summary>Whether nothing else depends on some weights.</summary>
    /// <param name="tensors">The tensors of the weights.</param>
    public bool Holds(IEnumerable<string> tensors) => tensors.All(choice.Weights.Contains);

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
