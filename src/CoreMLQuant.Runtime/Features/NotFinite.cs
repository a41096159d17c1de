using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using System.Numerics.Tensors;
using CoreMLQuant.Running;

namespace CoreMLQuant.Runtime.Features;

/// <summary>Finds values that are no ordinary numbers among inputs and outputs.</summary>
internal static class NotFinite
{
    /// <summary>A sentence for each input that holds NaN. Infinity is a number: masks have it, but no weight can be multiplied with it.</summary>
    /// <param name="inputs">Values by input.</param>
    /// <param name="multiplied">Names of the inputs that weights are multiplied with, as far as that matters.</param>
    public static IEnumerable<string> Inputs(IReadOnlyDictionary<string, object> inputs, IReadOnlyCollection<string> multiplied) => Find(inputs, double.IsNaN)
        .Select(input => FormattableString.Invariant($"Input '{input.Name}' holds NaN (value {input.Place + 1})."))
        .Concat(Find(inputs.Where(input => multiplied.Contains(input.Key)), double.IsInfinity)
            .Select(input => FormattableString.Invariant($"Input '{input.Name}' holds infinity (value {input.Place + 1}), and a weight is multiplied with it.")));

    /// <summary>A sentence for each input that holds infinity, where an output shows that it does harm.</summary>
    /// <param name="inputs">Values by input.</param>
    /// <param name="outputs">Values by output.</param>
    public static IEnumerable<string> HarmfulInputs(IReadOnlyDictionary<string, object> inputs, OrderedDictionary outputs)
    {
        (string Name, int Place)[] infinite = Find(inputs, double.IsInfinity).ToArray();
        if (infinite.Length == 0)
        {
            return [];
        }

        var results = outputs.Cast<DictionaryEntry>().Select(output => new KeyValuePair<string, object>((string)output.Key, output.Value!));
        return Find(results, value => !double.IsFinite(value)).Take(1).SelectMany(output => infinite.Select(input =>
            FormattableString.Invariant($"Input '{input.Name}' holds infinity (value {input.Place + 1}), and output '{output.Name}' is not finite.")));
    }

    private static IEnumerable<(string Name, int Place)> Find(IEnumerable<KeyValuePair<string, object>> values, Predicate<double> isMeant) =>
        values.Select(value => (Name: value.Key, Place: PlaceOf(value.Value, isMeant))).Where(value => value.Place >= 0);

    private static int PlaceOf(object value, Predicate<double> isMeant) => value switch
    {
        // A sum takes a fraction of the time, and has none of them if it is finite.
        MultiArray { Values: float[] numbers } => float.IsFinite(TensorPrimitives.Sum<float>(numbers)) ? -1 : Array.FindIndex(numbers, number => isMeant(number)),
        MultiArray { Values: double[] numbers } => Array.FindIndex(numbers, isMeant),
        double number => isMeant(number) ? 0 : -1,
        ClassProbabilities classes => Array.FindIndex(classes.Values, isMeant),
        IReadOnlyDictionary<string, double> map => Array.FindIndex(map.Values.ToArray(), isMeant),
        _ => -1,
    };
}
