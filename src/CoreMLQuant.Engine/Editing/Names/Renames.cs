using System.Collections.Generic;
using System.Linq;

namespace CoreMLQuant.Editing.Names;

/// <summary>New names of a stage's features. All take effect at once, so that two features can exchange their names.</summary>
/// <param name="inputs">New names of inputs, states and training inputs by their old ones.</param>
/// <param name="outputs">New names of outputs by their old ones.</param>
internal sealed class Renames(IReadOnlyDictionary<string, string> inputs, IReadOnlyDictionary<string, string> outputs)
{
    /// <summary>New names of inputs by their old ones.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; } = Changed(inputs);

    /// <summary>New names of outputs by their old ones.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; } = Changed(outputs);

    /// <summary>Whether every name stays.</summary>
    public bool IsEmpty => Inputs.Count + Outputs.Count == 0;

    /// <summary>All pairs of old and new names.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => Inputs.Concat(Outputs);

    /// <summary>The name that an input will have.</summary>
    public string Input(string name) => Inputs.TryGetValue(name, out string? changed) ? changed : name;

    /// <summary>The name that an output will have.</summary>
    public string Output(string name) => Outputs.TryGetValue(name, out string? changed) ? changed : name;

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> names) =>
        names.Where(pair => pair.Key != pair.Value).ToDictionary(pair => pair.Key, pair => pair.Value);
}
