using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Recipes;

namespace CoreMLQuant.Completers;

/// <summary>Offers the recipes that come with the module.</summary>
public sealed class PresetCompleter : ValueCompleter
{
    private protected override IEnumerable<(string Value, string Meaning)> Values(string commandName) => Presets.Names.Select(name => (name, name));
}
