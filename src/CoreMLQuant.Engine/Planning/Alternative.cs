using System.Collections.Generic;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Tensors;

namespace CoreMLQuant.Planning;

/// <summary>One way in which a weight could be stored, measured.</summary>
/// <param name="Recipe">The recipe; <see langword="null"/> for the weight as it is.</param>
/// <param name="Length">Bytes that it would take.</param>
/// <param name="Error">What it would cost.</param>
internal sealed record Alternative(WeightRecipe? Recipe, long Length, WeightError Error)
{
    /// <summary>What it would cost at the output of the layer; <see langword="null"/> where that is not known.</summary>
    public LayerError? LayerError { get; init; }

    /// <summary>The encoding, where it is kept; <see langword="null"/> where it is computed again when it is written.</summary>
    public EncodingRecord? Record { get; init; }

    /// <summary>
    /// What a budget adds up. By default noise against signal, times the number of values: weights count by their size, whatever their range. Where outputs are
    /// measured, the noise there against their signal.
    /// </summary>
    public double Distortion { get; init; } = Error.NoiseEnergy == 0 ? 0 : Error.NoiseEnergy / Error.SignalEnergy * Error.Count;
}

/// <summary>Data that one or several weights share, and the ways in which it could be stored.</summary>
/// <param name="Sites">The weights.</param>
/// <param name="Alternatives">The ways; the first one is the data as it is.</param>
/// <param name="Reason">Why the data as it is is the only way; empty when there are others.</param>
internal sealed record WeightAlternatives(IReadOnlyList<WeightSite> Sites, IReadOnlyList<Alternative> Alternatives, string Reason);

/// <summary>Weights that share data, and the ways that come into question.</summary>
/// <param name="Sites">The weights.</param>
/// <param name="Ways">The recipe and the plan of each way.</param>
/// <param name="Reason">Why there is none; empty when there are some.</param>
internal sealed record WeightWays(IReadOnlyList<WeightSite> Sites, IReadOnlyList<(WeightRecipe Recipe, AlternativeMeasurement.Plan Plan)> Ways, string Reason);
