using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace CoreMLQuant.Recipes;

/// <summary>
/// A script block that finds lookup tables. The engine calls from its workers, a script block runs on the pipeline thread only:
/// each call is asked there.
/// </summary>
/// <param name="script">The script block.</param>
/// <param name="ask">Runs a call on the pipeline thread and waits for what it gives.</param>
internal sealed class LookupTableScript(ScriptBlock script, Func<Func<CustomLookupTable>, CustomLookupTable> ask)
{
    private const string Table = "LookupTable";
    private const string Indices = "Indices";

    /// <summary>Calls the script block.</summary>
    /// <exception cref="RecipeException">It gave something else than a table and indices.</exception>
    public CustomLookupTable Find(IReadOnlyList<float> values, int bitWidth)
    {
        float[] array = values as float[] ?? values.ToArray();
        return ask(() => Read(script.Invoke(array, bitWidth)));
    }

    private static CustomLookupTable Read(Collection<PSObject> output)
    {
        (object? table, object? indices) = output switch
        {
            [{ BaseObject: IDictionary map }] => (map[Table], map[Indices]),
            [{ } only] => (only.Properties[Table]?.Value, only.Properties[Indices]?.Value),
            [var first, var second] => (first, second),
            _ => ((object?)null, (object?)null),
        };
        try
        {
            return table is null || indices is null
                ? throw new RecipeException(
                    $"The lookup table function returned {output.Count} objects instead of {Table} and {Indices}.",
                    $"Return @{{ {Table} = ...; {Indices} = ... }} and nothing else.")
                : new CustomLookupTable(LanguagePrimitives.ConvertTo<float[]>(table), LanguagePrimitives.ConvertTo<int[]>(indices));
        }
        catch (PSInvalidCastException e)
        {
            throw new RecipeException($"{Table} and {Indices} must be lists of numbers: {e.Message}", "Return arrays of numbers from the function.", e);
        }
    }
}
