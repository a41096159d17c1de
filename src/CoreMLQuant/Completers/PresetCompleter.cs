using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers the recipes that come with the module, each with what it is for.</summary>
public sealed class PresetCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName, string parameterName) =>
        RecipePresets.Names.Select(name => (name, RecipePresets.Summary(name)));
}
