using System.Collections.Generic;
using CoreMLQuant.Calibration;
using CoreMLQuant.Models;

namespace CoreMLQuant.Planning;

/// <summary>What is known of the layers of a model. Each is known once, however many ways of storing its weight are looked at.</summary>
/// <param name="statistics">What calibration found out; <see langword="null"/> without calibration.</param>
internal sealed class LayerCatalog(CalibrationStatistics? statistics)
{
    private readonly Dictionary<WeightKey, LayerKnowledge> _layers = [];

    /// <summary>Looks the layer of a weight up.</summary>
    /// <param name="site">The weight.</param>
    /// <param name="shape">Its dimensions as it is compressed.</param>
    public LayerKnowledge Of(WeightSite site, IReadOnlyList<long> shape)
    {
        var key = WeightKey.Of(site);
        if (!_layers.TryGetValue(key, out LayerKnowledge? known))
        {
            known = LayerKnowledge.Of(statistics, site, shape);
            _layers.Add(key, known);
        }

        return known;
    }
}
