using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CoreMLQuant.Calibration;
using CoreMLQuant.Coding;
using CoreMLQuant.Models;
using CoreMLQuant.Planning;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Conversion.Budget;

/// <summary>What was chosen, encoded by other statistics than those that it was chosen with. A choice that differs from the one before in a few weights encodes no more than these.</summary>
/// <param name="model">The model.</param>
/// <param name="recipe">The budget.</param>
/// <param name="statistics">Statistics of the model.</param>
/// <param name="store">Keeps the encodings.</param>
internal sealed class ChosenEncodings(ModelFile model, OptimizationRecipe recipe, CalibrationStatistics statistics, EncodingStore store)
{
    private readonly WeightWays[] _weights = BudgetPlanner.WaysOf(model, recipe, statistics).ToArray();
    private readonly Dictionary<(int Weight, WeightRecipe Recipe), Alternative> _encoded = [];

    /// <summary>The same ways of storing the weights, encoded by these statistics.</summary>
    /// <param name="choices">One way for each weight, in their order.</param>
    /// <param name="cancellationToken">Stops encoding.</param>
    public Alternative[] Of(Alternative[] choices, CancellationToken cancellationToken)
    {
        var wanted = choices.Select((choice, weight) => (Weight: weight, choice.Recipe)).Where(way => way.Recipe is not null).Select(way => (way.Weight, Recipe: way.Recipe!)).ToArray();
        var missing = wanted.Where(way => !_encoded.ContainsKey(way)).ToArray();
        WeightAlternatives[] measured = AlternativeMeasurement.Run(missing.Select(Only), store, cancellationToken);
        foreach (((int Weight, WeightRecipe Recipe) way, WeightAlternatives alternatives) in missing.Zip(measured, (way, alternatives) => (way, alternatives)))
        {
            _encoded.Add(way, alternatives.Alternatives[^1]);
        }

        return choices.Select((choice, weight) => choice.Recipe is null ? choice : _encoded[(weight, choice.Recipe)]).ToArray();
    }

    private WeightWays Only((int Weight, WeightRecipe Recipe) way)
    {
        WeightWays weight = _weights[way.Weight];
        return weight with { Ways = [weight.Ways.First(other => other.Recipe == way.Recipe)] };
    }
}
