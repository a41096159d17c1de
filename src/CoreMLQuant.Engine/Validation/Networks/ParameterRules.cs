using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Specification.Schema.Details;

namespace CoreMLQuant.Validation.Networks;

/// <summary>Rules for parameters with a default value and values that are allowed instead. Source: Apple's validator of parameters.</summary>
internal static class ParameterRules
{
    /// <summary>What is wrong with a whole number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameter">The parameter; <see langword="null"/> when it is not set, which is told.</param>
    /// <param name="mustBePositive">Whether all values must be above zero.</param>
    public static IEnumerable<string> Check(string name, Int64ParameterDetails? parameter, bool mustBePositive)
    {
        if (parameter is null)
        {
            return [$"'{name}' is not set."];
        }

        long value = parameter.DefaultValue;
        string[] own = mustBePositive && value <= 0 ? [$"the default of '{name}' is {value}; it must be positive."] : [];
        return own.Concat(parameter.AllowedValuesCase switch
        {
            Int64ParameterDetails.AllowedValuesOneofCase.Set => CheckSet(name, value, parameter.Set.Values, mustBePositive),
            Int64ParameterDetails.AllowedValuesOneofCase.Range => CheckRange(name, value, parameter.Range, mustBePositive),
            _ => [],
        });
    }

    /// <summary>What is wrong with a real number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameter">The parameter; <see langword="null"/> when it is not set, which is told.</param>
    public static IEnumerable<string> Check(string name, DoubleParameterDetails? parameter)
    {
        if (parameter is null)
        {
            return [$"'{name}' is not set."];
        }

        return parameter.Range is { } range && (parameter.DefaultValue < range.MinValue || parameter.DefaultValue > range.MaxValue)
            ? [$"the default of '{name}' is outside the range of values that are allowed."]
            : [];
    }

    // What stands behind the default is not looked at.
    private static IEnumerable<string> CheckSet(string name, long value, IReadOnlyList<long> allowed, bool mustBePositive)
    {
        if (mustBePositive && allowed.TakeWhile(one => one != value).Any(one => one <= 0))
        {
            yield return $"a value that is allowed for '{name}' is not positive.";
        }

        if (!allowed.Contains(value))
        {
            yield return $"the default of '{name}', {value}, is not among the values that are allowed.";
        }
    }

    private static IEnumerable<string> CheckRange(string name, long value, Int64RangeDetails range, bool mustBePositive)
    {
        if (mustBePositive && (range.MinValue <= 0 || range.MaxValue <= 0))
        {
            yield return $"the range of '{name}' ({range.MinValue} to {range.MaxValue}) has values that are not positive.";
        }

        if (value < range.MinValue || value > range.MaxValue)
        {
            yield return $"the default of '{name}', {value}, is outside the range of values that are allowed ({range.MinValue} to {range.MaxValue}).";
        }
    }
}
